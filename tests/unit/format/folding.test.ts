/** A file keeps the folding that it has, whichever of the two that is. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../../src/format/document.ts";
import { editDocument } from "../../../src/format/edit.ts";
import { emitTree, type Tree } from "../../../src/format/emit.ts";
import type { Folding } from "../../../src/format/fold.ts";
import { foldingFor, shownFolding } from "../../../src/format/folding.ts";
import { toTree } from "../../../src/format/tree.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { expectFewestChanges, tryOperation } from "../../fuzz/properties.ts";
import { Random } from "../../fuzz/random.ts";
import { now, sampleText } from "../../fuzz/sample.ts";

const FOLDINGS: readonly Folding[] = ["one-line", "wrapped"];
const VECTORS = join(import.meta.dir, "../../vectors");

/** Wider than a line, in one word. */
const WIDE = "A".repeat(108);

function parse(text: string) {
	return parseDocument(new TextEncoder().encode(text), "f.yaml");
}

/** The text after the edits that make its one entry say `value`, in a wrapped file. */
function setWrapped(text: string, value: string): string {
	return editDocument(parse(text), new Map([["a", value]]), "wrapped");
}

describe("the folding that a file shows", () => {
	test.each<[string, string, Folding | undefined]>([
		["a wide value beside its key", `a:\n  b: ${WIDE}\n`, "one-line"],
		["a wide value below its key", `a:\n  b: \n    ${WIDE}\n`, "wrapped"],
		["a wide value below its key, trimmed", `a:\n  b:\n    ${WIDE}\n`, "wrapped"],
		["a wide value below its key, in CRLF", `a:\r\n  b: \r\n    ${WIDE}\r\n`, "wrapped"],
		["both", `a: ${WIDE}\nb: \n  ${WIDE}\nc: ${WIDE}\n`, "wrapped"],
		["short values", "a: b\nc:\n- d\n", undefined],
		["a value that just fits", `a: ${"A".repeat(97)}\n`, undefined],
		["a value that is one too wide", `a: ${"A".repeat(98)}\n`, "one-line"],
		["words that may be folded", `a: ${"word ".repeat(30)}end\n`, undefined],
		["a wide value in quotes", `a: '${WIDE}'\nb:\n  '${WIDE}'\n`, undefined],
		["a wide value in a block", `a: |-\n  ${WIDE}\n`, undefined],
		["a wide item", `a:\n- ${WIDE}\n`, undefined],
		["a wide value behind a question mark", `? a\n: ${WIDE}\n`, "one-line"],
	])("is found: %s", (_, text, folding) => {
		expect(shownFolding(parse(text))).toBe(folding);
	});

	test.each(["team.yaml", "v0-argon2id-hard.yaml", "v2-raw.yaml"])(
		"is found where an editor removed the spaces at the ends of lines: %s",
		(name) => {
			const text = readFileSync(join(VECTORS, "ruamel-0.19", name), "utf8");
			const trimmed = text.replace(/ +$/gm, "");
			expect(trimmed).not.toBe(text);
			expect(shownFolding(parse(trimmed))).toBe("wrapped");
			expect(shownFolding(parse(readFileSync(join(VECTORS, name), "utf8")))).toBe("one-line");
		},
	);

	test.each<[string, Folding]>([
		["v0-argon2id-hard.yaml", "wrapped"],
		["v2-raw.yaml", "one-line"],
		["v3-scrypt-fast.yaml", "one-line"],
	])("follows the keys where no value tells: %s", (name, folding) => {
		const { data } = KeyFile.parse(readFileSync(join(VECTORS, name), "utf8"));
		const custodiansOnly = { ...data, domains: new Map() };
		expect(foldingFor(undefined, custodiansOnly)).toBe(folding);
		const document = parse(emitTree(toTree(custodiansOnly), "wrapped"));
		expect(foldingFor({ document, data: custodiansOnly }, data)).toBe(folding);
	});

	test.each(FOLDINGS)("follows a folded entry of the log where no value tells: %s", (folding) => {
		const { data } = KeyFile.parse(readFileSync(join(VECTORS, "v2-raw.yaml"), "utf8"));
		const entry = `2026-11-26T03:44:03Z -- rekeyed custodian for bob@${"sub.".repeat(9)}example.com (updated domains -> a)`;
		const short = { ...data, domains: new Map(), auditLog: [entry, "short"] };
		const text = emitTree(toTree(short), folding);
		for (const shown of [text, text.replace(/ +$/gm, "")]) {
			expect(foldingFor({ document: parse(shown), data: short }, short)).toBe(folding);
		}
	});

	test("is that of the Python tool while its last key becomes a raw one", () => {
		const [argon2id, raw, scrypt] = ["v0-argon2id-hard", "v2-raw", "v3-scrypt-fast"].map((name) => {
			const { data } = KeyFile.parse(readFileSync(join(VECTORS, `${name}.yaml`), "utf8"));
			return { ...data, domains: new Map() };
		});
		if (!argon2id || !raw || !scrypt) throw new Error("no vectors");
		const source = { document: parse(emitTree(toTree(argon2id), "one-line")), data: argon2id };
		expect(foldingFor(source, raw)).toBe("wrapped");
		expect(foldingFor(source, scrypt)).toBe("one-line");
	});
});

