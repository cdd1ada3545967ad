/** What a side removed stays removed, whatever Git takes for the common ancestor. */
import { describe, expect, test } from "bun:test";
import { KeyFile } from "../../../src/model/key-file.ts";
import { type MergedFile, mergeFiles } from "../../../src/team/merge-files.ts";
import { Branch, type Step } from "./branch.ts";

const common = { domain: "a", custodian: "ben", secret: "y", pause: 1 };
const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => ({ ...common, kind, ...more });

function merge(base: string | Uint8Array, ours: Branch, theirs: Branch): MergedFile {
	return mergeFiles({
		base: typeof base === "string" ? new TextEncoder().encode(base) : base,
		ours: ours.bytes,
		theirs: theirs.bytes,
		path: "protected.yaml",
		names: { ours: "main", theirs: "feature" },
		markerSize: 7,
	});
}

const words = ({ conflicts }: MergedFile) => conflicts.map(({ what, todo }) => `${what}: ${todo}`);

const cases: [string, Step[], Step, string][] = [
	["an owner", [act("addOwner")], act("removeOwner"), "owner ben of a"],
	["a secret", [act("addSecret")], act("removeSecret"), "secret y of a"],
	[
		"a custodian",
		[act("addCustodian", { custodian: "cleo" }), act("addOwner", { custodian: "cleo" })],
		act("removeCustodian", { custodian: "cleo" }),
		"custodian cleo",
	],
	[
		"a domain",
		[act("addDomain", { domain: "it's: c" }), act("addSecret", { domain: "it's: c" })],
		act("removeDomain", { domain: "it's: c" }),
		"domain it's: c",
	],
];

describe.each(cases)("%s that both sides got, and one removed", (_, made, removal, what) => {
	test.each(["an older version", "no version at all"])("with %s for the ancestor", async (kind) => {
		const base = await Branch.start();
		const shared = await base.fork().take(made);
		const ours = await shared.fork().take([removal]);
		const theirs = await shared.fork().take([act("updateSecret", { domain: "b", secret: "x" })]);
		for (const [one, other, remover, keeper] of [
			[ours, theirs, "main", "feature"],
			[theirs, ours, "feature", "main"],
		] as const) {
			const merged = merge(kind === "no version at all" ? "" : base.bytes, one, other);
			const told = words(merged).filter((line) => line.includes(what));
			expect(told).toHaveLength(1);
			expect(told[0]).toStartWith(
				`${remover} removed ${what}, and ${keeper} has the entry from before that: take ${remover} at every mark of `,
			);
			expect(told[0]).not.toContain("add-");
		}
	});

	test("comes in where it was made again after that", async () => {
		const base = await Branch.start();
		const shared = await base.fork().take(made);
		const ours = await shared.fork().take([removal]);
		const theirs = await ours.fork().take(made);
		expect(words(merge(base.bytes, ours, theirs))).toEqual([]);
	});

	test("comes back where that removal is reverted", async () => {
		const shared = await (await Branch.start()).take(made);
		const removed = await shared.fork().take([removal]);
		const ours = await removed.fork().take([act("updateSecret", { domain: "b", secret: "x" })]);
		expect(words(merge(removed.bytes, ours, shared))).toEqual([]);
	});

	test("is a conflict where the log was cut, which may have told of it", async () => {
		const base = await Branch.start();
		const shared = await base.fork().take(made);
		const ours = await shared.fork().take([removal]);
		ours.file = ours.file.truncateAuditLog(0);
		const told = words(merge(base.bytes, ours, shared)).filter((line) => line.includes(what));
		expect(told).toHaveLength(1);
		expect(told[0]).toContain("whose audit log was cut");
	});

	test("is no conflict for a log that was cut before both sides parted", async () => {
		const base = await Branch.start();
		base.file = base.file.truncateAuditLog(0);
		const ours = await base.fork().take([act("updateSecret", { domain: "b", secret: "x" })]);
		const theirs = await base.fork().take(made);
		expect(words(merge(base.bytes, ours, theirs))).toEqual([]);
	});
});

