/** The comments of a protected file, which say nothing to pprotect and much to people. */
import { loadYaml } from "#yaml";
import type { Document } from "./node.ts";

export interface Comment {
	/** From its `#` to the end of the line. */
	readonly text: string;
	/** Where it stands, in UTF-16 units. */
	readonly start: number;
}

/** Each comment as it stands, from its `#` to the end of the line, in the file's order. */
export function commentsOf(document: Document): string[] {
	return locateComments(document).map(({ text }) => text);
}

/** The same, with the place of each. */
export function locateComments({ text }: Document): Comment[] {
	// The parser takes its time, and most files have none.
	if (!text.includes("#")) return [];
	const { CST, Lexer } = loadYaml();
	const comments: Comment[] = [];
	let isScalarNext = false;
	let start = 0;
	for (const source of new Lexer().lex(text)) {
		// These stand for what comes next, and are not in the text.
		const isMark = !isScalarNext && MARKS.has(source);
		if (!isScalarNext && CST.tokenType(source) === "comment")
			comments.push({ text: source, start });
		isScalarNext = !isScalarNext && source === CST.SCALAR;
		if (!isMark) start += source.length;
	}
	return comments;
}

/** The lexer's signs for a document, the end of a flow collection, and a scalar. */
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001F"]);
