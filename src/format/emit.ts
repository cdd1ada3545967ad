/**
 * Writes a protected file, or a piece of one, byte for byte as Python PocketProtector does
 * (ruamel.yaml 0.17.21 with width 100), so that changing tools changes no line.
 *
 * Layout. Each level is indented by two spaces; list items stand at the column of their
 * list's key; what is empty is `{}` or `[]`. A key of more than 122 characters, or with a
 * line break in it, takes the explicit form, and a block behind it starts on the same line:
 *
 *     ? KEY
 *     : - first item
 *       - second item
 *
 * Folding. Columns count characters, from 0; what is folded goes on two columns right of its
 * entry or item. Plain and single-quoted text is folded at a space past column 100 that has
 * other characters than spaces on both sides; the line break stands for that space.
 * Double-quoted text is folded before a space past column 100; and behind an escape sequence
 * if what follows would stand past column 100, or past 101 where that is another escape
 * sequence. Its first and last character never cause a fold. A backslash ends the folded
 * line, another stands before a space that begins the next. A key without `?` is not folded.
 *
 * Escapes. Double quotes show what is printable in the first plane as it is and have YAML's
 * one-letter escapes, else `\x`, `\u` or `\U` with capital digits.
 *
 * Here and in scalar-style.ts a comment marks each exception: what ruamel.yaml writes so that
 * YAML 1.2 reads something else back is written as YAML 1.2 has it.
 */
import { scalarStyle, UNPRINTABLE } from "./scalar-style.ts";

/** What a protected file is made of. */
export type Tree = string | readonly string[] | TreeMap;

/** A mapping, in the order of its lines. */
export type TreeMap = ReadonlyMap<string, Tree>;

/** The column past which text is folded. */
const WIDTH = 100;

/** The longest key without `?`, in characters. */
const MAX_SHORT_KEY = 122;

/**
 * The longest such key as written (YAML 1.2.2 §7.4.2). ruamel.yaml can pass it with escapes
 * of ten columns each, and then does not read its own file.
 */
const MAX_SHORT_KEY_COLUMNS = 1024;

/** The whole file. */
export function emitTree(root: TreeMap): string {
	return root.size === 0 ? "{}\n" : emitBlock(root, 0);
}

/**
 * The lines of a mapping's entry, each with its line feed.
 *
 * @param indent the column of the key, or of its `?`.
 */
export function emitEntry(key: string, value: Tree, indent: number): string {
	const margin = " ".repeat(indent);
	const shortKey = toShortKey(key);
	const isShort = shortKey !== undefined;
	const lead = isShort
		? `${margin}${shortKey}:`
		: `${margin}? ${emitScalar(key, indent, indent + 2)}\n${margin}:`;
	if (typeof value === "string") {
		const column = isShort ? countCharacters(lead) + 1 : indent + 2;
		return `${lead} ${emitScalar(value, indent, column)}\n`;
	}
	if (isList(value) ? value.length === 0 : value.size === 0) {
		return `${lead} ${isList(value) ? "[]" : "{}"}\n`;
	}
	if (!isShort) return `${lead} ${emitBlock(value, indent + 2).slice(indent + 2)}`;
	return `${lead}\n${emitBlock(value, isList(value) ? indent : indent + 2)}`;
}

/**
 * The lines of a list's item, each with its line feed.
 *
 * @param indent the column of the dash.
 */
export function emitItem(text: string, indent = 0): string {
	return `${" ".repeat(indent)}- ${emitScalar(text, indent, indent + 2)}\n`;
}

/**
 * The text as a value, without a line feed at its end.
 *
 * @param indent the column of the entry (its key or `?`) or item (its dash) that holds it.
 * @param column where the value begins.
 */
export function emitScalar(text: string, indent: number, column: number): string {
	switch (scalarStyle(text)) {
		case "plain":
			return foldAtSpaces(text, indent + 2, column);
		case "single":
			return `'${foldAtSpaces(text, indent + 2, column + 1)}'`;
		case "double":
			return `"${foldEscaped(text, indent + 2, column + 1)}"`;
	}
}

/** @param block not empty. */
function emitBlock(block: readonly string[] | TreeMap, indent: number): string {
	const pieces = isList(block)
		? block.map((text) => emitItem(text, indent))
		: Array.from(block, ([key, value]) => emitEntry(key, value, indent));
	return pieces.join("");
}

