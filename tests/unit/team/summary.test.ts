import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readProtected } from "../../../src/format/read.ts";
import { summarize } from "../../../src/team/summary.ts";
import { Branch, type Step } from "./branch.ts";

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

test("each line says what it is of, with a digest", async () => {
	const branch = await (await Branch.start()).take([act("removeDomain", { domain: "b" })]);
	const digest = "[0-9a-f]{12}";
	const expected = [
		"domain a",
		`key of a ${digest}`,
		`owner ann of a ${digest}`,
		`secret x in a ${digest}`,
		`custodian ann \\(raw\\) ${digest}`,
		`custodian ben \\(raw\\) ${digest}`,
		"log 1970-01-01T00:00:00Z -- created",
	];
	const lines = summarize(branch.file.data);
	for (const [index, pattern] of expected.entries()) {
		expect(lines[index]).toMatch(new RegExp(`^${pattern}$`));
	}
});

test("a change shows in its own lines alone", async () => {
	const before = await Branch.start();
	const after = await before.fork().take([act("updateSecret"), act("addOwner")]);
	const old = new Set(summarize(before.file.data));
	const changed = summarize(after.file.data).filter((line) => !old.has(line));
	expect(changed.map((line) => line.replace(/ [0-9a-f]{12}$/, ""))).toEqual([
		"owner ben of a",
		"secret x in a",
		"log 1970-01-01T00:00:07Z -- updated secret x in a",
		"log 1970-01-01T00:00:08Z -- ann added owner ben to a",
	]);
});

test("no value shows, nor a digest of one that was typed into the file", () => {
	const text = readFileSync(join(import.meta.dir, "../../vectors/v2-raw.yaml"), "utf8");
	const typed = text.replace(/^( {2}secret-[^:]*: ).*/m, "$1hunter2");
	const { data } = readProtected(new TextEncoder().encode(typed), "p", () => {});
	const lines = summarize(data);
	expect(lines.join("\n")).not.toContain("hunter2");
	expect(lines.filter((line) => line.endsWith("(no sealed box)"))).toHaveLength(1);
	expect(lines.join("\n")).not.toMatch(/[A-Za-z0-9+/]{30,}/);
});
