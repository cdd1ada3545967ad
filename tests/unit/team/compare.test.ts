import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { DomainData, FileData } from "../../../src/format/data.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { compareVersions } from "../../../src/team/compare.ts";
import { changeItem, changeLine, withoutCounted } from "../../../src/team/describe-changes.ts";
import { Branch, type Step, steps } from "./branch.ts";

const common = { domain: "a", custodian: "ann", secret: "x", pause: 1 };
const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => ({ ...common, kind, ...more });

/** What `pprotect diff` says after the steps, without the line about the log. */
async function linesAfter(past: readonly Step[], later: readonly Step[]): Promise<string[]> {
	const before = await (await Branch.start()).take(past);
	const after = await before.fork().take(later);
	const changes = compareVersions(before.file.data, after.file.data);
	const shown = withoutCounted(changes).filter(({ what }) => what !== "audit-log");
	return shown.map((change) => withoutPrints(changeLine(change)));
}

/** The line with a word for each fingerprint, as the keys are new each time. */
function withoutPrints(line: string): string {
	return line.replace(/[0-9a-f]{4}(-[0-9a-f]{4}){4}/g, "PRINT");
}

const ROTATED =
	"~ key of a rotated: its value may be another (an owner can tell: pprotect diff --decrypt); the file cannot tell who made the key";

