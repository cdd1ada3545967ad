import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../src/errors.ts";
import { MAX_FILE_SIZE } from "../../../src/format/data.ts";
import { parseDocument } from "../../../src/format/document.ts";
import type { Node } from "../../../src/format/node.ts";

const VECTORS = join(import.meta.dir, "../../vectors");

function parse(text: string | Uint8Array) {
	return parseDocument(typeof text === "string" ? new TextEncoder().encode(text) : text, "f.yaml");
}

function refusal(text: string | Uint8Array): FormatError {
	try {
		parse(text);
	} catch (error) {
		if (error instanceof FormatError) return error;
		throw error;
	}
	throw new Error(`not refused: ${text}`);
}

/** What the tree says, without the places. */
function contentOf(node: Node): unknown {
	switch (node.kind) {
		case "scalar":
			return node.text;
		case "seq":
			return node.items.map(({ value }) => contentOf(value));
		case "map":
			return node.entries.map(({ key, value }) => [key, contentOf(value)]);
	}
}

function read(text: string): unknown {
	return contentOf(parse(text).root);
}

describe("a file is refused with its line and what to do", () => {
	test.each([
		["a git conflict", "a: b\n<<<<<<< HEAD\nc: d\n", 2, "holds a Git conflict marker"],
		["a conflict's middle", "a: b\n=======\nc: d\n", 2, "holds a Git conflict marker"],
		["a conflict's end", "a: b\n>>>>>>> theirs\n", 2, "holds a Git conflict marker"],
		["a conflict's base", "a: b\n||||||| 0fa3c1\n", 2, "holds a Git conflict marker"],
		["a conflict in CRLF", "a: b\r\n=======\r\nc: d\r\n", 2, "holds a Git conflict marker"],
		["duplicate keys", "a: b\nc: d\na: e\n", 3, 'names "a" twice'],
		["duplicates in other quotes", "a: b\n? 'a'\n: c\n", 2, 'names "a" twice'],
		["duplicates further in", "a:\n  b: c\n  b: d\n", 3, 'names "b" twice'],
		["a second document", "a: b\n---\nc: d\n", 2, "holds more than one YAML document"],
		["a second document after an end", "a: b\n...\nc: d\n", 3, "holds more than one YAML document"],
		["an alias", "a: b\nc: *x\n", 2, "uses a YAML alias"],
		["an anchor", "a: &x b\n", 1, "uses a YAML anchor"],
		["a tag", "a: b\nc: !!str d\n", 2, "uses a YAML tag"],
		["a directive", "%YAML 1.1\n---\na: b\n", 1, "uses a YAML directive"],
		["a byte-order mark further down", "\n\uFEFFa: b\n", 2, "has a byte-order mark"],
		["a second byte-order mark", "\uFEFF\uFEFFa: b\n", 1, "has a byte-order mark"],
		["NUL", "a: b\nc: d\0\n", 2, "holds the control character U+0000"],
		["an escape sequence", "a: b\nc: \x1b[2J\n", 2, "holds the control character U+001B"],
		["a carriage return alone", "a: b\nc: d\re: f\n", 2, "holds the control character U+000D"],
		["a next line in plain text", "a: b\nc: d\u0085e\n", 2, "holds U+0085 outside quotes"],
		["a line separator in a comment", "a: b\n# x\u2028c: d\n", 2, "holds U+2028 outside quotes"],
		["a paragraph separator in a name", "a: b\nc\u2029d: e\n", 2, "holds U+2029 outside quotes"],
		["one behind a value", "a: b\nc: d \u2028# x\n", 2, "holds U+2028 outside quotes"],
		["one in a block", "a: |-\n  b\n  c\u2028\n", 3, "holds U+2028 outside quotes"],
		["one behind a quote", "a: 'b'\u2028\n", 1, "holds U+2028 outside quotes"],
		["a tab as indent", "a:\n\tb: c\n", 2, "is indented with a tab"],
		["a tab after spaces", "a:\n  \tb: c\n", 2, "is indented with a tab"],
		["a wrong indent", "a:\n  b: c\n d: e\n", 3, "is indented wrongly"],
		["an open quote", "a: b\nc: 'd\ne: f\n", 2, "has a quote that is not closed"],
		["a quote closed too late", "a: 'b\nc: d'\n", 1, "has a quote that is not closed"],
		["a quote closed by a pair", "a: 'b''\nc: 'd'\n", 1, "has a quote that is not closed"],
		["a quote that is escaped", 'a: "b\\"\nc: "d"\n', 1, "has a quote that is not closed"],
		["a quote alone", "a: b\nc: '\n", 2, "has a quote that is not closed"],
		[
			"a missing colon",
			"a: b\n'c'\n",
			2,
			"is not valid YAML (a colon, quote or bracket is missing)",
		],
		["a filled flow mapping", "a: b\nc: {d: e}\n", 2, "holds a value in braces or brackets"],
		["a filled flow list", "a: [b]\n", 1, "holds a value in braces or brackets"],
		["a mapping in a list", "a:\n- b: c\n", 2, "is nested deeper than the format allows"],
		["a list in a list", "a:\n- - b\n", 2, "is nested deeper than the format allows"],
		["a mapping as a key", "? a: b\n: c\n", 1, "is nested deeper than the format allows"],
		["a number as a key", "a: b\n1: c\n", 2, "has a name that YAML does not read as text"],
		["no key at all", "a: b\n: c\n", 2, "has a name that YAML does not read as text"],
		[
			"a key of over 1024",
			`${"x".repeat(1025)}: a\n`,
			1,
			"is not valid YAML (key over 1024 chars)",
		],
		["a glued comment", "a: 'b'#c\n", 1, "has a comment right behind a value"],
		["a comment before a text", "a: b\nc:\n# d\n  e\n", 3, "has a comment between a name or dash"],
		[
			"a comment in an item",
			"a:\n- b\n-\n # c\n  d\n- e\n",
			4,
			"has a comment between a name or dash",
		],
		["a bad escape", 'a: "\\z"\n', 1, "is not valid YAML (bad dq escape)"],
		["half a character", 'a: b\nc: "\\ud83d"\n', 2, "holds half a character"],
	])("%s", (_, text, line, problem) => {
		const error = refusal(text);
		expect(error.message).toStartWith(`f.yaml:${line}: ${problem}`);
		expect(error.line).toBe(line);
		expect(error.hint).toMatch(/^[a-z]/);
	});

	test("nested deeper than the format, however that is written", () => {
		const deep = Array.from({ length: 9 }, (_, depth) => `${"  ".repeat(depth)}a:\n`).join("");
		for (const text of [`${deep}`, "? ".repeat(20), "- ".repeat(20), ": ".repeat(20)]) {
			expect(refusal(text).problem).toBe("is nested deeper than the format allows");
		}
		expect(refusal("[".repeat(100_000)).problem).toBe("holds a value in braces or brackets");
		expect(refusal("a: ".repeat(100_000)).problem).toMatch(/nested deeper|not valid YAML/);
	});

	test("bytes that are no UTF-8, with the line that has them", () => {
		const bytes = new TextEncoder().encode("a: ünï\nb: c\nd: e\n");
		bytes[bytes.length - 2] = 0xff;
		expect(refusal(bytes).message).toBe("f.yaml:3: is not UTF-8 text");
		expect(refusal(Uint8Array.of(0xc3)).message).toBe("f.yaml:1: is not UTF-8 text");
		expect(refusal(Uint8Array.of(0xed, 0xa0, 0x80, 0x0a)).line).toBe(1); // A surrogate.
		expect(refusal(Uint8Array.of(0x61, 0x0a, 0xc0, 0x80)).line).toBe(2); // An overlong NUL.
	});

	test("over 64 MiB", () => {
		const error = refusal(new Uint8Array(MAX_FILE_SIZE + 1));
		expect(error.message).toBe("f.yaml:1: is larger than 64 MiB, the limit for protected files");
		expect(error.hint).toBeString();
	});

	test("the problem quotes no value, and no endless name", () => {
		for (const text of [
			"a: 'hunter2\n",
			"'hunter2': &hunter2\n",
			"a: [hunter2]\n",
			'a: "hunter2\n',
		]) {
			expect(refusal(text).message).not.toContain("hunter2");
		}
		const name = "x".repeat(1000);
		expect(refusal(`${name}: a\n${name}: b\n`).message.length).toBeLessThan(200);
	});
});

