import { describe, expect, test } from "bun:test";
import { parseDocument } from "../../../src/format/document.ts";
import { editDocument } from "../../../src/format/edit.ts";
import type { Tree, TreeMap } from "../../../src/format/emit.ts";
import type { Folding } from "../../../src/format/fold.ts";

/** A tree in short: pairs for a mapping, so that names keep their order. */
type Short = string | readonly string[] | { readonly map: readonly (readonly [string, Short])[] };

function map(...entries: readonly (readonly [string, Short])[]): Short {
	return { map: entries };
}

function isList(short: Short): short is readonly string[] {
	return Array.isArray(short);
}

function toTree(short: Short): Tree {
	if (typeof short === "string" || isList(short)) return short;
	return new Map(short.map.map(([key, value]) => [key, toTree(value)]));
}

function toRoot(short: Short): TreeMap {
	const tree = toTree(short);
	if (!(tree instanceof Map)) throw new TypeError("the root is no mapping");
	return tree;
}

/** The text after the edits that make it say `target`. */
function edit(text: string, target: Short, folding: Folding = "one-line"): string {
	const document = parseDocument(new TextEncoder().encode(text), "f.yaml");
	return editDocument(document, toRoot(target), folding);
}

describe("nothing to say anew", () => {
	test.each([
		["a: b\nc:\n- d\n", map(["a", "b"], ["c", ["d"]])],
		["# x\n\nc: [ ]  # y\na:   'b'\r\n", map(["a", "b"], ["c", []])],
		["a: {}\nb: []", map(["a", map()], ["b", []])],
		["? 'a'\n: |-\n  b", map(["a", "b"])],
	])("leaves %j as it is", (text, same) => {
		expect(edit(text, same)).toBe(text);
	});
});

describe("a value that changes", () => {
	test.each([
		["plain", "a: b\n", "a: x y\n"],
		["with a comment", "a: b # c\n", "a: x y # c\n"],
		["in quotes, with blanks", "a:   'b'  \nc: d\n", "a:   x y  \nc: d\n"],
		["on a line of its own", "a:\n    b\n", "a:\n    x y\n"],
		["folded", "a: b\n  c\n  d\ne: f\n", "a: x y\ne: f\n"],
		["folded in quotes", 'a: "b\n  c" # d\n', "a: x y # d\n"],
		["a block", "a: |-\n  b\nc: d\n", "a: x y\nc: d\n"],
		["a block that keeps its newlines", "a: |+\n  b\n\n\nc: d\n", "a: x y\nc: d\n"],
		["a block at the end", "a: >-\n  b", "a: x y"],
		["behind a question mark", "? a\n: b # c\n", "? a\n: x y # c\n"],
		["in CRLF", "a: b\r\nc: d\r\n", "a: x y\r\nc: d\r\n"],
		["without a final newline", "c: d\na: b", "c: d\na: x y"],
		["past wide characters", "😀: d\na: 😀\n", "😀: d\na: x y\n"],
		["past line breaks beyond ASCII", "c: '\u0085\u2028d'\na: b\n", "c: '\u0085\u2028d'\na: x y\n"],
	])("is changed in its place: %s", (_, before, after) => {
		const { root } = parseDocument(new TextEncoder().encode(before), "f.yaml");
		if (root.kind !== "map") throw new TypeError("no mapping");
		const target = root.entries.map(({ key, value }): [string, Short] => {
			const text = value.kind === "scalar" ? (value.text ?? "") : "";
			return [key, key === "a" ? "x y" : text];
		});
		expect(edit(before, map(...target))).toBe(after);
	});

	test("is put into quotes where it needs them", () => {
		expect(edit("a: b # c\n", map(["a", "d: e"]))).toBe("a: 'd: e' # c\n");
		expect(edit('a: "b"\n', map(["a", "null"]))).toBe("a: 'null'\n");
	});
});

