import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse as parseAnyYaml } from "yaml";
import { ListedError, ProtectError } from "../../../src/errors.ts";
import { FORMATS, type Format } from "../../../src/values/format-names.ts";
import { formatValues, guessFormat, parseValues } from "../../../src/values/formats.ts";
import { parseTypedYaml } from "../../../src/values/yaml.ts";

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const trickyPiece = fc.constantFrom(
	...["a", " ", "\n", "\n", "\t", "\r", "\r\n", "'", '"', "`", "#", "\\", "\\n", "$", "=", "%25"],
	...[
		"::add-mask::",
		"A=b",
		"A<<EOF",
		"EOF",
		": ",
		"- ",
		"|",
		"---",
		"...",
		"5",
		"no",
		"null",
		"~",
	],
	...["\u2028", "\ufeff", "\u0085", "\u{1f512}", "é", "&a ", "*a", "!a", "{", "[", "%", "@"],
);
const value = fc.oneof(
	fc.array(trickyPiece, { maxLength: 12 }).map((pieces) => pieces.join("")),
	fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
);
const values = fc
	.uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([first]) => first })
	.map((entries) => new Map(entries));

/** The text in that format, or undefined where the format cannot hold the values. */
function written(map: ReadonlyMap<string, string>, format: Format): string | undefined {
	try {
		return formatValues(map, format);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

test.each(FORMATS)("%s reads back what it writes", (format) => {
	let taken = 0;
	fc.assert(
		fc.property(values, (map) => {
			const text = written(map, format);
			if (text === undefined) return;
			taken++;
			const { entries, problems } = parseValues(text, format);
			expect(problems).toEqual([]);
			expect(entries.map((entry) => [entry.name, entry.value])).toEqual([...map]);
		}),
		{ numRuns: 500 },
	);
	expect(taken).toBeGreaterThan(format === "dotenv" ? 100 : 150);
});

test("yaml is read alike by whoever reads YAML, and by whom all is text", () => {
	fc.assert(
		fc.property(values, (map) => {
			const text = formatValues(map, "yaml");
			expect(parseAnyYaml(text)).toEqual(Object.fromEntries(map));
			const { entries, problems } = parseTypedYaml(text);
			expect(problems).toEqual([]);
			expect(entries.map((entry) => [entry.name, entry.value])).toEqual([...map]);
		}),
		{ numRuns: 500 },
	);
});

test.each([
	["a: |-\n  x\n  y\n", "x\ny"],
	["a: |\n  x\n", "x\n"],
	["a: |+\n  x\n\n", "x\n\n"],
	["a: |2-\n    x\n  y\n", "  x\ny"],
	["a: |-\n  x\n\n  y\n", "x\n\ny"],
	['a: "x \\ny"\n', "x \ny"],
	['a: "\\n"\n', "\n"],
	["a: '5432'\n", "5432"],
	["a: x y\n", "x y"],
])("yaml shows %j", (text, held) => {
	expect(formatValues(new Map([["a", held]]), "yaml")).toBe(text);
});

describe("what a format cannot hold is an error that names the secret", () => {
	test.each<[Format, string, string]>([
		["env", "a-b", "x"],
		["shell", "a-b", "x"],
		["env", "a", "\0"],
		["docker", "a", "x\ny"],
		["docker", "a", "x\r"],
		["docker", "a", "\0"],
		["docker", "a", "x".repeat(64 * 1024)],
		["github", "Node_Options", "x"],
		["github", "GITHUB_SHA", "x"],
		["github", "a", "\0"],
		["env", "status", "x"],
		["shell", "UID", "x"],
		["fish", "version", "x"],
		["fish", "a-b", "x"],
		["fish", "a", "\0"],
		["powershell", "a-b", "x"],
		["powershell", "a", "\0"],
		["powershell", "a", ""],
		["dotenv", "a-b", "x"],
		["dotenv", "a", "\0"],
		["dotenv", "a", "x\ny"],
		["dotenv", "a", "x\ry"],
		["dotenv", "a", "$\u007bx}"],
		["dotenv", "a", "it's $5"],
	])("%s: %s, case %#", (format, secret, held) => {
		const write = () => formatValues(new Map([[secret, held]]), format);
		expect(write).toThrow(ProtectError);
		expect(write).toThrow(`secret ${secret} `);
	});
});

test("all that a format cannot hold is named at once", () => {
	const values = new Map([
		["a", "x\ny"],
		["b", "x"],
		["c", "$\u007bx}"],
	]);
	expect(() => formatValues(values, "dotenv")).toThrow(ListedError);
	try {
		formatValues(values, "dotenv");
	} catch (error) {
		const details = error instanceof ListedError ? error.details : [];
		expect(details.map((detail) => detail.split(" ", 2).join(" "))).toEqual([
			"secret a",
			"secret c",
		]);
	}
});

test("shell quotes what zsh would take for a path", () => {
	expect(formatValues(new Map([["a", "x=ls"]]), "shell")).toBe("export a='x=ls'\n");
	expect(parseValues("a=x=ls\nb='it'\"'\"'s'\n", "shell").entries[0]?.value).toBe("x=ls");
});

test.each([
	["yes", "'yes'"],
	["12:30", "'12:30'"],
	["it's", "'it''s'"],
	["on 5", "on 5"],
	["=", "'='"],
	["é", "'é'"],
])("yaml writes %j as YAML 1.1 reads it, too", (held, shown) => {
	expect(formatValues(new Map([["no", held]]), "yaml")).toBe(`'no': ${shown}\n`);
});

test.each([
	["it's", "'it''s'"],
	["a\nb", "-join ('a', [char]0xA, 'b')"],
	["é", "-join ([char]0xE9)"],
	["🔒", "-join ([char]0xD83D, [char]0xDD12)"],
	["$x `n ‘", "-join ('$x `n ', [char]0x2018)"],
])("powershell writes %j in ASCII, on one line", (held, shown) => {
	expect(formatValues(new Map([["A", held]]), "powershell")).toBe(`$env:A = ${shown}\n`);
});

test("powershell refuses names that are one variable on Windows", () => {
	const values = new Map([
		["key", "1"],
		["KEY", "2"],
	]);
	expect(() => formatValues(values, "powershell")).toThrow(
		"secret key is the same variable as KEY",
	);
});

describe("docker", () => {
	test("writes what is behind the = as it is", () => {
		const map = new Map([["a-b", ` "x" # $y\\ `]]);
		const [comment, line] = formatValues(map, "docker").split("\n");
		expect(comment).toMatch(/^# for docker --env-file: /);
		expect(line).toBe(`a-b= "x" # $y\\ `);
	});

	test("reads as Docker does", () => {
		const text = '\ufeff# comment\n\n  A="b" # c\r\nNAME\nB C=1\n=x\n';
		const { entries, problems } = parseValues(text, "docker");
		expect(entries).toEqual([{ name: "A", value: '"b" # c', line: 3 }]);
		expect(problems.map(({ line }) => line)).toEqual([4, 5, 6]);
	});
});

describe("github", () => {
	test("masks every line of every value before it gives any", () => {
		const map = new Map([
			["key", "-----BEGIN-----\r\n  100%\n\n-----END-----\n"],
			["password", "hunter2"],
		]);
		const lines = formatValues(map, "github").split("\n");
		const masks = lines.filter((line) => line.startsWith("::add-mask::"));
		expect(masks).toEqual([
			"::add-mask::-----BEGIN-----",
			"::add-mask::  100%25",
			"::add-mask::100%25",
			"::add-mask::-----END-----",
			"::add-mask::hunter2",
		]);
		expect(lines.slice(0, masks.length)).toEqual(masks);
	});

	test("does not mask what is so short that it would hide half of the log", () => {
		const map = new Map([
			["json", '{\n  "a": 1\n}'],
			["short", "1"],
		]);
		const masks = formatValues(map, "github").match(/^::add-mask::.*$/gm);
		expect(masks).toEqual(['::add-mask::  "a": 1', '::add-mask::"a": 1']);
	});

	test("ends a value where nobody can foresee it", () => {
		const map = new Map([["a", "long"]]);
		const [first, second] = [formatValues(map, "github"), formatValues(map, "github")];
		expect(first).toMatch(/^::add-mask::long\na<<(pprotect_[0-9a-f-]{36})\nlong\n\1\n$/);
		expect(second).not.toBe(first);
	});

	test("reads both forms that a workflow can write", () => {
		const { entries, problems } = parseValues("A=b<<c\n\nB<<EOF\nx\nEOF\nC<<EOF\ny\n", "github");
		expect(entries.map((entry) => [entry.name, entry.value])).toEqual([
			["A", "b<<c"],
			["B", "x"],
		]);
		expect(problems).toEqual([{ line: 6, words: "C has no line that ends its value" }]);
	});
});

test.each(FORMATS)("lines in the format %s are told apart from a .env", (format) => {
	if (format === "json" || format === "yaml") return;
	fc.assert(
		fc.property(values, (map) => {
			const text = written(map, format);
			if (text === undefined) return;
			const { entries, problems } = parseValues(text, "env");
			expect(problems).toEqual([]);
			expect(entries.map((entry) => [entry.name, entry.value])).toEqual([...map]);
		}),
		{ numRuns: 500 },
	);
});

describe("env", () => {
	test("keeps carriage returns that it wrote itself, as dotenv would not", () => {
		const map = new Map([["A", "x\r\ny\\"]]);
		expect(parseValues(formatValues(map, "env"), "env").entries[0]?.value).toBe("x\r\ny\\");
		expect(parseValues("A='x\r\ny'\r\n", "env").entries[0]?.value).toBe("x\ny");
	});
});

test.each<[string, string, Format]>([
	[".env", "A=1", "env"],
	["dir.json/.env.local", "A=1", "env"],
	["prod.JSON", "A=1", "json"],
	["prod.yaml", "{}", "yaml"],
	["prod.yml", "A: 1", "yaml"],
	["-", '{"A": "1"}', "json"],
	["-", "A={}", "env"],
	["-", "# c\n\n  # d\nA: 1\n", "yaml"],
	[".env", "A: 1\n", "env"],
	["prod.env.local", "A: 1\n", "env"],
	["notes", "A=b: c\n", "env"],
])("%s with %j is taken for %s", (path, text, format) => {
	expect(guessFormat(path, text)).toBe(format);
});

test("long values are read in time", () => {
	const map = new Map([["A", 'it\'s "long" \\ and\n'.repeat(50_000)]]);
	for (const format of FORMATS) {
		const text = written(map, format);
		if (text === undefined) continue;
		const { entries, problems } = parseValues(text, format);
		expect(problems).toEqual([]);
		expect(entries[0]?.value === map.get("A")).toBe(true);
	}
});
