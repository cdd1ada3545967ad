/** Our reader of .env files against dotenv itself, and against other programs that read them. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import dotenv from "dotenv";
import fc from "fast-check";
import { parseDotenv } from "../../../src/values/dotenv.ts";
import type { Parsed } from "../../../src/values/parsed.ts";

const FOLDER = join(import.meta.dir, "../../vectors/dotenv");
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".env"));

const python = "/usr/bin/python3";
const lack =
	Bun.spawnSync([python, "-c", "import dotenv"]).exitCode === 0
		? undefined
		: "python3-dotenv is not installed";

function valuesOf({ entries }: Parsed): Record<string, string> {
	return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

describe.each(FILES)("%s", (file) => {
	const path = join(FOLDER, file);
	const text = readFileSync(path, "utf8");

	test("is read as dotenv reads it", () => {
		const parsed = parseDotenv(text);
		expect(parsed.problems).toEqual([]);
		expect(valuesOf(parsed)).toEqual(dotenv.parse(text));
	});

	test("gives each name its line", () => {
		const lines = text.split("\n");
		for (const { name, line } of parseDotenv(text).entries) {
			expect(lines[line - 1]).toMatch(new RegExp(`^\\W*(export )?${RegExp.escape(name)}\\b`));
		}
	});

	const title = "notes every value that python-dotenv or the runtime read differently";
	test.skipIf(lack !== undefined)(lack ? `${title} (skipped: ${lack})` : title, () => {
		const { entries, notes } = parseDotenv(text);
		const read = "import dotenv, json, sys; json.dump(dotenv.dotenv_values(sys.argv[1], ";
		const script = `${read}encoding="utf-8-sig"), sys.stdout)`;
		const { stdout } = Bun.spawnSync([python, "-c", script, path], { env: {} });
		const readings = [JSON.parse(stdout.toString()), parseEnv(text)];
		const noted = new Set(notes.map(({ line }) => line));
		const unnoted = entries.filter(({ name, value, line }) => {
			return !noted.has(line) && readings.some((reading) => reading[name] !== value);
		});
		expect(unnoted).toEqual([]);
	});
});

test("reads whatever it does not refuse as dotenv does", () => {
	const piece = fc.constantFrom(
		...["A", "B_1", "x.y", "a-b", "=", "=", ":", ": ", "export ", "export\t", "exporting"],
		...["'", '"', "`", "\\", "\\n", "\\r", "\\'", '\\"', "#", " #", "$B", "$" + "{B}", "b", "c d"],
		...[" ", "  ", "\t", "\n", "\n", "\r\n", "\r", "\u00a0", "é"],
	);
	const entry = fc.tuple(
		fc.constantFrom("A=", "B = ", "export C="),
		fc.array(piece, { maxLength: 8 }),
	);
	const text = fc.array(
		fc.oneof(
			fc.array(piece, { maxLength: 6 }),
			entry.map((pair) => pair.flat()),
		),
	);
	let taken = 0;
	fc.assert(
		fc.property(text, (lines) => {
			const file = lines.map((line) => line.join("")).join("\n");
			const parsed = parseDotenv(file);
			if (parsed.problems.length > 0) return;
			taken++;
			expect(valuesOf(parsed)).toEqual(dotenv.parse(file));
		}),
		{ numRuns: 3000 },
	);
	expect(taken).toBeGreaterThan(500);
});

describe("what dotenv passes over or garbles is a problem", () => {
	test.each([
		["a name alone", "A=1\nFOO\nB=2", 2, "is not NAME=value"],
		["a colon without a blank", "A:1", 1, "is not NAME=value"],
		["a blank in a name", "A B=1", 1, "is not NAME=value"],
		["a letter that is not ASCII", "Ä=1", 1, "is not NAME=value"],
		["an open quote", "# c\n\nA='abc\nB=1", 3, "A has a quote that is never closed"],
		["text behind a quote", 'A="b"c', 1, "A has text after its closing quote"],
		["a shell's way of quoting", `A='it'"'"'s'`, 1, "A has text after its closing quote"],
	])("%s", (_, text, line, words) => {
		expect(parseDotenv(text).problems).toEqual([{ line, words }]);
	});

	test("a key in text form that lacks its quotes, once, and nothing of it", () => {
		const key =
			"-----BEGIN PRIVATE KEY-----\nhunter2+/\n9QhunterTail==\n-----END PRIVATE KEY-----\n";
		const { problems, entries } = parseDotenv(`A=1\nK=${key}B=2\n`);
		expect(problems).toEqual([
			{ line: 2, words: "K goes on over several lines, which need quotes", name: "K" },
		]);
		expect(entries.map(({ name }) => name)).toEqual(["A", "B"]);
		const open = parseDotenv("K=-----BEGIN KEY-----\nhunter2==\n");
		expect(open.problems.map(({ line }) => line)).toEqual([1]);
	});

	test("the last line of other base64, too, whose = makes the rest look like a name", () => {
		const { problems } = parseDotenv("K=aGVs\nbG8+/w\n9QhunterTail=\nhunterTail==\nB=2\n");
		expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
		expect(JSON.stringify(problems)).not.toContain("hunter");
	});

	test("and all are told at once, never with what may be a value", () => {
		const parsed = parseDotenv("hunter2\nA=1\n'hunter2'\nB=2\nC=\"hunter2\n");
		expect(parsed.problems.map(({ line }) => line)).toEqual([1, 3, 5]);
		expect(parsed.entries.map(({ name }) => name)).toEqual(["A", "B"]);
		expect(JSON.stringify(parsed.problems)).not.toContain("hunter2");
	});
});

describe("notes", () => {
	test.each([
		["A=b#c", /#/],
		["A=#b", /#/],
		['A="b\\tc"', /backslash/],
		['A="b\\\\nc"', /backslash/],
		["A=$B", /\$/],
		['A="x$' + '{B}"', /\$/],
		["A=`b`", /backticks/],
		["A: b", /colon/],
		["A=1\nA=2", /line 1 too/],
		["A= # c", /empty, and a comment/],
		["A='it\\'s'", /backslashes/],
		["A='b\\\\c'", /backslashes/],
		["A=1 B=2", /a shell/],
		["A=b;", /a shell/],
		["A=b|c", /a shell/],
		["A=it's", /a shell/],
		["A=C:\\x", /a shell/],
		["A = b", /spaces around/],
	])("one on %j", (text, words) => {
		const { notes } = parseDotenv(text);
		expect(notes).toHaveLength(1);
		expect(notes[0]?.words).toMatch(words);
	});

	test.each(["A=b", "A=b # c", "A='b#c'", "A='$B'", 'A="b\\nc"', "A=5$", "A=", "A ="])(
		"none on %j",
		(text) => {
			expect(parseDotenv(text).notes).toEqual([]);
		},
	);
});