describe("an entry that is new", () => {
	const before = "b: 1st\nd: 2nd\n";
	test.each([
		["first", before, "a", "a: new\nb: 1st\nd: 2nd\n"],
		["between", before, "c", "b: 1st\nc: new\nd: 2nd\n"],
		["last", before, "e", "b: 1st\nd: 2nd\ne: new\n"],
		["last, without a final newline", before.trimEnd(), "e", "b: 1st\nd: 2nd\ne: new"],
		["first, without a final newline", before.trimEnd(), "a", "a: new\nb: 1st\nd: 2nd"],
		["in CRLF", before.replaceAll("\n", "\r\n"), "c", "b: 1st\r\nc: new\r\nd: 2nd\r\n"],
		["last in CRLF, without the final one", "b: 1st\r\nd: 2nd", "e", "b: 1st\r\nd: 2nd\r\ne: new"],
		["behind a comment", "b: 1st # x\n# y\nd: 2nd\n", "c", "b: 1st # x\nc: new\n# y\nd: 2nd\n"],
		[
			"below the head of the file",
			"# x\n\nb: 1st\nd: 2nd\n",
			"a",
			"# x\n\na: new\nb: 1st\nd: 2nd\n",
		],
		["behind a start", "---\nb: 1st\nd: 2nd\n", "a", "---\na: new\nb: 1st\nd: 2nd\n"],
		["before an end", "b: 1st\nd: 2nd\n...\n# x\n", "e", "b: 1st\nd: 2nd\ne: new\n...\n# x\n"],
		["before an end without a newline", "b: 1st\nd: 2nd\n...", "e", "b: 1st\nd: 2nd\ne: new\n..."],
		["behind a folded one", "b: 1st\n  \nd:\n  2nd\n", "c", "b: 1st\nc: new\n  \nd:\n  2nd\n"],
		["behind a block", "b: |-\n  1st\n\nd: 2nd\n", "c", "b: |-\n  1st\nc: new\n\nd: 2nd\n"],
		["behind a question mark", "? b\n: 1st\n? d\n: 2nd\n", "c", "? b\n: 1st\nc: new\n? d\n: 2nd\n"],
		["before a question mark", "?\n  b\n: 1st\nd: 2nd\n", "a", "a: new\n?\n  b\n: 1st\nd: 2nd\n"],
	])("takes its place: %s", (_, text, key, after) => {
		const names = ["b", "d", key].sort();
		const values = new Map([
			["b", "1st"],
			["d", "2nd"],
			[key, "new"],
		]);
		expect(edit(text, map(...names.map((name) => [name, values.get(name) ?? ""] as const)))).toBe(
			after,
		);
	});

	test("goes behind the one before it where the file is in no order", () => {
		const target = map(["a", "1"], ["b", "x"], ["c", "x"], ["d", "x"]);
		expect(edit("d: x\nb: x\na: '1'\n", target)).toBe("d: x\nb: x\nc: x\na: '1'\n");
	});

	test("stands at the others' indent", () => {
		const target = map(["a", map(["b", "x"], ["c", map(["d", "x"])])]);
		expect(edit("a:\n    b: x\n", target)).toBe("a:\n    b: x\n    c:\n      d: x\n");
		expect(edit("a:\n b: x\n", target)).toBe("a:\n b: x\n c:\n   d: x\n");
	});

	test("of several at one place keep their order", () => {
		const target = map(["a", "x"], ["b", "x"], ["c", "x"], ["d", "x"], ["e", "x"]);
		expect(edit("c: x\n", target)).toBe("a: x\nb: x\nc: x\nd: x\ne: x\n");
		expect(edit("c: x", target)).toBe("a: x\nb: x\nc: x\nd: x\ne: x");
	});

	test("takes the first place on a line that it shares", () => {
		const target = map(["k", map(["a", "x"], ["b", "x"], ["c", "x"])]);
		expect(edit("? k\n: b: x # y\n  c: x\n", target)).toBe("? k\n: a: x\n  b: x # y\n  c: x\n");
		expect(edit("? k\n:   b: x\n    c: x\n", target)).toBe("? k\n:   a: x\n    b: x\n    c: x\n");
		expect(edit("? k\n: a: x\n  c: x\n", target)).toBe("? k\n: a: x\n  b: x\n  c: x\n");
	});
});

