/**
 * Docker's `--env-file`: a line `NAME=value` each, where every character after the `=` is part of
 * the value, quotes and blanks too (docker/cli, pkg/kvfile). Not what Compose reads by default.
 */
import { parseDotenv } from "./dotenv.ts";
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { type EntryWriter, writeEntries } from "./quoted.ts";

/** Docker reads lines of less than 64 KiB: Go's bufio.MaxScanTokenSize. */
const MAX_LINE = 64 * 1024 - 1;

/** Says what the file is where it could be mistaken for a `.env`; a comment for Docker. */
const HEADER = "# for docker --env-file: a value is all that stands behind its =\n";

/**
 * A line a secret.
 *
 * @throws ProtectError for a value that such a line cannot hold.
 */
export function formatDocker(values: ReadonlyMap<string, string>): string {
	const write: EntryWriter = (name, value) => {
		const line = `${name}=${value}`;
		const fault = faultOf(value, line);
		if (fault === undefined) return `${line}\n`;
		return { fault: `${fault}, which Docker's env file cannot hold` };
	};
	const hint = "let the container run pprotect exec, or mount the value as a file";
	const text = writeEntries(values, write, hint);
	return isDotenvToo(text, values) ? text : HEADER + text;
}

/** Whether those who take the text for a `.env` read the same values. */
function isDotenvToo(text: string, values: ReadonlyMap<string, string>): boolean {
	const { entries } = parseDotenv(text);
	const isSame = entries.every(({ name, value }) => values.get(name) === value);
	return isSame && entries.length === values.size;
}

/** Whether the text says of itself that it is such a file. */
export function isMarkedAsDocker(text: string): boolean {
	return text.startsWith(HEADER);
}

function faultOf(value: string, line: string): string | undefined {
	if (value.includes("\n")) return "has a line break";
	if (value.endsWith("\r")) return "ends with a carriage return";
	if (value.includes("\0")) return "has a NUL byte";
	if (new TextEncoder().encode(line).length > MAX_LINE) return "is longer than 64 KiB";
	return undefined;
}

/** Reads such a file. */
export function parseDocker(text: string): Parsed {
	const parsed = new ParsedBuilder();
	let faulty = -2;
	for (const [index, raw] of text
		.replace(/^\uFEFF/, "")
		.split("\n")
		.entries()) {
		const line = raw.replace(/\r$/, "").trimStart();
		if (line === "" || line.startsWith("#")) continue;
		const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(line) ?? [];
		// Below a line that is no entry, the end of a key in base64 is none, and must not be shown.
		const isRest = faulty === index - 1 && /^=?$/.test(value ?? "");
		if (name === undefined || value === undefined || isRest) {
			faulty = index;
			parsed.problem(index + 1, "is not NAME=value");
		} else parsed.entry(index + 1, name, value);
	}
	return parsed;
}
