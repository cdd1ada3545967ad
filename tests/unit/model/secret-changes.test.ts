import { beforeAll, describe, expect, test } from "bun:test";
import { generateRawPassphrase } from "../../../src/crypto/key-derivation.ts";
import { NameError } from "../../../src/errors.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey, type UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { changesBetween, conflictingNames, isNoChange } from "../../../src/model/secret-changes.ts";

const map = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));

let file: KeyFile;
let owner: UnlockedCustodian;
beforeAll(async () => {
	const creds = new Creds("alice@example.com", generateRawPassphrase());
	const key = await createCustodianKey(creds, { kdf: "raw" });
	file = KeyFile.create()
		.addKeyCustodian(key)
		.addDomain("prod", creds.name)
		.addDomain("dev", creds.name)
		.addSecret("prod", "a", "1")
		.addSecret("prod", "b", "2")
		.addSecret("prod", "c", "3");
	owner = await file.unlock(creds);
});

test("only what differs is a change", () => {
	const before = map({ a: "1", b: "2", c: "3" });
	const changes = changesBetween(before, map({ c: "3", b: "x", d: "4" }));
	expect(changes).toEqual({ set: map({ b: "x", d: "4" }), removed: new Set(["a"]) });
	expect(isNoChange(changes)).toBe(false);
	expect(isNoChange(changesBetween(before, map({ c: "3", b: "2", a: "1" })))).toBe(true);
});

test("changes are made with an entry each, and leave the rest as it was sealed", () => {
	const changes = { set: map({ b: "x", d: "4" }), removed: new Set(["a", "gone"]) };
	const changed = file.changeSecrets("prod", changes);
	expect(changed.decryptDomain("prod", owner)).toEqual(map({ b: "x", c: "3", d: "4" }));
	const box = (keyFile: KeyFile) => keyFile.data.domains.get("prod")?.secrets.get("c");
	expect(box(changed)).toBe(box(file));
	expect(changed.auditLog.slice(-3).map((entry) => entry.replace(/^.* -- /, ""))).toEqual([
		"removed secret a from prod",
		"updated secret b in prod",
		"added secret d in prod",
	]);
	expect(() => file.changeSecrets("nope", changes)).toThrow(NameError);
});

describe("what somebody else did meanwhile", () => {
	const before = map({ a: "1", b: "2", c: "3" });
	const changes = changesBetween(before, map({ a: "x", c: "3", d: "4" }));

	test.each([
		["nothing", { a: "1", b: "2", c: "3" }, []],
		["another secret", { a: "1", b: "2", c: "y", e: "5" }, []],
		["the same value", { a: "x", b: "2", c: "3", d: "4" }, []],
		["the same removal", { a: "1", c: "3" }, []],
		["another value", { a: "y", b: "2", c: "3" }, ["a"]],
		["a removal of what we changed", { b: "2", c: "3" }, ["a"]],
		["a change of what we removed", { a: "1", b: "y", c: "3" }, ["b"]],
		["another value for what we added", { a: "1", b: "2", c: "3", d: "y" }, ["d"]],
	])("%s", (_, now, names) => {
		expect(conflictingNames(changes, before, map(now))).toEqual(names);
	});
});

test("a copied secret is sealed to the other domain", () => {
	const copied = file.copySecret("a", "prod", "dev", owner);
	expect(copied.decryptDomain("dev", owner)).toEqual(map({ a: "1" }));
	expect(() => copied.copySecret("a", "prod", "dev", owner)).toThrow(NameError);
	const again = copied
		.updateSecret("prod", "a", "2")
		.copySecret("a", "prod", "dev", owner, { update: true });
	expect(again.decryptDomain("dev", owner)).toEqual(map({ a: "2" }));
	expect(again.auditLog.at(-1)).toEndWith("updated secret a in dev");
});
