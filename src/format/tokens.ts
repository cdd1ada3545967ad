/**
 * The text of a protected file as the tokens of yaml's parser. YAML is far larger than the
 * format: what is not needed (aliases, anchors, tags, directives, non-empty flow collections,
 * deep nesting) is refused here, before it can cost anything.
 */
import { CST, Lexer, Parser } from "yaml";

/** Throws the error for what stands at `offset`. */
export type Refuse = (problem: string, offset: number, hint: string) => never;

/** What to do about a line that cannot be read. */
export const CORRECT_LINE = "correct the line, or restore it from version control";

/** Tokens open at once: the format needs 6 (document, file, domain, meta, owners, value). */
const MAX_DEPTH = 8;

/** What each refused token is called in the error, and what to do; by yaml's name for it. */
const REFUSED: ReadonlyMap<CST.TokenType | null, readonly [problem: string, hint: string]> =
	new Map([
		["alias", ["uses a YAML alias (*name)", "write out what it stands for"]],
		["anchor", ["uses a YAML anchor (&name)", "remove it"]],
		["tag", ["uses a YAML tag (!name)", "remove it"]],
		["directive-line", ["uses a YAML directive (%…)", "remove the line"]],
	]);

/** @throws what `refuse` throws. */
export function* parseTokens(text: string, refuse: Refuse): Generator<CST.Token, void> {
	const parser = new Parser();
	for (const source of withMergedGaps(lexemes(text, refuse))) {
		for (const token of parser.next(source)) {
			if (token.type === "error") refuse("is not valid YAML", token.offset, CORRECT_LINE);
			yield token;
		}
		if (parser.stack.length > MAX_DEPTH) {
			refuse("is nested deeper than the format", parser.offset, CORRECT_LINE);
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
	let offset = 0;
	let isScalarNext = false;
	let isFlowOpen = false;
	for (const source of new Lexer().lex(text)) {
		const type = isScalarNext ? "scalar" : CST.tokenType(source);
		const isMark = !isScalarNext && MARKS.has(source);
		isScalarNext = !isScalarNext && source === CST.SCALAR;

		const refused = REFUSED.get(type);
		if (refused) refuse(`${refused[0]}, which a protected file never does`, offset, refused[1]);
		if (type === "comment" && /\S/.test(text.charAt(offset - 1))) {
			refuse("has a comment right behind a value", offset, "put a blank before the #");
		}
		if (isFlowOpen && type !== "space" && type !== "flow-map-end" && type !== "flow-seq-end") {
			refuse(
				"holds a value in braces or brackets",
				offset,
				"write it in block style: one `name: value` or `- item` a line",
			);
		}
		if (type !== "space") isFlowOpen = type === "flow-map-start" || type === "flow-seq-start";

		yield { source, type };
		if (!isMark) offset += source.length;
	}
}

const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * Tells comments as spaces, and all lines between two that say something as one: yaml's parser
 * keeps each as an object, and looks through all before it for every further comment.
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
