/**
 * Lines `$env:NAME = 'value'` for PowerShell. They are ASCII without line breaks in them: PowerShell
 * decodes the output of a program with the console's code page, and reads it line by line. What is
 * not ASCII is written in UTF-16 units: `-join ('a', [char]0xA, 'b')`.
 */
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { type EntryWriter, writeEntries } from "./quoted.ts";
import { isShellName } from "./variable-name.ts";

/**
 * A line a secret.
 *
 * @throws ProtectError for names and values that a variable of the environment cannot have there.
 */
export function formatPowershell(values: ReadonlyMap<string, string>): string {
	const names = new Map<string, string>();
	for (const name of values.keys()) names.set(name.toUpperCase(), name);
	const write: EntryWriter = (name, value) => {
		if (!isShellName(name)) return { fault: "is not a valid shell identifier" };
		const other = names.get(name.toUpperCase());
		if (other !== name) return { fault: `is the same variable as ${other} on Windows` };
		if (value === "") return { fault: "is empty, and PowerShell removes an empty variable" };
		if (value.includes("\0")) return { fault: "has a NUL byte, which no variable can hold" };
		return `$env:${name} = ${expression(value)}\n`;
	};
	return writeEntries(
		values,
		write,
		"use the json format, --secret for one value, or --only, --uppercase or --prefix",
	);
}

function expression(value: string): string {
	const pieces = value.match(/[\x20-\x7e]+|[^\x20-\x7e]/g) ?? [];
	const parts = pieces.map((piece) =>
		/^[\x20-\x7e]/.test(piece)
			? `'${piece.replaceAll("'", "''")}'`
			: `[char]0x${piece.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	const [only, ...others] = parts;
	return others.length === 0 && only?.startsWith("'") ? only : `-join (${parts.join(", ")})`;
}

const ENTRY = /^\$env:(\w+) = (?:'((?:[^']|'')*)'|-join \((.*)\))$/;
const PIECE = /'((?:[^']|'')*)'|\[char\]0x([0-9A-F]{1,4})/g;

/** Reads what {@link formatPowershell} writes. */
export function parsePowershell(text: string): Parsed {
	const parsed = new ParsedBuilder();
	for (const [index, raw] of text.split("\n").entries()) {
		const line = raw.replace(/\r$/, "");
		if (line.trim() === "") continue;
		const [, name, plain, joined] = ENTRY.exec(line) ?? [];
		const value = joined === undefined ? plain?.replaceAll("''", "'") : joinedPieces(joined);
		if (name === undefined || value === undefined) {
			parsed.problem(index + 1, "is not $env:NAME = 'value'");
		} else parsed.entry(index + 1, name, value);
	}
	return parsed;
}

/** The value of the pieces between commas; undefined where there is anything else. */
function joinedPieces(pieces: string): string | undefined {
	if (pieces.replace(PIECE, "").replaceAll(", ", "") !== "") return undefined;
	const values = [...pieces.matchAll(PIECE)].map(([, text, unit]) =>
		unit === undefined
			? (text ?? "").replaceAll("''", "'")
			: String.fromCharCode(Number.parseInt(unit, 16)),
	);
	return values.join("");
}