function isList(block: readonly string[] | TreeMap): block is readonly string[] {
	return Array.isArray(block);
}

const LINE_BREAK = /[\n\x85\u2028\u2029]/;

/** The key as it is written without `?`, or undefined where it needs one. */
function toShortKey(key: string): string | undefined {
	if (countCharacters(key) > MAX_SHORT_KEY || LINE_BREAK.test(key)) return undefined;
	const written = writeOnOneLine(key);
	return written.length > MAX_SHORT_KEY_COLUMNS ? undefined : written;
}

/** The text as a key or value that takes one line, however long. */
export function writeOnOneLine(text: string): string {
	switch (scalarStyle(text)) {
		case "plain":
			return text;
		case "single":
			return `'${text}'`;
		case "double":
			return `"${Array.from(text, escapeCharacter).join("")}"`;
	}
}

/** Folds plain or single-quoted text that begins at `column`; `margin` is where it goes on. */
function foldAtSpaces(text: string, margin: number, column: number): string {
	const lines: string[] = [];
	let lineStart = 0;
	let counted = 0;
	let reached = column;
	for (let space = text.indexOf(" "); space !== -1; space = text.indexOf(" ", space + 1)) {
		reached += countCharacters(text, counted, space);
		counted = space;
		if (reached <= WIDTH || !isSingleSpace(text, space)) continue;
		lines.push(text.slice(lineStart, space));
		lineStart = space + 1;
		counted = lineStart;
		reached = margin;
	}
	lines.push(text.slice(lineStart));
	return lines.join(`\n${" ".repeat(margin)}`);
}

function isSingleSpace(text: string, space: number): boolean {
	const isInside = space > 0 && space < text.length - 1;
	return isInside && text[space - 1] !== " " && text[space + 1] !== " ";
}

/** Escapes and folds double-quoted text; columns as for `foldAtSpaces`. */
function foldEscaped(text: string, margin: number, column: number): string {
	const lineBreak = `\\\n${" ".repeat(margin)}`;
	const pieces: string[] = [];
	let reached = column;
	let index = 0;
	let wasEscaped = false;
	let opensLine = false;
	const foldLine = () => {
		pieces.push(lineBreak);
		reached = margin;
		opensLine = true;
	};
	for (const character of text) {
		const isFirst = index === 0;
		index += character.length;
		const isInside = !isFirst && index < text.length;
		const written = escapeCharacter(character);
		const isEscaped = written !== character;
		if (isInside && reached > WIDTH && !isEscaped && (wasEscaped || character === " ")) foldLine();
		const piece = opensLine && character === " " ? "\\ " : written;
		pieces.push(piece);
		reached += piece.length;
		opensLine = false;
		wasEscaped = isEscaped;
		if (isInside && isEscaped && reached > WIDTH + 1) foldLine();
	}
	return pieces.join("");
}

const ESCAPED = new RegExp(`["\\\\]|${UNPRINTABLE.source}|[\\u{10000}-\\u{10ffff}]`, "u");

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
	["\0", "\\0"],
	["\x07", "\\a"],
	["\b", "\\b"],
	["\t", "\\t"],
	["\n", "\\n"],
	["\v", "\\v"],
	["\f", "\\f"],
	["\r", "\\r"],
	["\x1b", "\\e"],
	['"', '\\"'],
	["\\", "\\\\"],
	["\x85", "\\N"],
	["\u2028", "\\L"],
	["\u2029", "\\P"],
]);

/** The character as double quotes show it: itself or its shortest escape sequence. */
function escapeCharacter(character: string): string {
	if (!ESCAPED.test(character)) return character;
	const code = character.codePointAt(0) ?? 0;
	const digits = code.toString(16).toUpperCase();
	const short = SHORT_ESCAPES.get(character);
	if (short !== undefined) return short;
	if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
	return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** How many characters (code points) `text` has between two offsets. */
function countCharacters(text: string, start = 0, end = text.length): number {
	let count = 0;
	for (let at = start; at < end; at++) {
		const unit = text.charCodeAt(at);
		const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff;
		if (!isSecondHalf) count++;
	}
	return count;
}