describe("a file is read", () => {
	test("with a byte-order mark, which is no part of its text", () => {
		const document = parse("\uFEFFa: b\n");
		expect(document.hasByteOrderMark).toBe(true);
		expect(document.text).toBe("a: b\n");
		expect(read("\uFEFFa: b\n")).toEqual([["a", "b"]]);
		expect(parse("a: b\n").hasByteOrderMark).toBe(false);
	});

	test("with CRLF", () => {
		expect(parse("a: b\r\nc:\r\n- d\r\n").lineEnd).toBe("\r\n");
		expect(read("a: b\r\nc:\r\n- d\r\n")).toEqual([
			["a", "b"],
			["c", ["d"]],
		]);
		expect(parse("a: b\n").lineEnd).toBe("\n");
		expect(parse("a: b").lineEnd).toBe("\n");
	});

	test("with comments and blank lines anywhere but before a text", () => {
		const text = `# head

---  # start
# a
a:   # names
# less
      # more
  b: c # value

# left
  d: e   # 'quote


  # last
# end
f:
# list
- g

# item
- h # here
...
# after
`;
		expect(read(text)).toEqual([
			[
				"a",
				[
					["b", "c"],
					["d", "e"],
				],
			],
			["f", ["g", "h"]],
		]);
	});

	test("with a text on the line after its name or dash", () => {
		expect(read("a: # note\n  b\nc:\n\n  'd'\ne:\n-\n  f\n-\n\n  g\n")).toEqual([
			["a", "b"],
			["c", "d"],
			["e", ["f", "g"]],
		]);
	});

	test("in every way to write a text", () => {
		const text = `plain: it's a "b" c: d
single: 'it''s'
double: "it's \\"\\u00fc\\x41\\
  x\\n\\u2028"
folded: a
  b

  c
literal: |-
  a # b
   c
block: >-
  a
  b
`;
		expect(() => read(text)).toThrow("f.yaml:1: is not valid YAML");
		expect(read(text.replace("c: d", "c:d"))).toEqual([
			["plain", 'it\'s a "b" c:d'],
			["single", "it's"],
			["double", "it's \"üAx\n\u2028"],
			["folded", "a b\nc"],
			["literal", "a # b\n c"],
			["block", "a b"],
		]);
	});

	test("with long keys, odd names and nothing at all", () => {
		const long = "x y ".repeat(500).trim();
		expect(read(`? ${long}\n: a\n?\n  b\n:\n  c\n'1': {}\n__proto__: []\n`)).toEqual([
			[long, "a"],
			["b", "c"],
			["1", []],
			["__proto__", []],
		]);
	});

	test("with what YAML takes for another type as no text", () => {
		expect(read("a: 1\nb: true\nc: ~\nd:\ne: 1.5\nf: '1'\ng: yes\n")).toEqual([
			["a", undefined],
			["b", undefined],
			["c", undefined],
			["d", undefined],
			["e", undefined],
			["f", "1"],
			["g", "yes"],
		]);
	});

	test("with line breaks beyond ASCII, in quotes, as characters like others", () => {
		expect(read("a: 'b\u0085c\u2028d'\n\"e\u2029f\": g\n")).toEqual([
			["a", "b\u0085c\u2028d"],
			["e\u2029f", "g"],
		]);
	});

	test("with names that only look like conflict markers", () => {
		expect(read("======= x:\n  a: b\n'<<<<<<<': c\n")).toEqual([
			["======= x", [["a", "b"]]],
			["<<<<<<<", "c"],
		]);
	});

	test("empty, as nothing", () => {
		for (const text of ["", "\n\n", "# comment\n", "---\n"]) expect(read(text)).toBeUndefined();
	});
});