describe("each change has its words", () => {
	const ben = { custodian: "ben" };
	test.each<[string, Step[], Step[], string[]]>([
		["an added secret", [], [act("addSecret", { secret: "y" })], ["+ secret y in a"]],
		["an updated secret", [], [act("updateSecret")], ["~ secret x in a"]],
		["a removed secret", [], [act("removeSecret")], ["- secret x in a"]],
		["an added owner", [], [act("addOwner", ben)], ["+ owner ben of a"]],
		["a removed owner", [act("addOwner", ben)], [act("removeOwner", ben)], ["- owner ben of a"]],
		["a rotated key", [], [act("rotate")], [ROTATED]],
		[
			"a rotated key and an updated secret",
			[],
			[act("rotate"), act("updateSecret")],
			[ROTATED, "~ secret x in a"],
		],
		[
			"a new custodian",
			[],
			[act("addCustodian", { custodian: "cleo" })],
			["+ custodian cleo (raw; fingerprint PRINT)"],
		],
		[
			"a removed custodian",
			[],
			[act("removeCustodian", ben)],
			["- custodian ben (raw; fingerprint PRINT)"],
		],
		[
			"a re-keyed custodian",
			[],
			[act("rekey")],
			[
				"~ custodian ann re-keyed (raw; fingerprint PRINT -> PRINT): only ann can say whether the new key is theirs",
			],
		],
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
			["~ owner ben of a: their entry sealed anew"],
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
		expect(compareVersions(raw, rekeyed).map(changeLine).map(withoutPrints)).toEqual([
			expect.stringMatching(/^! custodian .*, key replaced \(raw -> scrypt, 256 MiB a guess; /),
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

test("what a rotation seals anew may be another value, whatever the log tells", async () => {
	const before = await Branch.start();
	const rotated = (await before.fork().take([act("rotate")])).file;
	for (const { data } of [rotated, rotated.truncateAuditLog(0)]) {
		const changes = compareVersions(before.file.data, data);
		expect(changes[0]).toMatchObject({ what: "key", how: "rotated", domain: "a", values: 1 });
		expect(changes).toContainEqual({ what: "secret", how: "unclear", domain: "a", name: "x" });
	}
});

test("what the log does not tell of is said to be so", async () => {
	const before = await Branch.start();
	const steps = [
		act("addSecret", { secret: "y" }),
		act("removeSecret"),
		act("addOwner", { custodian: "ben" }),
		act("addCustodian", { custodian: "cleo" }),
		act("addDomain", { domain: "it's: c" }),
		act("rotate", { domain: "b" }),
	];
	const { data } = (await before.fork().take(steps)).file;
	const unlogged = (auditLog: readonly string[]) =>
		withoutCounted(compareVersions(before.file.data, { ...data, auditLog }))
			.filter((change) => "unlogged" in change)
			.map((change) => changeLine(change).replace(/[ :].*(?=: |; )/, ""));
	expect(unlogged(data.auditLog)).toEqual([]);
	expect(unlogged(before.file.auditLog)).toHaveLength(7);
	// One entry too few is missed in one line.
	const [last = ""] = data.auditLog.slice(-1);
	expect(last).toContain("rotated key for domain b");
	const without = data.auditLog.slice(0, -1);
	expect(unlogged(without)).toHaveLength(1);
});

describe("what somebody without credentials can do is told apart", () => {
	const domain = (data: FileData, name: string) => {
		const found = data.domains.get(name);
		if (!found) throw new Error(`no domain ${name}`);
		return found;
	};
	const withDomain = (data: FileData, name: string, changed: Partial<DomainData>): FileData => {
		const domains = new Map(data.domains).set(name, { ...domain(data, name), ...changed });
		return { ...data, domains };
	};
	const linesOf = (before: FileData, after: FileData, knowledge = {}) =>
		compareVersions(before, after, knowledge).map(changeLine).map(withoutPrints);

	test("a public key in the place of another", async () => {
		const { data } = (await Branch.start()).file;
		const after = withDomain(data, "b", { publicKey: domain(data, "a").publicKey });
		expect(linesOf(data, withDomain(after, "a", { secrets: new Map() }))[0]).toStartWith(
			"! key of b replaced: the entries of its owners stayed (ann)",
		);
	});

	test("a custodian's key in the place of another", async () => {
		const { data } = (await Branch.start()).file;
		const ben = data.custodians.get("ben") ?? "";
		const after = { ...data, custodians: new Map(data.custodians).set("ann", ben) };
		const [line] = linesOf(data, after);
		expect(line).toStartWith("! custodian ann, key replaced (raw; fingerprint PRINT -> PRINT): ");
		expect(line).toContain("their entry in a, b stayed");
	});

	test("a box that another secret holds, and one that the secret held before", async () => {
		const start = await (await Branch.start()).take([act("addSecret", { secret: "y" })]);
		const { data } = start.file;
		const { secrets } = domain(data, "a");
		const copied = new Map(secrets).set("x", secrets.get("y") ?? "");
		expect(linesOf(data, withDomain(data, "a", { secrets: copied }))).toEqual([
			"~ secret x in a: it holds the box of y in a; the audit log does not tell of it",
		]);
		const moved = new Map([["z", secrets.get("x") ?? ""]]);
		expect(linesOf(data, withDomain(data, "a", { secrets: moved }))).toContain(
			"+ secret z in a: it holds the box of x in a; the audit log does not tell of it",
		);
		const later = (await start.fork().take([act("updateSecret")])).file.data;
		const past = { newestWith: () => ({ name: "abc", data }) };
		const back = withDomain(later, "a", { secrets });
		expect(linesOf(later, back, { past })).toEqual([
			"~ secret x in a: put back to what it held in abc; the audit log does not tell of it",
		]);
	});

	test("a key that was put back, of a domain and of a custodian", async () => {
		const start = await (await Branch.start()).take([act("addOwner", { custodian: "ben" })]);
		const { data } = start.file;
		const past = { newestWith: () => ({ name: "abc", data }) };
		const steps = [act("removeOwner", { custodian: "ben" }), act("rotate")];
		const later = (await start.fork().take(steps)).file.data;
		const owners = new Map([["ann", domain(data, "a").owners.get("ann") ?? ""]]);
		const [line] = linesOf(later, withDomain(later, "a", { ...domain(data, "a"), owners }), {
			past,
		});
		expect(line).toStartWith("! key of a put back to an older one: that of abc: ");
		expect(line).toContain("such as ben");
		const rekeyed = (await start.fork().take([act("rekey")])).file.data;
		const [other] = linesOf(rekeyed, data, { past });
		expect(other).toStartWith("! custodian ann, key put back to an older one");
	});

	test("a replaced key that is put right again is no replaced key", async () => {
		const { data } = (await Branch.start()).file;
		const swapped = withDomain(data, "a", { publicKey: domain(data, "b").publicKey });
		const past = { newestWith: () => ({ name: "abc", data }) };
		const [line] = linesOf(swapped, data, { past });
		expect(line).toStartWith("! key of a put back");
	});

	test("a log that was changed, which is more than truncated", async () => {
		const { file } = await Branch.start();
		const entries = file.auditLog.length;
		const changed = { ...file.data, auditLog: file.auditLog.slice(0, 1) };
		expect(linesOf(file.data, changed)).toEqual([
			`- ${entries - 1} audit log entries: changed or taken out, and not truncated`,
		]);
		expect(linesOf(file.data, file.truncateAuditLog(1).data)).toEqual([
			`- ${entries - 1} audit log entries`,
		]);
		const forged = ["truncated 0 audit log entries", ...file.auditLog.slice(2)];
		expect(linesOf(file.data, { ...file.data, auditLog: forged })[0]).toContain("not truncated");
	});
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
					.map((line) =>
						line.replace(/ \(.*|: (?:the audit log|changed or|it holds|the variable).*/, ""),
					)
					.filter((line) => /^[+-]/.test(line))
					.sort();
			const forward = compareVersions(before, after).map(changeLine);
			const back = compareVersions(after, before).map(changeLine).map(flip);
			expect(plain(back)).toEqual(plain(forward));
		}),
		{ numRuns: 50 },
	);
});
