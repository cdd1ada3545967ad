/** Comments travel with the entry that they stand above or behind. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type MergedFile, mergeFiles } from "../../../src/team/merge-files.ts";
import { Branch, type Step, steps } from "./branch.ts";

const RUNS = Number(process.env.MERGE_RUNS ?? 60);

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function merge(base: string, ours: string, theirs: string): MergedFile {
	return mergeFiles({
		base: encode(base),
		ours: encode(ours),
		theirs: encode(theirs),
		path: "protected.yaml",
		names: { ours: "ours", theirs: "theirs" },
		markerSize: 7,
	});
}

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "y", pause: 1, kind, ...more };
};

async function fork(left: Step[], right: Step[]) {
	const base = await Branch.start();
	const [ours, theirs] = [await base.fork().take(left), await base.fork().take(right)];
	return {
		base: decode(base.bytes),
		ours: decode(ours.bytes),
		theirs: decode(theirs.bytes),
	};
}

/** The line without its box, as that is of no interest here. */
const short = (line: string) => line.replace(/(: )A[A-Za-z0-9+/=]{20,}/, "$1BOX");
const linesOf = (bytes: Uint8Array) => decode(bytes).split("\n").map(short);

describe.each(["theirs", "ours"] as const)("a comment of %s on a secret that it added", (side) => {
	const added = [act("addSecret")];
	const other = [act("addSecret", { secret: "z" })];

	test.each([
		[
			"behind",
			(text: string) => text.replace(/^ {2}secret-y: .*/m, "$& # from the vault"),
			["  secret-y: BOX # from the vault"],
		],
		[
			"above",
			(text: string) => text.replace(/^ {2}secret-y: /m, "  # two\n  # lines\n$&"),
			["  # two", "  # lines", "  secret-y: BOX"],
		],
	])("%s it comes along, though the other added one beside it", async (_, comment, expected) => {
		const { base, ours, theirs } = await (side === "theirs"
			? fork(other, added)
			: fork(added, other));
		const merged =
			side === "theirs" ? merge(base, ours, comment(theirs)) : merge(base, comment(ours), theirs);
		expect(merged.conflicts).toEqual([]);
		const lines = linesOf(merged.bytes);
		const at = lines.indexOf(expected.at(-1) ?? "");
		expect(lines.slice(at - expected.length + 1, at + 1)).toEqual(expected);
	});
});

test("a comment that theirs changed or removed is changed or removed, if ours left it alone", async () => {
	const { base, ours, theirs } = await fork(
		[act("addSecret")],
		[act("updateSecret", { secret: "x" })],
	);
	const comment = (text: string, words: string, more: string) =>
		text.replace(/^ {2}secret-x: .*/m, `  # ${words}\n$&${more}`);
	const [old, our] = [comment(base, "old", " # old too"), comment(ours, "old", " # old too")];
	const changed = linesOf(merge(old, our, comment(theirs, "new", " # new too")).bytes);
	expect(changed.filter((line) => line.includes("#"))).toEqual([
		"  # new",
		"  secret-x: BOX # new too",
		...changed.filter((line) => line.includes("secret-x: BOX # new too")).slice(1),
	]);
	expect(decode(merge(old, our, theirs).bytes)).not.toContain("#");
});

test("where both sides wrote another comment, both are kept", async () => {
	const { base, ours, theirs } = await fork([], [act("addSecret")]);
	const comment = (text: string, words: string) =>
		text.replace(/^ {2}secret-x: .*/m, `  # ${words}\n$& # ${words} behind`);
	const text = decode(merge(base, comment(ours, "our"), comment(theirs, "their")).bytes);
	for (const words of ["# our\n", "# their\n", "# our behind\n", "# their behind\n"]) {
		expect(text).toContain(words);
	}
});

/** Comments with words that nothing else has, above and behind some lines. */
function decorate(text: string, side: string, places: readonly number[]): string {
	const lines = text.trimEnd().split("\n");
	for (const [index, place] of places.entries()) {
		const at = place % lines.length;
		const line = lines[at] ?? "";
		const words = `# ${side} ${index} is here`;
		if (line.includes("#")) continue;
		const [indent = ""] = /^ */.exec(line) ?? [];
		lines[at] = place % 2 === 0 ? `${line} ${words}` : `${indent}${words}\n${line}`;
	}
	return `${lines.join("\n")}\n`;
}

test("in random histories no comment is lost", async () => {
	const places = fc.array(fc.nat(1000), { maxLength: 5 });
	await fc.assert(
		fc.asyncProperty(steps(5), steps(5), places, places, async (left, right, our, their) => {
			const { base, ours, theirs } = await fork(left, right);
			const [one, other] = [decorate(ours, "ours", our), decorate(theirs, "theirs", their)];
			const { bytes, isFormattingLeftOut } = merge(base, one, other);
			expect(isFormattingLeftOut).toBe(false);
			const merged = decode(bytes);
			for (const comment of `${one}${other}`.match(/# (?:ours|theirs) \d+ is here/g) ?? []) {
				expect(merged.split(comment).length, comment).toBeGreaterThan(1);
			}
		}),
		{ numRuns: RUNS },
	);
}, 60_000);
