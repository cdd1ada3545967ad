/**
 * Lines `set -gx NAME 'value'` for fish, whose single quotes know two escape sequences, `\'` and
 * `\\` (fish's documentation, "Quotes").
 */
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { type EntryWriter, writeEntries } from "./quoted.ts";
import { Scanner } from "./scanner.ts";
import { isShellName } from "./variable-name.ts";

/** Variables that fish sets, and lets nobody else set. */
const READ_ONLY = new Set([
	...["FISH_VERSION", "PWD", "SHLVL", "fish_kill_signal", "fish_killring", "fish_pid", "history"],
	...["hostname", "pipestatus", "status", "status_generation", "umask", "version"],
]);

/**
 * A line a secret.
 *
 * @throws ProtectError for names and values that a variable of fish cannot have.
 */
export function formatFish(values: ReadonlyMap<string, string>): string {
	return writeEntries(
		values,
		writeEntry,
		"use the json format, --secret for one value, or --uppercase or --prefix for other names",
	);
}

const writeEntry: EntryWriter = (name, value) => {
	if (!isShellName(name)) return { fault: "is not a valid shell identifier" };
	if (READ_ONLY.has(name)) return { fault: "has a name that fish keeps for itself" };
	if (value.includes("\0")) return { fault: "has a NUL byte, which no shell variable can hold" };
	return `set -gx ${name} '${value.replace(/['\\]/g, "\\$&")}'\n`;
};

const ENTRY = /set -gx (\w+) '((?:[^'\\]|\\['\\])*)'\n/y;
const BLANK_LINE = /[ \t\r]*(?:\n|$)/y;
const REST_OF_LINE = /[^\n]*(?:\n|$)/y;

/** Reads what {@link formatFish} writes. */
export function parseFish(text: string): Parsed {
	const parsed = new ParsedBuilder();
	const scanner = new Scanner(text);
	while (!scanner.isAtEnd) {
		if (scanner.take(BLANK_LINE)) continue;
		const { line } = scanner;
		const [, name, value] = scanner.take(ENTRY) ?? [];
		if (name !== undefined && value !== undefined) {
			parsed.entry(line, name, value.replace(/\\(['\\])/g, "$1"));
		} else {
			parsed.problem(line, "is not set -gx NAME 'value'");
			scanner.take(REST_OF_LINE);
		}
	}
	return parsed;
}
