/** The words of conflicts that are rare. */
import { expect, test } from "bun:test";
import { mergeFiles } from "../../../src/team/merge-files.ts";
import { Branch, type Step } from "./branch.ts";

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

async function wordsOf(past: Step[], left: Step[], right: Step[], cut = false): Promise<string[]> {
	const base = await (await Branch.start()).take(past);
	const [ours, theirs] = [await base.fork().take(left), await base.fork().take(right)];
	if (cut) theirs.file = theirs.file.truncateAuditLog(0);
	const { conflicts } = mergeFiles({
		base: base.bytes,
		ours: ours.bytes,
		theirs: theirs.bytes,
		path: "protected.yaml",
		names: { ours: "main", theirs: "feature" },
		markerSize: 7,
	});
	return conflicts.map(({ what, todo }) => `${what}: ${todo}`);
}

test("a secret removed while the key was rotated, and no log tells which values are new", async () => {
	expect(await wordsOf([], [act("removeSecret")], [act("rotate")], true)).toEqual([
		"main removed secret x of a, and feature may have changed it when rotating the domain's key: keep the marked line, or delete it",
	]);
});

test("each side removed the owner whom the other left", async () => {
	const both = [act("addOwner")];
	expect(
		await wordsOf(both, [act("removeOwner")], [act("removeOwner", { custodian: "ann" })]),
	).toEqual([
		"a would have no owner left, as each side removed the other's: ann, ben: keep at least one of the marked lines",
	]);
});

test("a domain that is kept whole says which of its owners were re-keyed meanwhile", async () => {
	const [told = ""] = await wordsOf(
		[act("addOwner")],
		[act("rotate"), act("rekey")],
		[act("rotate")],
	);
	expect(told).toMatch(
		/; if you keep a as feature has it, then remove these owners, who were re-keyed, .*: pprotect rm-owner a ben, pprotect add-owner a ben$/,
	);
});
