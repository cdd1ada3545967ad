/** Finds out how a protected file is folded, so that what is written into it is folded alike. */
import type { FileData, ProtectedText } from "./data.ts";
import { countCharacters, type Folding, goesBelowKey, WIDTH } from "./fold.ts";
import type { Document, Node, ScalarNode, SeqItem } from "./node.ts";
import { kdfsOf } from "./pwdkm.ts";

/**
 * The folding of what is written into a file.
 *
 * @param source the file as it is; undefined for a new file.
 * @param data what the file will say. Where no value of the text is long enough to tell, the log
 *   does, or else the keys: in a file that the Python tool can read and people use, it writes
 *   too, also where the last such key is about to become another one.
 */
export function foldingFor(source: ProtectedText | undefined, data: FileData): Folding {
	const shown = source && (shownFolding(source.document) ?? shownByItems(source.document));
	if (shown !== undefined) return shown;
	const kdfs = kdfsOf(data.custodians);
	if (kdfs.has("scrypt")) return "one-line";
	const before = source && kdfsOf(source.data.custodians);
	return kdfs.has("argon2id") || before?.has("argon2id") ? "wrapped" : "one-line";
}

/**
 * The folding that the text shows: wrapped if any plain value stands below its key, with or
 * without the space behind the key's colon, which editors like to remove; one-line if any stands
 * beside its key that would be too wide there. Undefined where there is neither.
 */
export function shownFolding({ root, text }: Document): Folding | undefined {
	let isOneLine = false;
	for (const { start, value } of plainEntries(root, text)) {
		if (/:[ \t]*\r?\n *$/.test(text.slice(start, value.start))) return "wrapped";
		isOneLine ||= goesBelowKey(value.text ?? "", columnOf(value, text));
	}
	return isOneLine ? "one-line" : undefined;
}

/**
 * The folding that the newest folded item shows, in a list such as the audit log: `wrapped` breaks
 * a line before a word that would pass the width, `one-line` behind it.
 */
function shownByItems({ root, text }: Document): Folding | undefined {
	const items = root.kind === "map" ? root.entries.flatMap(({ value }) => itemsOf(value)) : [];
	for (const { start, value } of items.toReversed()) {
		const [line = "", next] = text.slice(start, value.end).split(/ *\r?\n */);
		if (next === undefined || /["'|>]/.test(text.charAt(value.start))) continue;
		const width = countCharacters(line);
		if (width > WIDTH) return "one-line";
		if (goesBelowKey(next, width + 1)) return "wrapped";
	}
	return undefined;
}

function itemsOf(node: Node): readonly SeqItem[] {
	return node.kind === "seq" ? node.items : [];
}

/** The entries with a plain value, at any depth: quotes and blocks begin beside any key. */
function* plainEntries(node: Node, text: string): Generator<{ start: number; value: ScalarNode }> {
	if (node.kind !== "map") return;
	for (const { start, value } of node.entries) {
		if (value.kind !== "scalar") yield* plainEntries(value, text);
		else if (!/["'|>]/.test(text.charAt(value.start))) yield { start, value };
	}
}

function columnOf({ start }: ScalarNode, text: string): number {
	return countCharacters(text, text.lastIndexOf("\n", start - 1) + 1, start);
}
