/**
 * Lines `NAME=value` quoted for a POSIX shell, with or without `export `: what `decrypt-domain`
 * prints as env and shell. Reading takes back just what is written here, byte for byte, and so
 * never mistakes another dialect for it.
 */
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { type EntryWriter, writeEntries } from "./quoted.ts";
import { Scanner } from "./scanner.ts";
import { isKeptByShell } from "./shell-names.ts";
import { isShellName } from "./variable-name.ts";

/**
 * A line `NAME=value` a secret, quoted for a POSIX shell or zsh, with `export ` before it for
 * `shell`.
 *
 * @throws ProtectError for names and values that a shell variable cannot have.
 */
export function formatShell(values: ReadonlyMap<string, string>, format: "env" | "shell"): string {
	const start = format === "shell" ? "export " : "";
	const write: EntryWriter = (name, value) => {
		if (!isShellName(name)) return { fault: "is not a valid shell identifier" };
		if (isKeptByShell(name)) return { fault: "has a name that a shell keeps for itself" };
		if (value.includes("\0")) return { fault: "has a NUL byte, which no shell variable can hold" };
		return `${start}${name}=${shellQuote(value)}\n`;
	};
	return writeEntries(
		values,
		write,
		"use --uppercase or --prefix for other names, --secret for one value, or the json format",
	);
}

/** What stands for a single quote, which nothing can stand for inside of single quotes. */
const QUOTED_QUOTE = `'"'"'`;

/** Quotes only where a shell would need it; zsh takes a word behind a `=` for a program's path. */
function shellQuote(value: string): string {
	if (!needsQuotes(value)) return value;
	return `'${value.replaceAll("'", QUOTED_QUOTE)}'`;
}

function needsQuotes(value: string): boolean {
	return !/^[A-Za-z0-9_@%+:,./-]+$/.test(value);
}

const NAME = /(?:export )?([A-Za-z_][A-Za-z0-9_]*)=/y;
const WORD = /[^'\n]*/y;
const LINE_END = /\n/y;

/**
 * Reads what {@link formatShell} writes.
 *
 * @returns undefined where the text is anything else.
 */
export function parseShell(text: string): Parsed | undefined {
	const parsed = new ParsedBuilder();
	const scanner = new Scanner(text);
	while (!scanner.isAtEnd) {
		const { line } = scanner;
		const name = scanner.take(NAME)?.[1];
		const value = scanner.next === "'" ? takeQuoted(scanner) : takeWord(scanner);
		if (name === undefined || value === undefined || !scanner.take(LINE_END)) return undefined;
		parsed.entry(line, name, value);
	}
	return parsed;
}

function takeWord(scanner: Scanner): string | undefined {
	const word = scanner.take(WORD)?.[0] ?? "";
	// Earlier versions wrote a `=` without quotes.
	return needsQuotes(word.replaceAll("=", "_")) ? undefined : word;
}

/** Takes `'…'`, in which `'"'"'` may stand for single quotes. */
function takeQuoted(scanner: Scanner): string | undefined {
	const { text, offset } = scanner;
	let end = text.indexOf("'", offset + 1);
	while (end !== -1 && text.startsWith(QUOTED_QUOTE, end)) {
		end = text.indexOf("'", end + QUOTED_QUOTE.length);
	}
	if (end === -1) return undefined;
	scanner.moveTo(end + 1);
	const value = text.slice(offset + 1, end).replaceAll(QUOTED_QUOTE, "'");
	return needsQuotes(value) ? value : undefined;
}
