/** What reading and writing large files costs, and that it grows no faster than they do. */
import { ProtectError } from "../../src/errors.ts";
import { emitTree } from "../../src/format/emit.ts";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { protectedText } from "./protected-texts.ts";
import type { Row } from "./table.ts";
import { timed } from "./timed.ts";

const RUNS = 5;

/** Reading, changing and writing a file of 10,000 secrets. */
export async function fileRows(): Promise<Row[]> {
	const { text } = await protectedText(10_000);
	const bytes = new TextEncoder().encode(text);
	const keyFile = KeyFile.parse(bytes);
	const changed = keyFile.addSecret("prod", "secret_05000_b", "value");
	return [
		{ what: "read", ms: await timed(RUNS, () => KeyFile.parse(bytes)) },
		{ what: "write it unchanged", ms: await timed(RUNS, () => keyFile.encode()) },
		{ what: "write it with one secret more", ms: await timed(RUNS, () => changed.encode()) },
	];
}

/** Texts of a size that doubles from row to row; the ratio is to the row above. */
const GROWING: readonly (readonly [what: string, size: number, text: (size: number) => Text])[] = [
	["secrets", 2_500, async (size) => (await protectedText(size)).text],
	["secrets, wrapped", 2_500, async (size) => wrapped((await protectedText(size)).text)],
	["audit log entries", 25_000, async (size) => withLog((await protectedText(1)).text, size)],
	["bytes of one key", 250_000, (size) => `${"k".repeat(size)}: value\n`],
	["levels of flow nesting", 25_000, (size) => `a: ${"[".repeat(size)}${"]".repeat(size)}\n`],
	["bytes of block nesting", 125_000, (size) => nestedBlocks(Math.sqrt(2 * size))],
	["bytes of one plain scalar", 2_500_000, (size) => `a: ${"x".repeat(size)}\n`],
	["lines of one folded scalar", 25_000, (size) => `a:\n${"  folded\n".repeat(size)}`],
	["bytes of one quoted scalar", 2_500_000, (size) => `a: "${"\\n".repeat(size / 2)}"\n`],
	["unknown keys", 25_000, (size) => numbered(size, (number) => `key${number}: value\n`)],
];

type Text = string | Promise<string>;

export async function growthRows(): Promise<Row[]> {
	const rows: Row[] = [];
	for (const [what, start, textOf] of GROWING) {
		let above: number | undefined;
		for (const size of [start, start * 2, start * 4]) {
			const text = await textOf(size);
			const ms = await timed(RUNS, () => readOrRefuse(text));
			const ratio = above === undefined ? {} : { ratio: ms / above };
			rows.push({ what: `${size.toLocaleString("en")} ${what}`, ms, ...ratio });
			above = ms;
		}
	}
	return rows;
}

/** Most of these are no protected files: then what is measured is how soon that is said. */
function readOrRefuse(text: string): void {
	try {
		KeyFile.parse(text);
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
	}
}

/** The same as the Python tool writes it today. */
function wrapped(text: string): string {
	return emitTree(toTree(KeyFile.parse(text).data), "wrapped");
}

function withLog(text: string, entries: number): string {
	return text + "- 2026-11-21T17:50:49Z -- updated secret secret_00000 in prod\n".repeat(entries);
}

/** Some `levels ** 2 / 2` bytes. */
function nestedBlocks(levels: number): string {
	return `${numbered(levels, (level) => `${" ".repeat(level)}a:\n`)}${" ".repeat(levels)}b\n`;
}

function numbered(count: number, line: (number: number) => string): string {
	return Array.from({ length: count }, (_, number) => line(number)).join("");
}
