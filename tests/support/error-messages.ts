/** The messages of the errors that the sources raise, read out of the sources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";

export interface RaisedMessage {
	/** `src/model/names.ts:13` */
	readonly place: string;
	/** With `…` for whatever is put in when it is raised. */
	readonly message: string;
}

/**
 * How an error is raised, up to its message: the exit code comes first in an ExecError, the line
 * in what `import` finds.
 */
const RAISED =
	/(?:new (?!TypeError|Error)[A-Z]\w*Error\((?:\s*\d+,)?|\brefuse\(|#problem\(|parsed\.problem\([^,]*(?:\([^)]*\))?[^,]*,)\s*/g;

/** Every literal message of an error below src, but for errors of the program itself. */
export function raisedMessages(): RaisedMessage[] {
	const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
	return files
		.filter((path) => path.endsWith(".ts"))
		.sort()
		.flatMap((path) => messagesIn(join("src", path)));
}

function messagesIn(path: string): RaisedMessage[] {
	const code = readFileSync(join(ROOT, path), "utf8");
	return [...code.matchAll(RAISED)].flatMap(({ index, 0: { length } }) => {
		const line = code.slice(0, index).split("\n").length;
		const literals = literalsOf(firstArgument(code, index + length));
		return literals.map((message) => ({ place: `${path}:${line}`, message }));
	});
}

/** The text from `start` to the comma or bracket that ends an argument. */
function firstArgument(code: string, start: number): string {
	let depth = 0;
	for (let at = start; at < code.length; at++) {
		const character = code[at] ?? "";
		if (character === '"' || character === "`") at = endOfLiteral(code, at);
		else if ("([{".includes(character)) depth++;
		else if (")]}".includes(character) && --depth < 0) return code.slice(start, at);
		else if (character === "," && depth === 0) return code.slice(start, at);
	}
	throw new Error("an argument that does not end");
}

/** Where the literal that begins at `start` has its closing quote. */
function endOfLiteral(code: string, start: number): number {
	const quote = code[start];
	for (let at = start + 1; at < code.length; at++) {
		if (code[at] === "\\") at++;
		else if (code[at] === quote) return at;
		else if (quote === "`" && code.startsWith("${", at)) at = endOfInsertion(code, at + 2);
	}
	throw new Error("a literal that does not end");
}

/** Where the `}` is that closes an insertion whose text begins at `start`. */
function endOfInsertion(code: string, start: number): number {
	let depth = 0;
	for (let at = start; at < code.length; at++) {
		const character = code[at] ?? "";
		if (character === '"' || character === "`") at = endOfLiteral(code, at);
		else if (character === "{") depth++;
		else if (character === "}" && depth-- === 0) return at;
	}
	throw new Error("an insertion that does not end");
}

/** The string literals of an expression, outside of calls. */
function literalsOf(expression: string): string[] {
	const literals: string[] = [];
	let depth = 0;
	for (let at = 0; at < expression.length; at++) {
		const character = expression[at] ?? "";
		if ("([{".includes(character)) depth++;
		else if (")]}".includes(character)) depth--;
		else if (character === '"' || character === "`") {
			const end = endOfLiteral(expression, at);
			if (depth === 0) literals.push(withGaps(expression.slice(at + 1, end), character));
			at = end;
		}
	}
	return literals.filter((literal) => /[a-z]{2}.*\s/.test(literal));
}

/** `no ${kind} named` as `no … named`. */
function withGaps(literal: string, quote: string): string {
	let text = "";
	for (let at = 0; at < literal.length; at++) {
		if (quote === "`" && literal.startsWith("${", at)) {
			at = endOfInsertion(literal, at + 2);
			text += "…";
		} else if (literal[at] === "\\") text += literal[++at];
		else text += literal[at];
	}
	return text;
}
