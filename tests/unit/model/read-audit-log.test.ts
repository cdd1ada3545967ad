import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	type AuditEvent,
	auditEntry,
	auditText,
	parseAuditText,
	splitAuditEntry,
	splitTruncation,
} from "../../../src/model/audit-log.ts";

/** Names that the log's own words could be taken for. */
const domain = fc.constantFrom("prod", "a, b", "x with owner y", "in", "p from q", "a to b", "ü ñ");
const person = fc.constantFrom(
	"ann@example.com",
	"removed owner",
	"b from c",
	"a (was owner of b)",
);
const secret = fc.constantFrom("token", "in", "Db_Password-1");

test("what is written is read back, whatever the names, of a domain that the file has", () => {
	fc.assert(
		fc.property(domain, person, secret, (d, p, s) => {
			const read = (text: string) => parseAuditText(text, (name) => name === d);
			const pairs: [string, AuditEvent][] = [
				[auditText.addedSecret(s, d), { kind: "setSecret", domain: d, secret: s }],
				[auditText.setSecret(s, d), { kind: "setSecret", domain: d, secret: s }],
				[auditText.updatedSecret(s, d), { kind: "setSecret", domain: d, secret: s }],
				[auditText.removedSecret(s, d), { kind: "removedSecret", domain: d, secret: s }],
				[auditText.rotatedKey(d), { kind: "rotatedKey", domain: d }],
				[auditText.deletedDomain(d), { kind: "deletedDomain", domain: d }],
				[auditText.createdDomain(d, p), { kind: "createdDomain", domain: d, owner: p }],
				[auditText.removedOwner(p, d), { kind: "removedOwner", domain: d, owner: p }],
				[auditText.addedOwner("ann", p, d), { kind: "addedOwner", domain: d, owner: p }],
				[
					auditText.removedCustodian("ann", [d, "gone"]),
					{ kind: "removedCustodian", custodian: "ann", domains: [d, "gone"] },
				],
			];
			for (const [text, event] of pairs) expect(read(text)).toEqual(event);
		}),
	);
});

describe("what tells of no domain is nothing", () => {
	test.each([
		auditText.created(),
		"truncated 3 audit log entries",
		"created domain prod",
		"removed owner ann",
		"",
	])("%s", (text) => {
		expect(parseAuditText(text, () => true)).toBeUndefined();
	});
});

describe("what tells of a custodian's key names the custodian", () => {
	test.each([
		[auditText.createdCustodian("ann"), "createdCustodian"],
		[auditText.createdRawCustodian("ann"), "createdCustodian"],
		[auditText.updatedPassphrase("ann", ["prod"]), "changedCustodian"],
		[auditText.rekeyedCustodian("ann", ["prod"]), "changedCustodian"],
	] as const)("%s", (text, kind) => {
		expect(parseAuditText(text, () => true)).toEqual({ kind, custodian: "ann" });
	});
});

test("an entry is its time and its text, or all text", () => {
	const entry = auditEntry(new Date(0), "rotated key for domain a -- b");
	expect(splitAuditEntry(entry)).toEqual({
		time: "1970-01-01T00:00:00Z",
		text: "rotated key for domain a -- b",
	});
	expect(splitAuditEntry("by hand -- x")).toEqual({ time: undefined, text: "by hand -- x" });
});

test("every count at the start of a log tells of truncated entries", () => {
	const counts = ["truncated 0 audit log entries", "truncated 12 audit log entries"];
	expect(splitTruncation([...counts, "x", "truncated 1 audit log entries"])).toEqual({
		truncated: 12,
		entries: ["x", "truncated 1 audit log entries"],
	});
	expect(splitTruncation([])).toEqual({ truncated: 0, entries: [] });
});