test("a removed owner who got the new key of a rotation: take the removal, then rotate again", async () => {
	const base = await Branch.start();
	const shared = await base.fork().take([act("addOwner")]);
	const ours = await shared.fork().take([act("removeOwner")]);
	const theirs = await shared.fork().take([act("rotate")]);
	expect(words(merge(base.bytes, ours, theirs))).toEqual([
		"main removed owner ben of a, and feature has the entry from before that: take main at every mark of ben, so that what was removed stays removed, then rotate again, as they were given the new key: see that everybody who owns a is to own it (pprotect status a), then pprotect rotate-domain-keys a",
	]);
});

test("a removed owner, where the key was rotated after that, is not to be added again", async () => {
	const base = await Branch.start();
	const shared = await base.fork().take([act("addOwner")]);
	const ours = await shared.fork().take([act("removeOwner"), act("rotate")]);
	const theirs = await shared.fork().take([act("addSecret", { domain: "b" })]);
	const [told = "", ...others] = words(merge(base.bytes, ours, theirs));
	expect(others).toEqual([]);
	expect(told).toStartWith("main removed owner ben of a, and feature has the entry");
	expect(told).not.toContain("add-owner");
});

test("whose domain is in conflict as a whole: it says whom to leave out", async () => {
	const base = await Branch.start();
	const shared = await base.fork().take([act("addOwner")]);
	const ours = await shared.fork().take([act("removeOwner"), act("rotate")]);
	const theirs = await shared.fork().take([act("rotate")]);
	const { conflicts } = merge(base.bytes, theirs, ours);
	expect(conflicts.map(({ todo }) => todo)).toEqual([
		expect.stringContaining("leave out of it owner ben of a, which feature removed and main has"),
	]);
});

describe("an ancestor in conflict, as Git makes one of several", () => {
	/** The versions of both ancestors between markers, as Git's own merge of the text leaves them. */
	function crissCross(left: Branch, right: Branch): string {
		const [one, other] = [left, right].map(({ bytes }) => new TextDecoder().decode(bytes));
		return `<<<<<<<<< Temporary merge branch 1\n${one}=========\n${other}>>>>>>>>> Temporary merge branch 2\n`;
	}

	test("what both sides removed in the one, and the other kept, stays removed", async () => {
		const base = await (await Branch.start()).take([act("addOwner"), act("addSecret")]);
		const kept = await base.fork().take([act("updateSecret")]);
		const removed = await base.fork().take([act("removeSecret"), act("removeOwner")]);
		const ours = await removed.fork().take([act("addSecret", { secret: "z" })]);
		const theirs = await removed.fork().take([act("updateSecret", { domain: "b", secret: "x" })]);
		const { bytes, conflicts } = merge(crissCross(kept, removed), ours, theirs);
		expect(conflicts).toEqual([]);
		const file = KeyFile.parse(bytes);
		expect(file.secretNames("a")).toEqual(["x", "z"]);
		expect(file.ownerNames("a")).toEqual(["ann"]);
	});

	test("what one side removed after that is removed, though the ancestors differ in it", async () => {
		const base = await (await Branch.start()).take([act("addOwner"), act("addSecret")]);
		const [left, right] = [base.fork(), base.fork()];
		await left.take([act("updateSecret"), act("updateSecret", { secret: "x" })]);
		await right.take([act("updateSecret"), act("updateSecret", { secret: "x" })]);
		const ours = await left.fork().take([act("removeSecret"), act("removeOwner")]);
		const theirs = await left.fork().take([act("addSecret", { secret: "z" })]);
		for (const text of [crissCross(left, right), crissCross(right, left)]) {
			const { bytes, conflicts } = merge(text, ours, theirs);
			expect(conflicts).toEqual([]);
			const file = KeyFile.parse(bytes);
			expect(file.secretNames("a")).toEqual(["x", "z"]);
			expect(file.ownerNames("a")).toEqual(["ann"]);
		}
	});

	test("what each side settled in another way is a conflict again", async () => {
		const base = await (await Branch.start()).take([act("addOwner"), act("addSecret")]);
		const [one, other] = [base.fork(), base.fork()];
		await one.take([act("updateSecret")]);
		await other.take([act("updateSecret"), act("removeOwner")]);
		const told = words(merge(crissCross(one, other), one, other));
		expect(told.toSorted()).toEqual([
			"feature removed owner ben of a, and main has the entry from before that: take feature at every mark of ben, so that what was removed stays removed",
			"main and feature settled an earlier conflict about secret y of a in two ways: keep one of the two versions, then: pprotect check",
		]);
	});
});
