/** The comments of a protected file, which say nothing to pprotect and much to people. */
import { loadYaml } from "#yaml";
import type { Document } from "./node.ts";

/** Each comment as it stands, from its `#` to the end of the line, in the file's order. */
export function commentsOf({ text }: Document): string[] {
	// The parser takes its time, and most files have none.
	if (!text.includes("#")) return [];
	const { CST, Lexer } = loadYaml();
	const comments: string[] = [];
	let isScalarNext = false;
	for (const source of new Lexer().lex(text)) {
		if (!isScalarNext && CST.tokenType(source) === "comment") comments.push(source);
		isScalarNext = !isScalarNext && source === CST.SCALAR;
	}
	return comments;
}
