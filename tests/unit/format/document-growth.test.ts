/** Reading costs at most in proportion, whatever the text: no file is a way to stop a pipeline. */
import { describe, expect, test } from "bun:test";
import { FormatError } from "../../../src/errors.ts";
import { editDocument } from "../../../src/format/edit.ts";
import { readProtected } from "../../../src/format/read.ts";
import { toTree } from "../../../src/format/tree.ts";

const SMALL = 8000;
const TIMES_LARGER = 8;

/** What compiling and collecting garbage may add to a fair share; far below TIMES_LARGER. */
const PATIENCE = 2.5;
const NOISE_MILLISECONDS = 200;

const TOP = "key-custodians: {}\naudit-log:\n";

/** Text of about `length` characters, made of one piece over and over. */
function fill(piece: string, length: number): string {
	return piece.repeat(Math.ceil(length / piece.length));
}

function read(text: string): void {
	try {
		readProtected(new TextEncoder().encode(text), "f.yaml");
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
	}
}

/** Milliseconds of work of the quicker of two runs, not counting what others made it wait. */
function cost(action: () => void): number {
	const costs = [1, 2].map(() => {
		const start = process.cpuUsage();
		action();
		const { user, system } = process.cpuUsage(start);
		return (user + system) / 1000;
	});
	return Math.min(...costs);
}

function expectLinear(runOf: (size: number) => () => void, size: number): void {
	const small = cost(runOf(size));
	const limit = small * TIMES_LARGER * PATIENCE + NOISE_MILLISECONDS;
	expect(cost(runOf(size * TIMES_LARGER))).toBeLessThan(limit);
}

describe("time grows no faster than a file of", () => {
	test.each<[what: string, text: (length: number) => string]>([
		["log entries", (n) => TOP + fill("- 2026-11-21T17:50:49Z -- created\n", n)],
		["quoted log entries", (n) => TOP + fill("- 'a'\n", n)],
		["blocks", (n) => TOP + fill("- |-\n  x\n", n)],
		["empty blocks", (n) => TOP + fill("- |\n", n)],
		["domains", (n) => fill("a: b\n", n).replace(/a/g, () => `d${n++}`)],
		["duplicate keys", (n) => fill("a: b\n", n) + TOP],
		["secrets of one name", (n) => `d:\n${fill("  secret-a: b\n", n)}${TOP}`],
		["blank lines", (n) => `${TOP}- a\n${fill("\n", n)}- b\n`],
		["blank lines at the top", (n) => fill("\n", n) + TOP],
		["lines of blanks", (n) => `${TOP}- a\n${fill("  \n", n)}- b\n`],
		["lines of tabs", (n) => `${TOP}- a\n${fill("\t\n", n)}- b\n`],
		["blanks", (n) => `${TOP}- a\n${fill(" ", n)}\n- b\n`],
		["CRLF", (n) => `${TOP}${fill("\n", n)}- b\n`.replaceAll("\n", "\r\n")],
		["comments", (n) => `${TOP}- a\n${fill("# c\n", n)}- b\n`],
		["comments at the top", (n) => fill("# c\n", n) + TOP],
		["comments further in", (n) => `${TOP}- a\n${fill("    # c\n", n)}- b\n`],
		[
			"comments behind blank lines",
			(n) => `a: |-\n    b\n${fill("\n", n)}${fill("  # c\n", n)}${TOP}`,
		],
		["comments and blank lines by turns", (n) => `a:\n  b: c\n${fill("\n   # c\n", n)}${TOP}`],
		["comments before a value", (n) => `a:\n${fill("# c\n", n)}  b: c\n${TOP}`],
		["one comment", (n) => `#${fill("#", n)}\n${TOP}`],
		["a long key", (n) => `? ${fill("x", n)}\n: y\n${TOP}`],
		["a long key without a question mark", (n) => `${fill("x", n)}: y\n${TOP}`],
		["many long keys", (n) => fill(`${"x".repeat(900)}: y\n`, n) + TOP],
		["lists in lists, in brackets", (n) => fill("[", n)],
		["mappings in mappings, in braces", (n) => fill("{a: ", n)],
		["lists in lists", (n) => fill("- ", n)],
		["keys of keys", (n) => fill("? ", n)],
		["values of values", (n) => fill("a: ", n)],
		["brackets that only close", (n) => TOP + fill("]", n)],
		["empty lists", (n) => TOP + fill("[] ", n)],
		["empty lists as entries", (n) => TOP + fill("- []\n", n)],
		["a huge text", (n) => `${TOP}- ${fill("x", n)}\n`],
		["a huge text of words", (n) => `${TOP}- ${fill("x ", n)}y\n`],
		["a text with many blanks", (n) => `${TOP}- x${fill(" ", n)}y\n`],
		["a text folded often", (n) => `${TOP}- x\n${fill("  y\n", n)}`],
		["a text of blank lines", (n) => `${TOP}- x${fill("\n", n)}  y\n`],
		["a text indented far", (n) => `${TOP}- x\n${fill(" ", n)}${fill("y", n)}\n`],
		["a quoted text folded often", (n) => `${TOP}- 'x\n${fill("  y\n", n)}  '\n`],
		["a quoted text indented far", (n) => `${TOP}- 'x\n${fill(" ", n)}y${fill(" ", n)}\n z'\n`],
		["doubled quotes", (n) => `${TOP}- '${fill("''", n)}'\n`],
		["backslashes", (n) => `${TOP}- "${fill("\\\\", n)}"\n`],
		["escaped quotes", (n) => `${TOP}- "${fill('\\"', n)}"\n`],
		["escaped quotes that never end", (n) => `${TOP}- "${fill('\\"', n)}\n`],
		["bad escapes", (n) => `${TOP}- "${fill("\\z", n)}"\n`],
		["newlines in quotes", (n) => `${TOP}- "x${fill("\n", n)} "\n`],
		["open quotes", (n) => TOP + fill("- 'a\n", n)],
		["quotes in a row", (n) => `${TOP}- ${fill("'a' ", n)}\n`],
		["lines that are no entries", (n) => `a: b\n${fill("'a'\n", n)}`],
		["a block of many lines", (n) => `${TOP}- |-\n${fill("  x\n", n)}`],
		["a block before blank lines", (n) => `${TOP}- |-\n  x\n${fill("\n", n)}`],
		["a block of blank lines", (n) => `${TOP}- |+\n  x\n${fill("   \n", n)}`],
		["a block's header", (n) => `${TOP}- |${fill("-", n)}\n  x\n`],
		["nothings", (n) => TOP + fill("- ~\n", n)],
		["dashes", (n) => TOP + fill("-\n", n)],
		["question marks", (n) => fill("?\n", n)],
		["colons", (n) => fill(":\n", n)],
		["commas", (n) => TOP + fill(",", n)],
		["a number", (n) => `${TOP}- ${fill("1", n)}\n`],
		["a hexadecimal number", (n) => `${TOP}- 0x${fill("f", n)}\n`],
		["an exponent", (n) => `${TOP}- 1e${fill("1", n)}\n`],
		["document starts", (n) => fill("---\n", n)],
		["document ends", (n) => fill("...\n", n)],
		["a directive", (n) => `%${fill("#", n)}\n`],
		["byte-order marks", (n) => fill("\uFEFF", n) + TOP],
		["a name like a conflict marker", (n) => `<<<<<<< ${fill(": ", n)}x:\n${TOP}`],
		["conflict markers", (n) => fill("<<<<<<< :\n", n) + TOP],
		["tabs as indent", (n) => `${TOP}${fill("\t", n)}x\n`],
	])(
		"%s",
		(_, text) => {
			expectLinear((length) => {
				const made = text(length);
				return () => read(made);
			}, SMALL);
		},
		30_000,
	);

	test("bytes that are no UTF-8", () => {
		expectLinear((length) => {
			const bytes = new TextEncoder().encode(`${fill("a\n", length)}x`).fill(0xff, -1);
			return () => expect(() => readProtected(bytes, "f.yaml")).toThrow("is not UTF-8");
		}, SMALL * 10);
	});

	test("different names", () => {
		expectLinear((count) => {
			const text = Array.from({ length: count }, (_, index) => `d${index}: b\n`).join("");
			return () => read(text);
		}, 8000);
	}, 30_000);

	test("problems, where all are collected", () => {
		expectLinear((count) => {
			const lines = Array.from({ length: count }, (_, index) => `  x${index}: b\n`);
			const text = `${fill("# c\n", count * 80)}d:\n${lines.join("")}${TOP}- a\n`;
			const bytes = new TextEncoder().encode(text);
			return () => {
				let problems = 0;
				readProtected(bytes, "f.yaml", () => problems++);
				expect(problems).toBe(count + 1);
			};
		}, 500);
	}, 30_000);
});

