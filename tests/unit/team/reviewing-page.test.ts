/** docs/reviewing.md has a row for every line that `pprotect diff` prints, and for no other. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../../../src/team/change.ts";
import { changeLine } from "../../../src/team/describe-changes.ts";

const PAGE = readFileSync(join(import.meta.dir, "../../../docs/reviewing.md"), "utf8");

const secret = { what: "secret", domain: "prod", name: "token" } as const;
const owner = { what: "owner", domain: "prod", name: "bob@example.com" } as const;
const custodian = { what: "custodian", name: "bob@example.com" } as const;

const CHANGES: readonly Change[] = [
	{ what: "domain", how: "added", domain: "prod" },
	{ what: "domain", how: "removed", domain: "prod" },
	{ what: "key", how: "restored", domain: "prod", from: "abc" },
	...(["rotated", "replaced", "foreign"] as const).map(
		(how) => ({ what: "key", how, domain: "prod" }) as const,
	),
	...(["added", "removed", "resealed", "dead"] as const).map((how) => ({ ...owner, how })),
	...(["added", "changed", "removed"] as const).map((how) => ({ ...secret, how })),
	{ ...secret, how: "changed", copyOf: { domain: "prod", name: "other" } },
	{ ...secret, how: "changed", from: "abc" },
	{ ...custodian, how: "restored", from: "abc" },
	...(["added", "removed", "rekeyed", "replaced"] as const).map((how) => ({
		...custodian,
		how,
	})),
	{ what: "audit-log", how: "added", entries: 2 },
	{ what: "audit-log", how: "removed", entries: 2, rewritten: true },
	{ what: "audit-log", how: "reordered", entries: 2 },
	{ what: "comment", how: "added", text: "# x" },
	{ what: "comment", how: "removed", text: "# x" },
	{ what: "file", how: "moved", from: "a.yaml", to: "b.yaml" },
];

/** The line of each row, up to where the remarks begin. */
const rows = [...PAGE.matchAll(/^\| `([!~+-] [^`]+)` \|/gm)].map(([, line = ""]) => line);

/** A name in capitals stands for any. */
function patternOf(row: string): RegExp {
	const parts = row.split(/\b(?:DOMAIN|NAME|EMAIL|COMMIT|TEXT|PATH|N)\b/);
	return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join(".+")}`);
}

test("each line has a row", () => {
	for (const line of CHANGES.map(changeLine)) {
		expect(
			rows.some((row) => patternOf(row).test(line)),
			line,
		).toBe(true);
	}
});

test("each row is a line", () => {
	const lines = CHANGES.map(changeLine);
	for (const row of rows) {
		expect(
			lines.some((line) => patternOf(row).test(line)),
			row,
		).toBe(true);
	}
});
