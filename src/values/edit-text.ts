/**
 * Values as the text that a person edits: YAML in which all is text. A line that begins with
 * `#!! ` is ours: it tells of the line below it, and is taken out before the text is read.
 */
import { quote } from "../format/quote.ts";
import { collect } from "./collect.ts";
import type { Remark } from "./parsed.ts";
import { formatYamlEntry, parseTypedYaml } from "./yaml.ts";

const MARK = "#!! ";

/** A text to be edited. */
export interface EditText {
	readonly text: string;
	/** Where the cursor should be, from 1. */
	readonly line: number;
}

/** The values with a word on what to do with them. */
export function textToEdit(
	values: ReadonlyMap<string, string>,
	domain: string,
	path: string,
): EditText {
	const header = [
		`# The secrets of domain ${quote(domain)} in ${quote(path)}: a line NAME: VALUE each.`,
		"# Save and quit to change them; quit without saving to leave them.",
		"# Every value is text: 5432 and yes need no quotes, but what has a # or begins with a",
		"# character like & * ! does. For several lines: NAME: | and the lines below it, indented.",
		"# Comments are not kept.",
		"",
	];
	const entries = [...values].map(([name, value]) => formatYamlEntry(name, value));
	return { text: `${header.join("\n")}\n${entries.join("")}`, line: header.length + 1 };
}

/** The text with these entries behind all others. */
export function withEntries(text: string, values: ReadonlyMap<string, string>): string {
	const entries = [...values].map(([name, value]) => formatYamlEntry(name, value));
	return `${text}${text.endsWith("\n") ? "" : "\n"}${entries.join("")}`;
}

/** The text without marks, with a new one above each line that there is something to say of. */
export function marked(text: string, remarks: readonly Remark[]): EditText {
	const lines = unmarked(text).split("\n");
	// From the end, so that the numbers of the lines before stay right.
	const fromEnd = remarks.toSorted((a, b) => b.line - a.line);
	for (const { line, words } of fromEnd) lines.splice(line - 1, 0, MARK + words);
	lines.unshift(`${MARK}nothing was written yet; lines like this one tell of the line below them`);
	const first = fromEnd.at(-1)?.line ?? 1;
	return { text: lines.join("\n"), line: first + 2 };
}

/** The text as its lines are counted in remarks. */
export function unmarked(text: string): string {
	const lines = text.split("\n");
	return lines.filter((line) => !line.startsWith(MARK)).join("\n");
}

/** What an edited text says, by name; only where there are no problems. */
export interface Edited {
	readonly values: ReadonlyMap<string, string>;
	readonly problems: readonly Remark[];
}

/** Reads an edited text. */
export function readEdited(text: string): Edited {
	return collect([{ path: "", ...parseTypedYaml(unmarked(text)) }]);
}

/** Where a text that {@link textToEdit} made has each name. */
export function linesOfNames({ text }: EditText): ReadonlyMap<string, number> {
	return new Map(parseTypedYaml(text).entries.map(({ name, line }) => [name, line]));
}
