import { describe, expect, test } from "bun:test";
import { NameError } from "../../../src/errors.ts";
import type { UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { findExposures } from "../../../src/team/exposure.ts";
import {
	isComplete,
	offboard,
	planOffboarding,
	valuesToChange,
} from "../../../src/team/offboard.ts";
import { Branch, type Step } from "./branch.ts";

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

function keyOf(branch: Branch, name: string): UnlockedCustodian {
	const key = branch.keys.get(name);
	if (!key) throw new Error(`no key of ${name}`);
	return key;
}

/** ann owns a and b, ben owns both too, cleo owns b. */
async function team(): Promise<Branch> {
	return (await Branch.start()).take([
		act("addOwner"),
		act("addOwner", { domain: "b" }),
		act("addCustodian", { custodian: "cleo" }),
		act("addOwner", { domain: "b", custodian: "cleo" }),
	]);
}

test("takes them out of everything, under new keys that they never get", async () => {
	const branch = await team();
	const ann = keyOf(branch, "ann");
	const plan = planOffboarding(branch.file, "ben", "ann", false);
	expect(plan).toEqual({ name: "ben", rotated: ["a", "b"], foreign: [], isPartial: false });
	expect(isComplete(plan)).toBe(true);
	const after = offboard(branch.file, plan, ann);
	expect(after.custodianNames).toEqual(["ann", "cleo"]);
	expect(after.ownerNames("a")).toEqual(["ann"]);
	expect(after.ownerNames("b")).toEqual(["ann", "cleo"]);
	expect(after.decryptDomain("a", ann)).toEqual(branch.file.decryptDomain("a", ann));
	expect(after.data.domains.get("a")?.publicKey).not.toBe(
		branch.file.data.domains.get("a")?.publicKey ?? "",
	);
	expect(Object.fromEntries(valuesToChange(after, "ben"))).toEqual({ a: ["x"], b: ["x"] });
	const exposures = findExposures(after.data).flatMap(({ formerOwners }) => formerOwners);
	expect(exposures.every(({ keyRotated }) => keyRotated !== undefined)).toBe(true);
});

describe("a domain that the acting user does not own", () => {
	test("is left to its owners, and they stay a custodian", async () => {
		const branch = await team();
		const plan = planOffboarding(branch.file, "ben", "cleo", false);
		expect(plan.rotated).toEqual(["b"]);
		expect(plan.foreign).toEqual([{ domain: "a", owners: ["ann"] }]);
		expect(isComplete(plan)).toBe(false);
		const after = offboard(branch.file, plan, keyOf(branch, "cleo"));
		expect(after.ownerNames("a")).toEqual(["ann", "ben"]);
		expect(after.ownerNames("b")).toEqual(["ann", "cleo"]);
		expect(after.custodianNames).toContain("ben");
		// The other owner finishes the work.
		const rest = planOffboarding(after, "ben", "ann", false);
		expect(rest.rotated).toEqual(["a"]);
		expect(offboard(after, rest, keyOf(branch, "ann")).custodianNames).not.toContain("ben");
	});

	test("is left with its old key, where that is said to be enough", async () => {
		const branch = await team();
		const plan = planOffboarding(branch.file, "ben", "cleo", true);
		expect(isComplete(plan)).toBe(true);
		const after = offboard(branch.file, plan, keyOf(branch, "cleo"));
		expect(after.ownerNames("a")).toEqual(["ann"]);
		expect(after.custodianNames).not.toContain("ben");
		expect(after.data.domains.get("a")?.publicKey).toBe(
			branch.file.data.domains.get("a")?.publicKey ?? "",
		);
	});
});

test("nobody is taken out who is the last owner, is unknown, or acts", async () => {
	const branch = await team();
	const alone = (await branch.fork().take([act("removeOwner", { custodian: "ann" })])).file;
	expect(() => planOffboarding(alone, "ben", "cleo", true)).toThrow(
		"ben is the last owner of a: without an owner those values would be lost",
	);
	expect(() => planOffboarding(branch.file, "dora", "ann", false)).toThrow(
		'no key custodian named "dora"',
	);
	expect(() => planOffboarding(branch.file, "ann", "ann", false)).toThrow(
		"ann cannot offboard themselves",
	);
});

test("nobody is proposed as another owner whom the file alone names", async () => {
	const branch = await team();
	const alone = (await branch.fork().take([act("removeOwner", { custodian: "ann" })])).file;
	const hintFor = (acting: string | undefined) => {
		try {
			planOffboarding(alone, "ben", acting, true);
		} catch (error) {
			if (error instanceof NameError) return error.hint;
		}
		return undefined;
	};
	expect(hintFor(undefined)).toEndWith("whom this asks for: pprotect add-owner --user ben a");
	expect(hintFor("cleo")).toEndWith("pprotect add-owner --user ben a cleo");
});

test("a custodian who owns nothing needs nobody's key", async () => {
	const { file } = await Branch.start();
	const plan = planOffboarding(file, "ben", undefined, false);
	expect(plan).toEqual({ name: "ben", rotated: [], foreign: [], isPartial: false });
	expect(offboard(file, plan, undefined).custodianNames).toEqual(["ann"]);
});
