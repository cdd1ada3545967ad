/**
 * Replaces references in the values of a `.env`, as dotenv-expand does: `$NAME`, `${NAME}`,
 * `${NAME:-word}` and `${NAME:+word}`, in any quotes; `\$` is a `$`. Names mean what stands above
 * in the same file, never the environment. Where dotenv-expand would put nothing in the place of a
 * name that is not there, or expand an inserted value once more, this says so, or leaves it.
 */
import type { Entry, Parsed, Remark } from "./parsed.ts";
import { Scanner } from "./scanner.ts";

const TEXT = /(?:\\(?!\$)|[^$\\}]|\$(?![A-Za-z_{(]))+/y;
const ESCAPED_DOLLAR = /\\\$/y;
const NAME = /\$([A-Za-z_]\w*)/y;
const BRACED_NAME = /\$\{([A-Za-z_][\w.-]*?)(?=:?[-+]|\})(:?[-+])?/y;
const CLOSING_BRACE = /\}/y;
const ONE = /\}/y;

/** Why a value cannot be expanded: words that follow the name of its entry. */
class ExpansionError extends Error {}

/** The entries with their values expanded; a problem for each that cannot be. */
export function expand(parsed: Parsed): Parsed {
	const values = new Map<string, string>();
	const entries: Entry[] = [];
	const problems: Remark[] = [...parsed.problems];
	for (const entry of parsed.entries) {
		const { line, name } = entry;
		try {
			const value = expanded(entry.value, values);
			values.set(name, value);
			entries.push({ ...entry, value });
		} catch (error) {
			if (!(error instanceof ExpansionError)) throw error;
			problems.push({ line, name, words: `${name} ${error.message}` });
		}
	}
	const notes = parsed.notes.filter(({ words }) => !words.includes("its $ is a character"));
	return { entries, problems, notes };
}

function expanded(text: string, values: ReadonlyMap<string, string>): string {
	return takeWord(new Scanner(text), values, false);
}

/** Takes text to its end, or to the `}` that ends it. */
function takeWord(
	scanner: Scanner,
	values: ReadonlyMap<string, string>,
	isBraced: boolean,
): string {
	let word = "";
	while (!scanner.isAtEnd && !(isBraced && scanner.next === "}")) {
		word += takePiece(scanner, values);
	}
	return word;
}

function takePiece(scanner: Scanner, values: ReadonlyMap<string, string>): string {
	const text = scanner.take(TEXT)?.[0];
	if (text !== undefined) return text;
	if (scanner.take(ESCAPED_DOLLAR)) return "$";
	const [, name] = scanner.take(NAME) ?? [];
	if (name !== undefined) return valueOfName(name, values);
	const [, braced, operator] = scanner.take(BRACED_NAME) ?? [];
	if (braced !== undefined) return takeBraced(scanner, values, braced, operator);
	const other = scanner.take(ONE)?.[0];
	if (other !== undefined) return other;
	throw new ExpansionError(
		scanner.text.startsWith("$(", scanner.offset)
			? "has a command, $(…), which is not run"
			: "has a reference that cannot be read",
	);
}

function takeBraced(
	scanner: Scanner,
	values: ReadonlyMap<string, string>,
	name: string,
	operator: string | undefined,
): string {
	// What the word refers to has to be there only if the word is taken.
	const start = scanner.offset;
	const word = () => {
		const again = new Scanner(scanner.text);
		again.moveTo(start);
		return takeWord(again, values, true);
	};
	if (operator !== undefined) skipWord(scanner);
	if (!scanner.take(CLOSING_BRACE)) throw new ExpansionError("has a ${ that is never closed");
	if (operator === undefined) return valueOfName(name, values);
	const value = values.get(name) ?? "";
	if (operator.endsWith("+")) return value === "" ? "" : word();
	return value === "" ? word() : value;
}

function skipWord(scanner: Scanner): void {
	let depth = 0;
	while (!scanner.isAtEnd && (depth > 0 || scanner.next !== "}")) {
		if (scanner.next === "}") depth--;
		if (scanner.text.startsWith("$" + "{", scanner.offset)) depth++;
		scanner.moveTo(scanner.offset + 1);
	}
}

function valueOfName(name: string, values: ReadonlyMap<string, string>): string {
	const value = values.get(name);
	if (value !== undefined) return value;
	throw new ExpansionError(`refers to ${name}, which does not stand above it in the file`);
}
