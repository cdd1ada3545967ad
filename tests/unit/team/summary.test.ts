import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { summarizeText } from "../../../src/team/summary.ts";
import { Branch, type Step } from "./branch.ts";

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

test("each line says what it is of, with a digest", async () => {
	const branch = await (await Branch.start()).take([act("removeDomain", { domain: "b" })]);
	const digest = "[0-9a-f]{12}";
	const expected = [
		"domain a",
		`secret x in a ${digest}`,
		"access to a",
		`key of a ${digest}`,
		"owners of a",
		`owner ann of a ${digest}`,
		"custodians",
		"custodian ann",
		`key of custodian ann \\(raw\\) ${digest}`,
		"custodian ben",
		`key of custodian ben \\(raw\\) ${digest}`,
		"audit log",
		"log 1970-01-01T00:00:00Z -- created",
	];
	const lines = summarizeText(branch.bytes);
	for (const [index, pattern] of expected.entries()) {
		expect(lines[index]).toMatch(new RegExp(`^${pattern}$`));
	}
});

test("a change shows in its own lines alone", async () => {
	const before = await Branch.start();
	const after = await before.fork().take([act("updateSecret"), act("addOwner")]);
	const old = new Set(summarizeText(before.bytes));
	const changed = summarizeText(after.bytes).filter((line) => !old.has(line));
	expect(changed.map((line) => line.replace(/ [0-9a-f]{12}$/, ""))).toEqual([
		"secret x in a",
		"owner ben of a",
		"log 1970-01-01T00:00:07Z -- updated secret x in a",
		"log 1970-01-01T00:00:08Z -- ann added owner ben to a",
	]);
});

test("no value shows, nor a digest of one that was typed into the file", () => {
	const text = readFileSync(join(import.meta.dir, "../../vectors/v2-raw.yaml"), "utf8");
	const typed = text.replace(/^( {2}secret-[^:]*: ).*/m, "$1hunter2");
	const lines = summarizeText(new TextEncoder().encode(typed));
	expect(lines.join("\n")).not.toContain("hunter2");
	expect(lines.filter((line) => line.endsWith("(no sealed box)"))).toHaveLength(1);
	expect(lines.join("\n")).not.toMatch(/[A-Za-z0-9+/]{30,}/);
});

test("there is one line for each line of the file, whoever wrote it and however it is folded", () => {
	const folder = join(import.meta.dir, "../../vectors");
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
		name.endsWith(".yaml"),
	);
	expect(files.length).toBeGreaterThan(5);
	for (const name of files) {
		const text = readFileSync(join(folder, name), "utf8");
		const lines = summarizeText(new TextEncoder().encode(text));
		expect(lines.length, name).toBe(text.trimEnd().split("\n").length);
		// The second line of a name that is too long for one.
		const isLong = /^ *\? /m.test(text);
		if (!isLong) expect(lines, name).not.toContain("(no entry)");
	}
});

test("a comment shows where it stands, and each side of a conflict between its markers", async () => {
	const branch = await (await Branch.start()).take([act("removeDomain", { domain: "b" })]);
	const text = new TextDecoder().decode(branch.bytes);
	const [line = ""] = /^ {2}secret-x: .*\n/m.exec(text) ?? [];
	const other = line.replace("secret-x", "secret-y");
	const marked = text.replace(
		line,
		`  # here\n<<<<<<< main\n${line.trimEnd()} # behind\n=======\n${other}>>>>>>> feature\n`,
	);
	const lines = summarizeText(new TextEncoder().encode(marked));
	expect(lines.slice(0, 8).map((words) => words.replace(/[0-9a-f]{12}/, "DIGEST"))).toEqual([
		"domain a",
		"comment # here",
		"<<<<<<< main",
		"secret x in a DIGEST # behind",
		"=======",
		"secret y in a DIGEST",
		">>>>>>> feature",
		"access to a",
	]);
});
