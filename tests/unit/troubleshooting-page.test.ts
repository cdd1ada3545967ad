/** docs/troubleshooting.md has every error that the sources raise, in its own words, and no other. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { raisedMessages } from "../support/error-messages.ts";

const PAGE = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");

/** What stands in code in the first column of the tables. */
const LISTED = [...PAGE.matchAll(/^\| (`.*?`) \|/gm)]
	.flatMap(([, cell = ""]) => cell.split("<br>"))
	.map((span) => span.slice(1, -1));

const RAISED = raisedMessages();

test("each error that the sources raise is on the page", () => {
	expect(RAISED.length).toBeGreaterThan(200);
	expect(RAISED.filter(({ message }) => !LISTED.includes(message))).toEqual([]);
});

test("each message on the page is raised", () => {
	const raised = new Set(RAISED.map(({ message }) => message));
	expect(LISTED.filter((message) => !raised.has(message))).toEqual([]);
});

test("no message stands twice in one table", () => {
	const tables = PAGE.split(/^## /m);
	for (const table of tables) {
		const rows = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) =>
			cell.split("<br>"),
		);
		expect(rows.length, table.slice(0, 40)).toBe(new Set(rows).size);
	}
});
