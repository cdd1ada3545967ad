/**
 * The text of a protected file as the tokens of yaml's parser. YAML is far larger than the
 * format: what is not needed (aliases, anchors, tags, directives, non-empty flow collections,
 * deep nesting) is refused here, before it can cost anything.
 */
import type { CST } from "yaml";
import { loadYaml } from "#yaml";
import type { ProtectErrorOptions } from "../errors.ts";

/** Throws the error for what stands at `offset`. */
export type Refuse = (problem: string, offset: number, hint: string | ProtectErrorOptions) => never;

/** What to do about a line that cannot be read. */
export const CORRECT_LINE = "correct the line, or restore it from version control";

/** Tokens open at once: the format needs 6 (document, file, domain, meta, owners, value). */
const MAX_DEPTH = 8;

/** What each refused token is called in the error, and what to do; by yaml's name for it. */
const FOREIGN: ReadonlyMap<CST.TokenType | null, readonly [problem: string, hint: string]> =
	new Map([
		["alias", ["uses a YAML alias (*name)", "write out what it stands for"]],
		["anchor", ["uses a YAML anchor (&name)", "remove it"]],
		["tag", ["uses a YAML tag (!name)", "remove it"]],
		["directive-line", ["uses a YAML directive (%…)", "remove the line"]],
		["byte-order-mark", ["has a byte-order mark behind its start", "remove it"]],
	]);

/** @throws what `refuse` throws. */
export function* parseTokens(text: string, refuse: Refuse): Generator<CST.Token, void> {
	const parser = new (loadYaml().Parser)();
	for (const source of withMergedGaps(lexemes(text, refuse))) {
		for (const token of parser.next(source)) {
			if (token.type === "error") refuse("is not valid YAML", token.offset, CORRECT_LINE);
			yield token;
		}
		if (parser.stack.length > MAX_DEPTH) {
			refuse("is nested deeper than the format allows", parser.offset, CORRECT_LINE);
		}
	}
	yield* parser.end();
}

interface Lexeme {
	readonly source: string;
	readonly type: CST.TokenType | null;
}

/** All of the text, cut up, with the lexer's marks (of no length in the text) in between. */
function* lexemes(text: string, refuse: Refuse): Generator<Lexeme, void> {
	const checks = [
		refuseForeignToken,
		refuseForeignLineBreak,
		refuseOpenQuote,
		refuseFilledFlow,
		refuseGluedComment,
		refuseEarlyComment,
	];
	const checkAll = checks.map((check) => check(refuse));
	const { CST, Lexer } = loadYaml();
	const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);
	let offset = 0;
	let isScalarNext = false;
	for (const source of new Lexer().lex(text)) {
		const type = isScalarNext ? "scalar" : CST.tokenType(source);
		const isMark = !isScalarNext && marks.has(source);
		isScalarNext = !isScalarNext && source === CST.SCALAR;
		if (!isMark) {
			for (const check of checkAll) check({ source, type }, offset);
			offset += source.length;
		}
		yield { source, type };
	}
	for (const check of checkAll) check(END, offset);
}

/** Stands behind the last lexeme. */
const END: Lexeme = { source: "", type: null };

/** Is shown one lexeme after the other, and throws what `refuse` throws. */
type Check = (refuse: Refuse) => (lexeme: Lexeme, offset: number) => void;

const refuseForeignToken: Check = (refuse) => {
	return ({ type }, offset) => {
		const refused = FOREIGN.get(type);
		if (refused) refuse(`${refused[0]}, which a protected file never does`, offset, refused[1]);
	};
};

/** YAML 1.1 breaks lines at these, so that its readers, the Python tool's too, see another file. */
const FOREIGN_LINE_BREAK = /[\u0085\u2028\u2029]/;

/** In quotes they are text, which the Python tool writes so. */
const refuseForeignLineBreak: Check = (refuse) => {
	return ({ source, type }, offset) => {
		if (type === "single-quoted-scalar" || type === "double-quoted-scalar") return;
		const found = FOREIGN_LINE_BREAK.exec(source);
		if (!found) return;
		const code = source.charCodeAt(found.index).toString(16).toUpperCase().padStart(4, "0");
		const problem = `holds U+${code} outside quotes, where other readers break the line`;
		refuse(problem, offset + found.index, "remove it, or put the text in double quotes, escaped");
	};
};