describe("a value in a wrapped file", () => {
	test.each([
		["stays below its key", `a: \n  ${WIDE}\n`, `B${WIDE}`, `a: \n  B${WIDE}\n`],
		["stays there, trimmed", `a:\n  ${WIDE}\n`, `B${WIDE}`, `a:\n  B${WIDE}\n`],
		["stays at its column", `a:\n      ${WIDE}\n`, `B${WIDE}`, `a:\n      B${WIDE}\n`],
		["comes up to its key", `a: \n  ${WIDE} # c\n`, "short", "a: short # c\n"],
		["comes up to its key, trimmed", `a:\n  ${WIDE}\n`, "short", "a: short\n"],
		["comes up to its key, in CRLF", `a: \r\n  ${WIDE}\r\n`, "short", "a: short\r\n"],
		["goes below its key", "a: short # c\n", WIDE, `a: \n  ${WIDE} # c\n`],
		["stays where somebody put it", "a:\n  short\n", "other", "a:\n  other\n"],
		["stays below a comment", `a: # b:\n  ${WIDE}\n`, "short", "a: # b:\n  short\n"],
		["stays behind a question mark", `? a\n: ${WIDE}\n`, `B${WIDE}`, `? a\n: B${WIDE}\n`],
	])("%s", (_, before, value, after) => {
		expect(setWrapped(before, value)).toBe(after);
	});
});

describe.each(FOLDINGS)("a %s file", (folding) => {
	const folder = folding === "wrapped" ? "ruamel-0.19/written" : "written";
	const starts = [
		emitTree(toTree(KeyFile.parse(sampleText).data), folding),
		readFileSync(join(VECTORS, folder, "43.yaml"), "utf8"),
		readFileSync(join(VECTORS, folder, "20.yaml"), "utf8"),
	];

	test("keeps its lines through any changes, and a rewrite changes none", () => {
		for (let seed = 1; seed <= 60; seed++) {
			const random = new Random(seed);
			let text = random.pick(starts);
			for (let step = 0; step < 6; step++) {
				const file = KeyFile.parse(text, { now });
				const changed = tryOperation(file, random);
				if (changed === undefined) continue;
				text = new TextDecoder().decode(
					expectFewestChanges(new TextEncoder().encode(text), changed),
				);
				const tree: Tree = toTree(changed.data);
				// Without a domain, nothing tells that the next is to be wrapped.
				if (changed.domainNames.length > 0) expect(text).toBe(emitTree(tree, folding));
				else break;
			}
		}
	}, 60_000);

	test("keeps its folding without the spaces at the ends of lines", () => {
		for (let seed = 1; seed <= 50; seed++) {
			const random = new Random(seed);
			const text = random.pick(starts).replace(/ +$/gm, "");
			const changed = tryOperation(KeyFile.parse(text, { now }), random);
			if (changed === undefined || changed.domainNames.length === 0) continue;
			const after = expectFewestChanges(new TextEncoder().encode(text), changed);
			const rewritten = emitTree(toTree(changed.data), folding).replace(/ +$/gm, "");
			expect(new TextDecoder().decode(after).replace(/ +$/gm, "")).toBe(rewritten);
		}
	}, 60_000);
});