describe("the places of its pieces", () => {
	/** What stands from where an entry begins to where its value ends. */
	function pieces(text: string): string[] {
		const { root } = parse(text);
		if (root.kind !== "map") throw new TypeError("no mapping");
		return root.entries.map(({ start, value }) => text.slice(start, value.end));
	}

	test("are those of the text, past characters of two units too", () => {
		expect(pieces("😀: 😀\nä: 'b'  # c\n")).toEqual(["😀: 😀", "ä: 'b'"]);
	});

	test("begin an entry at its question mark", () => {
		expect(pieces("? a\n: b\n?\n  c\n:\n  d\n# e\n? 'f'\n: g")).toEqual([
			"? a\n: b",
			"?\n  c\n:\n  d",
			"? 'f'\n: g",
		]);
	});

	test("begin an item at its dash", () => {
		const text = "a:\n- b\n-   c # - d\n-\n    e-f\n- |-\n  g\n";
		const { root } = parse(text);
		const list = root.kind === "map" ? root.entries[0]?.value : undefined;
		if (list?.kind !== "seq") throw new TypeError("no list");
		expect(list.items.map(({ start, value }) => text.slice(start, value.end))).toEqual([
			"- b",
			"-   c",
			"-\n    e-f",
			"- |-\n  g\n",
		]);
	});

	test("end a mapping or list with its last line", () => {
		expect(pieces("a:\n  b: c # d\n\n# e\nf:\n- g\n\n  # h\n- i\n# j\n")).toEqual([
			"a:\n  b: c # d\n",
			"f:\n- g\n\n  # h\n- i\n",
		]);
	});

	test("are the same whether a file has comments or not", () => {
		for (const name of readdirSync(VECTORS).filter((file) => file.endsWith(".yaml"))) {
			const text = readFileSync(join(VECTORS, name), "utf8");
			expect(contentOf(parse(`${text}# comment\n`).root)).toEqual(contentOf(parse(text).root));
			expect(parse(`${text}# comment\n`).root).toEqual(parse(text).root);
		}
	});
});
