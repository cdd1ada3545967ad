/** What JSON and YAML files may say that no secret can be. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseJson } from "../../../src/values/json.ts";
import { parseTypedYaml, parseYaml } from "../../../src/values/yaml.ts";

describe("JSON", () => {
	test("all that is no text is told, with its line", () => {
		const text = `{
  "a": "x",
  "b": 5432,
  "c": {"d": ["e", {}], "f": "}"},
  "g": [],
  "h": null, "i": true,
  "j": "y"
}`;
		const { entries, problems } = parseJson(text);
		expect(entries).toEqual([
			{ name: "a", value: "x", line: 2 },
			{ name: "b", value: "5432", line: 3 },
			{ name: "i", value: "true", line: 6 },
			{ name: "j", value: "y", line: 7 },
		]);
		expect(problems).toMatchObject([
			{ line: 4, words: '"c" is a mapping, not text', name: "c", shape: "nested" },
			{ line: 5, words: '"g" is a list, not text', shape: "nested" },
			{ line: 6, words: '"h" is null, not text' },
		]);
	});

	test("numbers and booleans are taken as they are written", () => {
		const { entries } = parseJson('{"a": 1.50, "b": -1E5, "c": 12345678901234567890, "d": false}');
		expect(entries.map(({ value }) => value)).toEqual([
			"1.50",
			"-1E5",
			"12345678901234567890",
			"false",
		]);
		const yaml = parseYaml("a: 1.50\nb: 0x1F\nc: 12345678901234567890\nd: True\ne: 007\nf: .inf\n");
		expect(yaml.entries.map(({ value }) => value)).toEqual([
			"1.50",
			"0x1F",
			"12345678901234567890",
			"True",
			"007",
			".inf",
		]);
	});

	test("a manifest of Kubernetes is one problem", () => {
		for (const { problems, entries } of [
			parseJson('{"apiVersion": "v1",\n"kind": "Secret", "data": {"a": "eA=="}}'),
			parseYaml("apiVersion: v1\nkind: Secret\nstringData:\n  a: x\n"),
		]) {
			expect(entries).toEqual([]);
			expect(problems).toMatchObject([{ line: 2, shape: "manifest" }]);
		}
		expect(parseYaml("kind: Secret\n").problems).toEqual([]);
	});

	test.each([
		["", 1, "is not a JSON object"],
		["[]", 1, "is not a JSON object"],
		['"text"', 1, "is not a JSON object"],
		["{", 1, "is not valid JSON"],
		['{"a": }', 1, "is not valid JSON"],
		['{"a" "b"}', 1, "is not valid JSON"],
		['{"a": "b",\n}', 2, "is not valid JSON"],
		['{"a": "b"}\nc', 2, "is not valid JSON"],
		['{"a": "b"}\n{}', 2, "is not valid JSON"],
		['{"a": "hunter2\n"}', 1, "is not valid JSON"],
		['{"a": "\\x"}', 1, "is not valid JSON"],
		['{\n"a": "never closed}', 2, "is not valid JSON"],
		['{/* c */ "a": "b"}', 1, "is not valid JSON"],
		["{'a': 'b'}", 1, "is not valid JSON"],
	])("%j is refused", (text, line, words) => {
		expect(parseJson(text).problems).toEqual([{ line, words }]);
	});

	test("reads strings as JSON.parse does", () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.string()), fc.boolean(), (object, isIndented) => {
				const { entries, problems } = parseJson(
					JSON.stringify(object, undefined, isIndented ? 1 : 0),
				);
				expect(problems).toEqual([]);
				const pairs = entries.map(({ name, value }) => [name, value]);
				expect(pairs).toEqual(Object.entries(object));
			}),
		);
	});

	test("takes nothing that JSON.parse refuses", () => {
		const piece = fc.constantFrom(
			'"a"',
			'"b\\n"',
			'"\\',
			'"',
			":",
			",",
			"{",
			"}",
			"[",
			"]",
			" ",
			"1",
			"-",
			"null",
			"\n",
		);
		fc.assert(
			fc.property(fc.array(piece), (pieces) => {
				const text = `{${pieces.join("")}`;
				if (parseJson(text).problems.length === 0) expect(JSON.parse(text)).toBeObject();
			}),
			{ numRuns: 2000 },
		);
	});
});

describe("YAML", () => {
	test("all that is no text is told, with its line", () => {
		const text = `# comment
a: x
b: 5432
c:
  d: e
f: [1]
g:
h: true
i: ~
j: &j y
k: *j
l: 2026-11-21
`;
		const { entries, problems } = parseYaml(text);
		expect(entries.map(({ name, line }) => [name, line])).toEqual([
			["a", 2],
			["b", 3],
			["h", 8],
			["j", 10],
			["l", 12],
		]);
		expect(problems).toMatchObject([
			{ line: 4, words: '"c" is a mapping, not text' },
			{ line: 6, words: '"f" is a list, not text' },
			{ line: 7, words: `"g" has no value (for an empty one: '')` },
			{ line: 9, words: '"i" is null, not text (put it in quotes)' },
			{ line: 11, words: '"k" is an alias (*name), not text' },
		]);
	});

	test.each([
		["- a", 1],
		["text", 1],
		["a: b\n  hunter2: c", 1],
		["a: b\n---\nc: d", 2],
		['a: b\nc: "hunter2', 2],
		['a: b\nc: "hunter2\nd: e\n\n', 2],
		["a: b\nc: [\n\n", 2],
		["a: b\nc: {\nd: hunter2\ne: f", 2],
		["a: b\nc: @hunter2\nd: e", 2],
		["a: b\nhunter2\nc: d", 2],
		["a: !vault hunter2", 1],
	])("%j is refused without a word of it", (text, line) => {
		const { problems } = parseYaml(text);
		expect(problems.map((problem) => problem.line)).toEqual([line]);
		expect(problems[0]?.words).not.toContain("hunter2");
	});

	test.each(["", "# nothing\n", "{}\n", "---\n"])("%j has no entries", (text) => {
		expect(parseYaml(text)).toEqual({ entries: [], problems: [], notes: [] });
	});

	test("typed by hand, all is text", () => {
		const { entries, problems } = parseTypedYaml(
			"a: 5432\nb: yes\nc: null\nd: 1.50\ne: ~\nf: ''\n",
		);
		expect(problems).toEqual([]);
		expect(entries.map(({ value }) => value)).toEqual(["5432", "yes", "null", "1.50", "~", ""]);
	});

	test.each([
		["a: p@ss #1", "has a # behind it"],
		["a: &b c", "begins with a character that means something in YAML"],
		["a: !b c", "is not valid YAML"],
		["a:", "has no value"],
		["a: b\n  c", "goes over several lines"],
		['a: "b\n  c"', "goes over several lines"],
	])("typed by hand, %j is not changed in silence", (text, words) => {
		expect(parseTypedYaml(text).problems[0]?.words).toContain(words);
	});
});
