import { describe, expect, test } from "bun:test";
import { auditEntry, auditText, truncationEntry } from "../../../src/model/audit-log.ts";

/** Other tools read these words. */
test.each([
	[auditText.created(), "created"],
	[auditText.createdCustodian("C"), "created key custodian C"],
	[auditText.createdRawCustodian("C"), "created raw-key custodian C"],
	[auditText.removedCustodian("C", ["D", "E"]), "removed key custodian C (was owner of D, E)"],
	[auditText.createdDomain("D", "C"), "created domain D with owner C"],
	[auditText.deletedDomain("D"), "deleted domain D"],
	[auditText.addedSecret("S", "D"), "added secret S in D"],
	[auditText.setSecret("S", "D"), "set secret S in D"],
	[auditText.updatedSecret("S", "D"), "updated secret S in D"],
	[auditText.removedSecret("S", "D"), "removed secret S from D"],
	[auditText.addedOwner("C", "C2", "D"), "C added owner C2 to D"],
	[auditText.removedOwner("C", "D"), "removed owner C from D"],
	[auditText.rotatedKey("D"), "rotated key for domain D"],
	[
		auditText.updatedPassphrase("C", ["D", "E"]),
		"updated key custodian passphrase for C (updated domains -> D, E)",
	],
	[auditText.rekeyedCustodian("C", ["D"]), "rekeyed custodian for C (updated domains -> D)"],
	[truncationEntry(7), "truncated 7 audit log entries"],
])("the log says: %s", (text, expected) => {
	expect(text).toBe(expected);
});

describe("an entry", () => {
	test("has its time in UTC, to the second", () => {
		const time = new Date("2026-01-02T03:04:05.999+02:00");
		expect(auditEntry(time, "created")).toBe("2026-01-02T01:04:05Z -- created");
	});
});
