/** Finds out how a protected file is folded, so that what is written into it is folded alike. */
import type { FileData } from "./data.ts";
import { countCharacters, type Folding, goesBelowKey } from "./fold.ts";
import type { Document, Node, ScalarNode } from "./node.ts";
import { kdfsOf } from "./pwdkm.ts";

/**
 * The folding of what is written into a file.
 *
 * @param document the file's text; undefined for a new file.
 * @param data what the file will say. Where no value of the text is long enough to tell, the
 *   keys do: in a file that the Python tool can read and people use, it writes too.
 */
export function foldingFor(document: Document | undefined, { custodians }: FileData): Folding {
	const shown = document && shownFolding(document);
	if (shown !== undefined) return shown;
	const kdfs = kdfsOf(custodians);
	return kdfs.has("argon2id") && !kdfs.has("scrypt") ? "wrapped" : "one-line";
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
