/**
 * Breaks the text of a value into lines, as one of the two generations of ruamel.yaml does with
 * width 100, so that changing tools changes no line. Columns count characters, from 0; what is
 * folded goes on at a margin two columns right of its entry or item.
 *
 * `one-line` (up to 0.17.21). Plain text is folded at a space past column 100 that has other
 * characters than spaces on both sides; the line break stands for that space. Double-quoted
 * text is folded before a space past column 100; and behind an escape sequence if what follows
 * would stand past column 100, or past 101 where that is another escape sequence. Its first and
 * last character never cause a fold. A backslash ends the folded line, another stands before a
 * space that begins the next.
 *
 * `wrapped` (from 0.18.13 on). Plain text is also folded before any word that would pass column
 * 100, so that a long value goes below its key; the space before the word stays, at the end of
 * the line. A space is folded at column 100 already. Double-quoted text is folded at the same
 * places, but where the line break can stand for a space it does, without backslashes; and
 * characters past the first plane are not escaped.
 *
 * Single-quoted text is folded at spaces as plain text is in `one-line`, by both.
 *
 * Here, in emit.ts and in scalar-style.ts a comment marks each exception: what ruamel.yaml writes
 * so that YAML 1.2 reads something else back is written as YAML 1.2 has it.
 */
import { UNPRINTABLE } from "./scalar-style.ts";

/** How long text is broken. */
export type Folding = "one-line" | "wrapped";

/** The column past which text is folded. */
export const WIDTH = 100;

/** Folds plain text that begins at `column`. */
export function foldPlain(text: string, margin: number, column: number, folding: Folding): string {
	return folding === "wrapped"
		? foldBeforeWords(text, margin, column)
		: foldAtSpaces(text, margin, column);
}

/** Whether `wrapped` puts this plain text below its key, beside which it would begin at `column`. */
export function goesBelowKey(text: string, column: number): boolean {
	const [word = ""] = /^[^ ]*/.exec(text) ?? [];
	return isTooWide(word, column);
}

function isTooWide(word: string, column: number): boolean {
	return column + countCharacters(word) > WIDTH;
}

/** Folds plain or single-quoted text that begins at `column`; `margin` is where it goes on. */
export function foldAtSpaces(text: string, margin: number, column: number): string {
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
	return lines.join(lineBreak(margin));
}

function isSingleSpace(text: string, space: number): boolean {
	const isInside = space > 0 && space < text.length - 1;
	return isInside && text[space - 1] !== " " && text[space + 1] !== " ";
}

/** Folds plain text, which has no space at either end. */
function foldBeforeWords(text: string, margin: number, column: number): string {
	const pieces: string[] = [];
	let reached = column;
	/** ruamel.yaml also breaks behind several spaces, of which its reader then finds one. */
	let canBreak = true;
	for (const [piece] of text.matchAll(/ +|[^ ]+/g)) {
		const isSpace = piece.startsWith(" ");
		if (isSpace) canBreak = piece.length === 1;
		const isPastWidth = isSpace ? reached >= WIDTH : reached > margin && isTooWide(piece, reached);
		if (canBreak && isPastWidth) {
			pieces.push(lineBreak(margin));
			reached = margin;
			if (isSpace) continue;
		}
		pieces.push(piece);
		reached += countCharacters(piece);
	}
	return pieces.join("");
}

/** Escapes and folds double-quoted text that begins at `column`. */
export function foldEscaped(
	text: string,
	margin: number,
	column: number,
	folding: Folding,
): string {
	const pieces: string[] = [];
	let reached = column;
	let index = 0;
	let wasEscaped = false;
	let opensLine = false;
	let skipped = -1;
	const isBreak = (at: number) => folding === "wrapped" && canBreakStandFor(text, at);
	const foldLine = (end: string) => {
		pieces.push(end, lineBreak(margin));
		reached = margin;
		opensLine = end !== "";
	};
	for (const character of text) {
		const start = index;
		index += character.length;
		if (start === skipped) continue;
		const isInside = start > 0 && index < text.length;
		const written = escapeCharacter(character, folding);
		const isEscaped = written !== character;
		if (isInside && reached > WIDTH && !isEscaped && (wasEscaped || character === " ")) {
			if (!wasEscaped && isBreak(start)) {
				foldLine("");
				continue;
			}
			foldLine("\\");
		}
		const piece = opensLine && character === " " ? "\\ " : written;
		pieces.push(piece);
		reached += isEscaped ? written.length : countCharacters(piece);
		opensLine = false;
		wasEscaped = isEscaped;
		if (!isInside || !isEscaped || reached <= WIDTH + 1) continue;
		// ruamel.yaml leaves the backslash out before some other characters too: one space too many.
		if (character !== '"' && character !== "\n" && isBreak(index)) {
			skipped = index;
			foldLine("");
		} else foldLine("\\");
	}
	return pieces.join("");
}

/** Whether a line break in double quotes is read as just the space at `at`. */
function canBreakStandFor(text: string, at: number): boolean {
	return isSingleSpace(text, at) && text[at] === " " && text[at + 1] !== "\n";
}

function lineBreak(margin: number): string {
	return `\n${" ".repeat(margin)}`;
}

const ESCAPED = {
	"one-line": new RegExp(`["\\\\]|${UNPRINTABLE.source}|[\\u{10000}-\\u{10ffff}]`, "u"),
	wrapped: new RegExp(`["\\\\]|${UNPRINTABLE.source}`, "u"),
};

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
export function escapeCharacter(character: string, folding: Folding): string {
	if (!ESCAPED[folding].test(character)) return character;
	const code = character.codePointAt(0) ?? 0;
	const digits = code.toString(16).toUpperCase();
	const short = SHORT_ESCAPES.get(character);
	if (short !== undefined) return short;
	if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
	return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** How many characters (code points) `text` has between two offsets. */
export function countCharacters(text: string, start = 0, end = text.length): number {
	let count = 0;
	for (let at = start; at < end; at++) {
		const unit = text.charCodeAt(at);
		const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff;
		if (!isSecondHalf) count++;
	}
	return count;
}