describe("an entry that is gone", () => {
	test.each([
		["first", "a: x\nb: x\n", "a", "b: x\n"],
		["last", "b: x\na: x\n", "a", "b: x\n"],
		["last, without a final newline", "b: x\na: x", "a", "b: x"],
		["last, in CRLF without a final newline", "b: x\r\na: x", "a", "b: x"],
		["last, behind an empty line that has to stay", "b: x\n\na: x", "a", "b: x\n\n"],
		["last, behind an empty line in CRLF", "b: x\r\n\r\na: x", "a", "b: x\r\n\r\n"],
		["last, behind another line end", "c: x\r\nb: x\na: x", "a", "c: x\r\nb: x"],
		["in CRLF", "b: x\r\na: x\r\nc: x\r\n", "a", "b: x\r\nc: x\r\n"],
		["with its comment", "a: x # y\nb: x\n", "a", "b: x\n"],
		["leaving comments", "# 1\na: x\n# 2\n\nb: x\n", "a", "# 1\n# 2\n\nb: x\n"],
		["with all lines of its text", "a: x\n  y\n  z\nb: x\n", "a", "b: x\n"],
		["with its block", "a: |-\n  x\n\n  y\n\nb: x\n", "a", "\nb: x\n"],
		["with its question mark", "b: x\n?\n\n  a\n:\n  x\nc: x\n", "a", "b: x\nc: x\n"],
		["with all that is in it", "a:\n  b: x\n  # 1\n\n  c:\n  - d\n# 2\nb: x\n", "a", "# 2\nb: x\n"],
	])("takes its lines along: %s", (_, text, gone, after) => {
		const { root } = parseDocument(new TextEncoder().encode(text), "f.yaml");
		if (root.kind !== "map") throw new TypeError("no mapping");
		const kept = root.entries.map(({ key }) => key).filter((key) => key !== gone);
		expect(edit(text, map(...kept.map((key) => [key, "x"] as const)))).toBe(after);
	});

	test("leaves the shared line to the next", () => {
		const target = map(["k", map(["b", "x"], ["c", "x"])]);
		expect(edit("? k\n: a: x\n  b: x\n  c: x\n", target)).toBe("? k\n: b: x\n  c: x\n");
		expect(edit("? k\n: a: x\n  # about b\n  b: x\n  c: x\n", target)).toBe(
			"? k\n: \n  # about b\n  b: x\n  c: x\n",
		);
	});

	test("leaves a comment where the block before it would take the next lines along", () => {
		const target = map(["a", map(["b", "x"])], ["d", "x"]);
		const before = "a:\n  b: |-\n    x\nc: y\n      # 1\nd: x\n";
		expect(edit(before, target)).toBe("a:\n  b: |-\n    x\n#\n      # 1\nd: x\n");
		expect(edit("a:\n- |+\n  x\n- y\n\n", map(["a", ["x\n"]]))).toBe("a:\n- |+\n  x\n#\n\n");
		expect(edit("a:\n- |-\n  x\n- y\n- z\n", map(["a", ["x", "z"]]))).toBe("a:\n- |-\n  x\n- z\n");
	});

	test("leaves what is empty then as YAML has it", () => {
		expect(edit("a:\n  b: x\nc:\n- d\n", map(["a", map()], ["c", []]))).toBe("a: {}\nc: []\n");
	});

	test("makes room for another at its place", () => {
		expect(edit("a: x\nb: y\n", map(["b", "y"], ["c", "z"]))).toBe("b: y\nc: z\n");
		expect(edit("a: x\nb: y", map(["a", "x"], ["c", "z"]))).toBe("a: x\nc: z");
		expect(edit("? k\n: a: x\n  c: x\n", map(["k", map(["b", "x"], ["c", "x"])]))).toBe(
			"? k\n: b: x\n  c: x\n",
		);
	});
});

