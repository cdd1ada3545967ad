/**
 * Writes a protected file, or a piece of one, byte for byte as Python PocketProtector does
 * (ruamel.yaml with width 100), so that changing tools changes no line.
 *
 * Layout. Each level is indented by two spaces; list items stand at the column of their
 * list's key; what is empty is `{}` or `[]`. A key of more than 122 characters, or with a
 * line break in it, takes the explicit form, and a block behind it starts on the same line:
 *
 *     ? KEY
 *     : - first item
 *       - second item
 *
 * A key without `?` is not folded; how all else is, fold.ts tells.
 */
import {
	countCharacters,
	escapeCharacter,
	type Folding,
	foldAtSpaces,
	foldEscaped,
	foldPlain,
} from "./fold.ts";
import { scalarStyle } from "./scalar-style.ts";

/** What a protected file is made of. */
export type Tree = string | readonly string[] | TreeMap;

/** A mapping, in the order of its lines. */
export type TreeMap = ReadonlyMap<string, Tree>;

/** The longest key without `?`, in characters. */
const MAX_SHORT_KEY = 122;

/**
 * The longest such key as written (YAML 1.2.2 §7.4.2). ruamel.yaml can pass it with escapes
 * of ten columns each, and then does not read its own file.
 */
const MAX_SHORT_KEY_COLUMNS = 1024;

/** The whole file. */
export function emitTree(root: TreeMap, folding: Folding): string {
	return root.size === 0 ? "{}\n" : emitBlock(root, 0, folding);
}

/**
 * The lines of a mapping's entry, each with its line feed.
 *
 * @param indent the column of the key, or of its `?`.
 */
export function emitEntry(key: string, value: Tree, indent: number, folding: Folding): string {
	const margin = " ".repeat(indent);
	const shortKey = toShortKey(key, folding);
	const isShort = shortKey !== undefined;
	const lead = isShort
		? `${margin}${shortKey}:`
		: `${margin}? ${emitScalar(key, indent, indent + 2, folding)}\n${margin}:`;
	if (typeof value === "string") {
		const column = isShort ? countCharacters(lead) + 1 : indent + 2;
		return `${lead} ${emitScalar(value, indent, column, folding)}\n`;
	}
	if (isList(value) ? value.length === 0 : value.size === 0) {
		return `${lead} ${isList(value) ? "[]" : "{}"}\n`;
	}
	if (!isShort) return `${lead} ${emitBlock(value, indent + 2, folding).slice(indent + 2)}`;
	return `${lead}\n${emitBlock(value, isList(value) ? indent : indent + 2, folding)}`;
}

/**
 * The lines of a list's item, each with its line feed.
 *
 * @param indent the column of the dash.
 */
export function emitItem(text: string, indent: number, folding: Folding): string {
	return `${" ".repeat(indent)}- ${emitScalar(text, indent, indent + 2, folding)}\n`;
}

/**
 * The text as a value, without a line feed at its end. Where it goes below its key, it begins
 * with the line break.
 *
 * @param indent the column of the entry (its key or `?`) or item (its dash) that holds it.
 * @param column where the value begins.
 */
export function emitScalar(text: string, indent: number, column: number, folding: Folding): string {
	switch (scalarStyle(text)) {
		case "plain":
			return foldPlain(text, indent + 2, column, folding);
		case "single":
			return `'${foldAtSpaces(text, indent + 2, column + 1)}'`;
		case "double":
			return `"${foldEscaped(text, indent + 2, column + 1, folding)}"`;
	}
}

/** @param block not empty. */
function emitBlock(block: readonly string[] | TreeMap, indent: number, folding: Folding): string {
	const pieces = isList(block)
		? block.map((text) => emitItem(text, indent, folding))
		: Array.from(block, ([key, value]) => emitEntry(key, value, indent, folding));
	return pieces.join("");
}

function isList(block: readonly string[] | TreeMap): block is readonly string[] {
	return Array.isArray(block);
}

const LINE_BREAK = /[\n\x85\u2028\u2029]/;

/** The key as it is written without `?`, or undefined where it needs one. */
function toShortKey(key: string, folding: Folding): string | undefined {
	if (countCharacters(key) > MAX_SHORT_KEY || LINE_BREAK.test(key)) return undefined;
	const written = writeOnOneLine(key, folding);
	return written.length > MAX_SHORT_KEY_COLUMNS ? undefined : written;
}

/** The text as a key or value that takes one line, however long. */
export function writeOnOneLine(text: string, folding: Folding = "one-line"): string {
	switch (scalarStyle(text)) {
		case "plain":
			return text;
		case "single":
			return `'${text}'`;
		case "double":
			return `"${Array.from(text, (character) => escapeCharacter(character, folding)).join("")}"`;
	}
}
