import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { KeyFile } from "../../../src/model/key-file.ts";
import { compareVersions } from "../../../src/team/compare.ts";
import { changeItem, changeLine } from "../../../src/team/describe-changes.ts";
import { Branch, type Step, steps } from "./branch.ts";

const common = { domain: "a", custodian: "ann", secret: "x", pause: 1 };
const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => ({ ...common, kind, ...more });

/** What `pprotect diff` says after the steps, without the line about the log. */
async function linesAfter(past: readonly Step[], later: readonly Step[]): Promise<string[]> {
	const before = await (await Branch.start()).take(past);
	const after = await before.fork().take(later);
	const changes = compareVersions(before.file.data, after.file.data);
	return changes.filter(({ what }) => what !== "audit-log").map(changeLine);
}

describe("each change has its words", () => {
	const ben = { custodian: "ben" };
	test.each<[string, Step[], Step[], string[]]>([
		["an added secret", [], [act("addSecret", { secret: "y" })], ["+ secret y in a"]],
		["an updated secret", [], [act("updateSecret")], ["~ secret x in a"]],
		["a removed secret", [], [act("removeSecret")], ["- secret x in a"]],
		["an added owner", [], [act("addOwner", ben)], ["+ owner ben of a"]],
		["a removed owner", [act("addOwner", ben)], [act("removeOwner", ben)], ["- owner ben of a"]],
		["a rotated key", [], [act("rotate")], ["~ key of a rotated"]],
		[
			"a rotated key and an updated secret",
			[],
			[act("rotate"), act("updateSecret")],
			["~ key of a rotated", "~ secret x in a"],
		],
		[
			"a new custodian",
			[],
			[act("addCustodian", { custodian: "cleo" })],
			["+ custodian cleo (raw)"],
		],
		["a removed custodian", [], [act("removeCustodian", ben)], ["- custodian ben (raw)"]],
		["a re-keyed custodian", [], [act("rekey")], ["~ custodian ann re-keyed (raw)"]],
		[
			"a new domain",
			[],
			[act("addDomain", { domain: "it's: c" }), act("addSecret", { domain: "it's: c" })],
			["+ domain it's: c", "+ owner ann of it's: c", "+ secret x in it's: c"],
		],
		[
			"a removed domain",
			[],
			[act("removeDomain")],
			["- domain a", "- owner ann of a", "- secret x in a"],
		],
		[
			"an owner who was removed and added again",
			[act("addOwner", ben)],
			[act("removeOwner", ben), act("addOwner", ben)],
			["~ owner ben of a, their entry sealed anew"],
		],
	])("%s", async (_, past, later, lines) => {
		expect(await linesAfter(past, later)).toEqual(lines);
	});

	test("a re-keyed custodian with another key type", () => {
		const vector = (name: string) =>
			KeyFile.parse(readFileSync(join(import.meta.dir, "../../vectors", name))).data;
		const raw = vector("v2-raw.yaml");
		const hard = vector("v3-scrypt-hard.yaml");
		const [name = ""] = raw.custodians.keys();
		const [pwdkm = ""] = hard.custodians.values();
		const rekeyed = { ...raw, custodians: new Map([[name, pwdkm]]) };
		expect(compareVersions(raw, rekeyed).map(changeLine)).toEqual([
			`~ custodian ${name} re-keyed (raw -> scrypt, 256 MiB a guess)`,
		]);
	});

	test("the log, by how many entries came and went", async () => {
		const before = await Branch.start();
		const after = before.file.addSecret("a", "y", "1").truncateAuditLog(2);
		expect(compareVersions(before.file.data, after.data).map(changeLine)).toEqual([
			"+ secret y in a",
			`- ${before.file.auditLog.length - 1} audit log entries`,
			"+ 1 audit log entry",
		]);
	});
});

test("where the log does not tell of the rotation, any value may have changed", async () => {
	const before = await Branch.start();
	const after = (await before.fork().take([act("rotate")])).file.truncateAuditLog(0);
	expect(compareVersions(before.file.data, after.data).map(changeLine).slice(0, 2)).toEqual([
		"~ key of a rotated",
		"~ secret x in a (sealed to the new key; the audit log does not say whether its value changed)",
	]);
});

test("a public key that somebody put in the place of another is told from a rotation", async () => {
	const { data } = (await Branch.start()).file;
	const [a, b] = [data.domains.get("a"), data.domains.get("b")];
	if (!a || !b) throw new Error("no domains");
	const domains = new Map(data.domains).set("a", { ...a, publicKey: b.publicKey });
	const [line] = compareVersions(data, { ...data, domains }).map(changeLine);
	expect(line).toStartWith("~ key of a replaced, but not the entries of its owners");
});

test("no name becomes markup", () => {
	const change = { what: "secret", how: "added", name: "x", domain: "<b>`a`|*" } as const;
	expect(changeItem(change)).toBe("- **added** secret `x` in ``<b>`a`|*``");
	expect(changeItem({ ...change, domain: "`" })).toBe("- **added** secret `x` in `` ` ``");
});

test("a version has no changes against itself, and the other way round what came goes", async () => {
	await fc.assert(
		fc.asyncProperty(steps(8), steps(8), async (past, later) => {
			const before = (await (await Branch.start()).take(past)).file.data;
			const after = (await (await Branch.start()).take(later)).file.data;
			expect(compareVersions(after, after)).toEqual([]);
			const flip = (line: string) => line.replace(/^[+-]/, (sign) => (sign === "+" ? "-" : "+"));
			const plain = (lines: readonly string[]) =>
				lines
					.map((line) => line.replace(/ \(.*/, ""))
					.filter((line) => /^[+-]/.test(line))
					.sort();
			const forward = compareVersions(before, after).map(changeLine);
			const back = compareVersions(after, before).map(changeLine).map(flip);
			expect(plain(back)).toEqual(plain(forward));
		}),
		{ numRuns: 50 },
	);
});
