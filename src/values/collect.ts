/** Puts together what several files say, and finds all that keeps them from being taken. */
import { SECRET_NAME } from "../format/data.ts";
import { quote } from "../format/quote.ts";
import type { Entry, Parsed, Remark } from "./parsed.ts";

/** A file that was read. */
export interface ParsedFile extends Parsed {
	/** As messages call it. */
	readonly path: string;
}

/** Something about a line of one of the files. */
export interface Finding extends Remark {
	readonly path: string;
}

/** The values of all files, and what there is to say of them. */
export interface Collected {
	/** By name, in the order of the files. */
	readonly values: ReadonlyMap<string, string>;
	/** What is wrong; the values are to be taken only where there is nothing. */
	readonly problems: readonly Finding[];
	readonly notes: readonly Finding[];
}

/** Where a name was found first. */
interface Place {
	readonly path: string;
	readonly line: number;
}

export function collect(files: readonly ParsedFile[]): Collected {
	const values = new Map<string, string>();
	const places = new Map<string, Place>();
	const problems: Finding[] = [];
	const notes: Finding[] = [];
	for (const { path, entries, problems: faults, notes: remarks } of files) {
		const found = [...faults];
		for (const entry of entries) {
			const first = places.get(entry.name);
			const words = faultOf(entry) ?? (first && clashWith(first, path, values, entry));
			if (words !== undefined) found.push({ line: entry.line, words });
			if (first !== undefined) continue;
			places.set(entry.name, { path, line: entry.line });
			values.set(entry.name, entry.value);
		}
		found.sort((a, b) => a.line - b.line);
		problems.push(...found.map((remark) => ({ ...remark, path })));
		notes.push(...remarks.map((remark) => ({ ...remark, path })));
	}
	return { values, problems, notes };
}

/** `PATH:LINE: words`. */
export function formatFinding({ path, line, words }: Finding): string {
	return `${path}:${line}: ${words}`;
}

function faultOf({ name, value }: Entry): string | undefined {
	if (!SECRET_NAME.test(name)) return `${quote(name)} is not a valid secret name`;
	if (!value.isWellFormed()) return `${name} holds half a character (a lone surrogate)`;
	return undefined;
}

/** What is wrong with a name that is given again; the same value in another file is no matter. */
function clashWith(
	first: Place,
	path: string,
	values: ReadonlyMap<string, string>,
	{ name, value }: Entry,
): string | undefined {
	if (first.path === path) return `${name} is on line ${first.line} already`;
	if (values.get(name) === value) return undefined;
	return `${name} has another value in ${first.path}:${first.line}`;
}
