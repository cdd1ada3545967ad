/**
 * Writes a `.env` that its readers read alike: the dotenv packages of npm, Python and Ruby, and
 * Compose. There is no standard; each way of quoting below holds what none of them changes.
 */
import { type EntryWriter, writeEntries } from "./quoted.ts";
import { isShellName } from "./variable-name.ts";

/**
 * A line a secret.
 *
 * @throws ProtectError for the names and values that no such file can hold.
 */
export function formatDotenv(values: ReadonlyMap<string, string>): string {
	return writeEntries(
		values,
		writeEntry,
		"use exec, or the json format; --only leaves secrets out, --uppercase and --prefix change names",
	);
}

const writeEntry: EntryWriter = (name, value) => {
	if (!isShellName(name)) return { fault: "has a name that not every reader of a .env takes" };
	const quoted = quotedValue(value);
	if (quoted !== undefined) return `${name}=${quoted}\n`;
	return { fault: `${faultOf(value)}, which readers of a .env take in different ways` };
};

/** The value as all readers take it back; undefined where there is no such text. */
function quotedValue(value: string): string | undefined {
	if (PLAIN.test(value)) return value;
	if (isAlwaysChanged(value)) return undefined;
	if (!NOT_IN_SINGLE.test(value)) return `'${value}'`;
	if (!NOT_IN_DOUBLE.test(value)) return `"${value}"`;
	return UNQUOTED.test(value) ? value : undefined;
}

const PLAIN = /^[A-Za-z0-9_@%+,./:-]+$/;

/** The end of the quotes; for Python's reader a backslash escapes a quote and itself. */
const NOT_IN_SINGLE = /'|\\\\|\\$/;

/** The end of the quotes, escape sequences, and variables. */
const NOT_IN_DOUBLE = /["\\$]/;

/** One line with quotes inside of it; no quote, space or comment where it would count. */
const UNQUOTED = /^[!%&(-[\]-_a-~](?:[ -"%-[\]-~]*[!"%-[\]-~])?$/;

/**
 * Ruby's reader takes a line for an entry before version 2.5, and expands no `\n` since version 3, so
 * that neither way of writing a line break is read by all; Python's expands `${NAME}` in any quotes.
 */
function isAlwaysChanged(value: string): boolean {
	return /[\0\r\n]/.test(value) || /\$\{[^}]*\}/.test(value);
}

/** Words that follow "secret NAME ". */
function faultOf(value: string): string {
	if (value.includes("\0")) return "has a NUL byte";
	if (/[\r\n]/.test(value)) return "has a line break";
	if (/\$\{[^}]*\}/.test(value)) return "has braces behind a $";
	if (!value.includes("'")) return "has backslashes in a row, or one at its end";
	return "has a single quote beside other characters that need quotes";
}