describe("the largest files that a team may have", () => {
	const BOX = Buffer.concat([Buffer.of(0), Buffer.alloc(120, 1)]).toString("base64");
	const OWNER_BOX = Buffer.concat([Buffer.of(0), Buffer.alloc(80, 1)]).toString("base64");
	const KEY = Buffer.concat([Buffer.of(0), Buffer.alloc(32, 1)]).toString("base64");
	const PWDKM = Buffer.concat([Buffer.of(2), Buffer.alloc(40, 1)]).toString("base64");

	function file(secrets: number, entries: number, comment: string): string {
		const names = Array.from({ length: secrets }, (_, index) => `  secret-s${index}: ${BOX}\n`);
		const log = fill("- 2026-11-21T17:50:49Z -- added secret some-secret in prod\n", entries * 59);
		return `prod:\n${names.sort().join("")}  meta:
    public-key: ${KEY}
    owners:
      alice@example.com: ${OWNER_BOX}
${comment}key-custodians:
  alice@example.com:
    pwdkm: ${PWDKM}
audit-log:
${log}`;
	}

	/** Reads the file and writes it with a secret and an entry more. */
	function addSecret(text: string): void {
		const { document, data } = readProtected(new TextEncoder().encode(text), "f.yaml");
		const domain = data.domains.get("prod");
		if (!domain) throw new Error("no domain");
		const secrets = new Map(domain.secrets).set("s5a", BOX);
		const domains = new Map([["prod", { ...domain, secrets }]]);
		const auditLog = [...data.auditLog, "new"];
		const edited = editDocument(document, toTree({ ...data, domains, auditLog }), "one-line");
		expect(edited.length).toBe(text.length + `  secret-s5a: ${BOX}\n- new\n`.length);
	}

	test.each([
		["10,000 secrets", 10_000, 4, ""],
		["10,000 secrets and a comment", 10_000, 4, "# the team\n"],
		["100,000 log entries", 1, 100_000, ""],
		["100,000 log entries and a comment", 1, 100_000, "# the team\n"],
	])(
		"are read and edited: %s",
		(_, secrets, entries, comment) => {
			expectLinear((share) => {
				const part = share / TIMES_LARGER;
				const text = file(Math.ceil(secrets * part), Math.ceil(entries * part), comment);
				return () => addSecret(text);
			}, 1);
		},
		60_000,
	);
});
