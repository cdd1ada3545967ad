/**
 * What a workflow of GitHub Actions understands: commands on a step's output that mask values in
 * the log from then on, and the file that GITHUB_ENV names, which is read when the step has ended
 * (actions/runner, ActionCommandManager and FileCommandManager).
 */
import { ProtectError } from "../errors.ts";
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { Scanner } from "./scanner.ts";

const MASK = "::add-mask::";

/** The runner refuses it, in any case, as it runs code in every later step. */
const REFUSED_NAME = /^NODE_OPTIONS$/i;

/**
 * A mask for every line of every value. Lines are how the runner looks at output, and some
 * programs print them without the blanks around them.
 */
export function githubMasks(values: ReadonlyMap<string, string>): string {
	const lines = [...values.values()].flatMap((value) => value.split(/\r\n|\r|\n/));
	const masked = new Set(lines.flatMap((line) => [line, line.trim()]));
	// Those that are empty or blank would mask nothing, and the runner warns of them.
	const worthwhile = [...masked].filter((line) => line.trim() !== "");
	return worthwhile.map((line) => `${MASK}${escapeData(line)}\n`).join("");
}

/** As the runner takes back: a `%` in a value must not look like an escape sequence. */
function escapeData(text: string): string {
	return text.replaceAll("%", "%25");
}

/**
 * The entries for the file that GITHUB_ENV names.
 *
 * @throws ProtectError for a name or a value that the runner refuses.
 */
export function githubEntries(values: ReadonlyMap<string, string>): string {
	const entries = [...values].map(([name, value]) => {
		if (REFUSED_NAME.test(name)) {
			throw new ProtectError(
				`secret ${name} has a name that GitHub does not take for a variable`,
				"name it otherwise, or use exec where it is needed",
			);
		}
		if (value.includes("\0")) {
			throw new ProtectError(`secret ${name} has a NUL byte, which no variable can hold`);
		}
		// One that nobody can foresee: a value that held it could set variables of its own.
		const delimiter = `pprotect_${crypto.randomUUID()}`;
		return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
	});
	return entries.join("");
}

/** Whether the text begins as what is written here does, and as no `.env` can. */
export function looksLikeGithub(text: string): boolean {
	return text.startsWith(MASK) || /^[A-Za-z][\w-]*<<pprotect_/.test(text);
}

const MASK_OR_BLANK_LINE = /(?:::add-mask::[^\n]*|[ \t\r]*)(?:\n|$)/y;
const HEREDOC = /([^=\s<]+)<<([^\n]+)\n/y;
const PLAIN = /([^=\s<]+)=([^\n]*)(?:\n|$)/y;
const REST_OF_LINE = /[^\n]*(?:\n|$)/y;

/** Reads both parts, or either. */
export function parseGithub(text: string): Parsed {
	const parsed = new ParsedBuilder();
	const scanner = new Scanner(text.replace(/^\uFEFF/, ""));
	while (!scanner.isAtEnd) {
		if (scanner.take(MASK_OR_BLANK_LINE)) continue;
		const { line } = scanner;
		const [, plainName, plainValue = ""] = scanner.take(PLAIN) ?? [];
		if (plainName !== undefined) {
			parsed.entry(line, plainName, plainValue);
			continue;
		}
		const [, name, delimiter = ""] = scanner.take(HEREDOC) ?? [];
		if (name === undefined) {
			parsed.problem(line, "is neither NAME=value nor NAME<<DELIMITER");
			scanner.take(REST_OF_LINE);
			continue;
		}
		const value = takeHeredoc(scanner, delimiter);
		if (value === undefined) parsed.problem(line, `${name} has no line that ends its value`);
		else parsed.entry(line, name, value);
	}
	return parsed;
}

/** The lines to the one that is `delimiter`, without the last line break; undefined without one. */
function takeHeredoc(scanner: Scanner, delimiter: string): string | undefined {
	const { text, offset: start } = scanner;
	let lineStart = start;
	for (;;) {
		const newline = text.indexOf("\n", lineStart);
		const end = newline === -1 ? text.length : newline;
		if (text.slice(lineStart, end) === delimiter) {
			scanner.moveTo(Math.min(end + 1, text.length));
			return text.slice(start, Math.max(start, lineStart - 1));
		}
		if (newline === -1) {
			scanner.moveTo(text.length);
			return undefined;
		}
		lineStart = newline + 1;
	}
}