/** yaml would tell the place where the text ends, and takes an escaped quote for the last. */
const refuseOpenQuote: Check = (refuse) => {
	return ({ source, type }, offset) => {
		if (type !== "single-quoted-scalar" && type !== "double-quoted-scalar") return;
		if (isClosed(source)) return;
		const hint = "close it, or restore the line from version control";
		refuse("has a quote that is not closed", offset, hint);
	};
};

/** @param source begins with its quote. */
function isClosed(source: string): boolean {
	const quote = source.charAt(0);
	if (source.length < 2 || !source.endsWith(quote)) return false;
	if (quote === "'") return countBefore(source, source.length, "'") % 2 === 1;
	return countBefore(source, source.length - 1, "\\") % 2 === 0;
}

/** How often `character` stands right before `end`; the first of `source` does not count. */
function countBefore(source: string, end: number, character: string): number {
	let start = end;
	while (start > 1 && source[start - 1] === character) start--;
	return end - start;
}

const refuseFilledFlow: Check = (refuse) => {
	let isOpen = false;
	return ({ type }, offset) => {
		if (type === "space") return;
		if (isOpen && type !== "flow-map-end" && type !== "flow-seq-end") {
			const hint = "write it in block style: one `name: value` or `- item` a line";
			refuse("holds a value in braces or brackets", offset, hint);
		}
		isOpen = type === "flow-map-start" || type === "flow-seq-start";
	};
};

/** Looks for `value#no comment`, which the parser is not told of. */
const refuseGluedComment: Check = (refuse) => {
	let before = "\n";
	return ({ source, type }, offset) => {
		if (type === "comment" && /\S$/.test(before)) {
			refuse("has a comment right behind a value", offset, "put a blank before the #");
		}
		before = source.slice(-1);
	};
};

/**
 * Looks for comment lines between a name or dash and its text: yaml 2.9.1 takes their indentation
 * for that of the text, and may then read the entries that follow as more of it.
 */
const refuseEarlyComment: Check = (refuse) => {
	let state: "indicator" | "comment" | "text" | "other" = "other";
	let isLineStart = true;
	let place = 0;
	return ({ source, type }, offset) => {
		if (type === "comment") {
			if (state === "indicator" && isLineStart) {
				state = "comment";
				place = offset;
			}
		} else if (type !== "space" && type !== "newline") {
			// Before a colon it was no text but the first name of a mapping.
			const isText = state === "text" && type !== "map-value-ind";
			const isLongText = state === "comment" && TEXTS.has(type) && source.includes("\n");
			if (isText || isLongText) {
				const hint = "move the comment above the name";
				refuse("has a comment between a name or dash and its text", place, hint);
			}
			if (state === "comment" && TEXTS.has(type)) state = "text";
			else state = INDICATORS.has(type) ? "indicator" : "other";
		}
		if (type !== "space") isLineStart = type === "newline";
	};
};

const INDICATORS: ReadonlySet<CST.TokenType | null> = new Set([
	"seq-item-ind",
	"explicit-key-ind",
	"map-value-ind",
]);

const TEXTS: ReadonlySet<CST.TokenType | null> = new Set([
	"scalar",
	"single-quoted-scalar",
	"double-quoted-scalar",
]);

/**
 * Gives the parser comments as spaces, and each run of empty lines as one: yaml's parser keeps each
 * as an object, and looks through all before it for every further comment.
 */
function* withMergedGaps(all: Iterable<Lexeme>): Generator<string, void> {
	/** How long the lines of the gap are, without the last newline; undefined within a line. */
	let gap: number | undefined = 0;
	let newline = "";
	/** What the present line of the gap begins with. */
	let indent: string[] = [];

	const close = () => {
		const closed = newline === "" ? indent : [blanks(gap ?? 0), newline, ...indent];
		gap = undefined;
		newline = "";
		indent = [];
		return closed.filter((source) => source !== "");
	};

	for (const { source, type } of all) {
		const told = type === "comment" ? blanks(source.length) : source;
		if (type !== "newline" && type !== "space" && type !== "comment") {
			yield* close();
			yield source;
			// A block scalar takes its last newline along.
			if (type === "scalar" && source.endsWith("\n")) gap = 0;
		} else if (gap === undefined) {
			yield told;
			if (type === "newline") gap = 0;
		} else if (type === "newline") {
			gap += newline.length + lengthOf(indent);
			newline = source;
			indent = [];
		} else indent.push(told);
	}
	yield* close();
}

function blanks(length: number): string {
	return " ".repeat(length);
}

function lengthOf(sources: readonly string[]): number {
	return sources.reduce((length, source) => length + source.length, 0);
}