describe("a list", () => {
	test.each([
		["at column 0", "a:\n- b\n", "a:\n- b\n- x\n"],
		["indented", "a:\n  - b\nc: d\n", "a:\n  - b\n  - x\nc: d\n"],
		["of wide dashes", "a:\n-   b\n", "a:\n-   b\n- x\n"],
		["of texts on their own lines", "a:\n-\n  b\n", "a:\n-\n  b\n- x\n"],
		["of blocks", "a:\n- |-\n  b\n", "a:\n- |-\n  b\n- x\n"],
		[
			"with comments",
			"a: # 1\n# 2\n- b # - 3\n# 4\nc: d\n",
			"a: # 1\n# 2\n- b # - 3\n- x\n# 4\nc: d\n",
		],
		["behind a question mark", "? a\n: - b\n", "? a\n: - b\n  - x\n"],
		["empty", "a: []\n", "a:\n- x\n"],
		["empty, with a comment", "a: [ ]   # 1\nc: d\n", "a:   # 1\n- x\nc: d\n"],
		["empty, without a final newline", "a: []", "a:\n- x"],
		["empty, on a line of its own", "a:\n  []\nc: d\n", "a:\n- x\nc: d\n"],
		["empty, in CRLF", "a: []\r\n", "a:\r\n- x\r\n"],
		["without a final newline", "a:\n- b", "a:\n- b\n- x"],
	])("grows at its end: %s", (_, text, after) => {
		const old = text.includes("b") ? ["b"] : [];
		const rest = text.includes("c: d") ? [["c", "d"] as const] : [];
		expect(edit(text, map(["a", [...old, "x"]], ...rest))).toBe(after);
	});

	test.each<[string, readonly string[], string]>([
		["a:\n- b\n# 1\n- c\n- d\n", ["c", "d"], "a:\n# 1\n- c\n- d\n"],
		["a:\n- b\n# 1\n- c\n- d\n", ["b", "d"], "a:\n- b\n# 1\n- d\n"],
		["a:\n- b\n- c # 1\n- d", ["b", "c"], "a:\n- b\n- c # 1"],
		["a:\n- b\n- c\n# 1\n- d\n", ["x", "d"], "a:\n- x\n# 1\n- d\n"],
		["a:\n- b\n# 1\n- d\n", ["b", "c", "d", "e"], "a:\n- b\n- c\n# 1\n- d\n- e\n"],
		["a:\n- b\n- b\n- c\n", ["b", "c", "b"], "a:\n- b\n- c\n- b\n"],
		["? a\n: - b\n  - c\n", ["c"], "? a\n: - c\n"],
		["? a\n: - b\n  - c\n  - d\n", ["x", "d"], "? a\n: \n  - x\n  - d\n"],
		["? a\n: - b\n", ["x", "b"], "? a\n: - x\n  - b\n"],
	])("changes anywhere: %j", (text, items, after) => {
		expect(edit(text, map(["a", items]))).toBe(after);
	});

	test("folds what is new as the file's style has it", () => {
		const item = `${"word ".repeat(25)}end`;
		const after = edit("a:\n  - b\n", map(["a", ["b", item]]));
		expect(after).toBe(
			`a:\n  - b\n  - ${"word ".repeat(20).trim()}\n    ${"word ".repeat(5)}end\n`,
		);
	});
});

test("an empty mapping is filled, and keeps its comment", () => {
	const target = map(["a", map(["b", "x"])], ["c", "d"]);
	expect(edit("a: {}  # 1\nc: d\n", target)).toBe("a:  # 1\n  b: x\nc: d\n");
	expect(edit("a: { }\nc: d\n", target)).toBe("a:\n  b: x\nc: d\n");
});

test("takes time in proportion to the file", () => {
	const times = [2000, 4000, 8000].map((count) => {
		const names = Array.from({ length: count }, (_, index) => `name-${index}`);
		const text = names.map((name) => `${name}: x # y\n`).join("");
		const even = names.filter((_, index) => index % 2 === 0);
		const target = map(
			...even.flatMap(
				(name) =>
					[
						[name, "z"],
						[`${name}-b`, "z"],
					] as const,
			),
		);
		edit(text, target);
		const start = performance.now();
		edit(text, target);
		return performance.now() - start;
	});
	const [short = 0, , long = 0] = times;
	expect(long).toBeLessThan(short * 4 * 4);
});
