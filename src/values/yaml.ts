/** A flat YAML mapping of text, with block scalars for what has several lines. */
import {
	type ErrorCode,
	isAlias,
	isCollection,
	isMap,
	isNode,
	isScalar,
	isSeq,
	LineCounter,
	parseDocument,
	type Scalar,
	type YAMLMap,
} from "yaml";
import { wordsFor } from "../format/document.ts";
import { writeOnOneLine } from "../format/emit.ts";
import { quote } from "../format/quote.ts";
import { scalarStyle, UNPRINTABLE } from "../format/scalar-style.ts";
import { withManifest } from "./manifest.ts";
import { type Parsed, ParsedBuilder } from "./parsed.ts";

/**
 * A name and its value on a line, or as a block below it, for readers of YAML 1.1 too: all but
 * plain words is in quotes, since those take `yes`, `12:30` and more for other types than text.
 */
export function formatYaml(values: ReadonlyMap<string, string>): string {
	if (values.size === 0) return "{}\n";
	return [...values].map(([name, value]) => formatEntry(name, value, writeWord)).join("");
}

/** The lines of one entry, in quotes where a reader of YAML 1.2 needs them. */
export function formatYamlEntry(name: string, value: string): string {
	return formatEntry(name, value, writeOnOneLine);
}

function formatEntry(name: string, value: string, write: (text: string) => string): string {
	const key = write(name);
	if (!canStandAsBlock(value)) return `${key}: ${write(value)}\n`;
	// Spaces at its start would count as indentation, were the indentation not told.
	const indent = /^\n*[ \t]/.test(value) ? "2" : "";
	const chomping = value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-";
	const lines = value.replace(/\n$/, "").split("\n");
	const block = lines.map((line) => (line === "" ? "\n" : `  ${line}\n`));
	return `${key}: |${indent}${chomping}\n${block.join("")}`;
}

/** Letters first, so that no reader takes it for a number, a date or a symbol. */
const WORDS = /^[A-Za-z][\w./@+-]*(?: [\w./@+-]+)*$/;

/** Words that YAML 1.1 takes for another type (yaml.org/type: bool, null). */
const TYPED_WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function writeWord(text: string): string {
	if (WORDS.test(text) && !TYPED_WORD.test(text)) return text;
	return scalarStyle(text) === "double" ? writeOnOneLine(text) : `'${text.replaceAll("'", "''")}'`;
}

/** Not with blanks at the end of a line, which editors like to remove. */
function canStandAsBlock(value: string): boolean {
	return /[^\n]\n|\n[^\n]/.test(value) && !/[ \t]$/m.test(value) && isPrintable(value);
}

function isPrintable(value: string): boolean {
	return !UNPRINTABLE.test(value.replace(/[\t\n]/g, ""));
}

/** Reads a mapping of text, numbers and booleans; these as they are written. */
export function parseYaml(text: string): Parsed {
	return withManifest(parse(text, { schema: "core" }, faultOf));
}

/**
 * Reads what somebody typed, who means all of it as text: `5432` and `yes` too. What YAML would
 * drop in silence is a problem.
 */
export function parseTypedYaml(text: string): Parsed {
	return parse(text, { schema: "failsafe" }, (value) => faultOf(value) ?? lossOf(value, text));
}

function parse(
	text: string,
	schema: { schema: "core" | "failsafe" },
	faultIn: (value: unknown) => string | undefined,
): Parsed {
	const parsed = new ParsedBuilder();
	const lineCounter = new LineCounter();
	const { contents, errors, warnings } = parseDocument(text, {
		...schema,
		version: "1.2",
		// Quadratic; whoever takes the entries looks for duplicates.
		uniqueKeys: false,
		prettyErrors: false,
		lineCounter,
	});
	const lineOf = (offset = 0) => Math.max(1, lineCounter.linePos(offset).line);
	const [fault] = [...errors, ...warnings];
	if (fault) {
		const [place] = fault.pos;
		const entry = isMap(contents) ? entryBefore(contents, place) : undefined;
		// What is never closed goes on to the end, or to where the next entry does not fit.
		const isOpen = place >= text.trimEnd().length || isFlow(entry?.value);
		if (isOpen) parsed.problem(lineOf(startOf(entry?.key)), wordsFor("MISSING_CHAR"));
		else parsed.problem(lineOf(place), faultWords(fault.code));
	} else if (isMap(contents)) {
		for (const { key, value } of contents.items) {
			const name = isScalar(key) ? String(key.value) : "a list or mapping";
			const line = lineOf(startOf(key));
			const words = faultIn(value);
			const shape = isCollection(value) ? "nested" : undefined;
			if (words !== undefined) parsed.problem(line, `${quote(name)} ${words}`, { name, shape });
			else if (isScalar(value)) parsed.entry(line, name, textOf(value));
		}
	} else if (contents !== null && !isEmptyScalar(contents)) {
		parsed.problem(lineOf(contents.range?.[0]), "is no mapping");
	}
	return parsed;
}

/** The last entry that begins before `place`. */
function entryBefore({ items }: YAMLMap, place: number) {
	return items.findLast(({ key }) => startOf(key) < place);
}

function startOf(node: unknown): number {
	return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function isFlow(node: unknown): boolean {
	return isCollection(node) && node.flow === true;
}

/** Not yaml's own messages, which may quote the text. */
function faultWords(code: ErrorCode): string {
	return NEEDS_QUOTES.has(code)
		? "is not valid YAML (does the value need quotes?)"
		: wordsFor(code);
}

/** What a value that should have been in quotes leads to. */
const NEEDS_QUOTES: ReadonlySet<ErrorCode> = new Set([
	"BAD_SCALAR_START",
	"BLOCK_AS_IMPLICIT_KEY",
	"TAG_RESOLVE_FAILED",
	"UNEXPECTED_TOKEN",
]);

function isEmptyScalar(node: unknown): boolean {
	return isScalar(node) && node.type === "PLAIN" && node.source === "";
}

/** What keeps `value` from being a secret's. */
function faultOf(value: unknown): string | undefined {
	if (isAlias(value)) return "is an alias (*name), not text";
	if (isMap(value)) return "is a mapping, not text";
	if (isSeq(value)) return "is a list, not text";
	if (!isScalar(value) || isEmptyScalar(value)) {
		return "has no value (for an empty one: '')";
	}
	return value.value === null ? "is null, not text (put it in quotes)" : undefined;
}

/** The text of a value: that of a number or a boolean as it is written. */
function textOf({ value, source }: Scalar): string {
	return typeof value === "string" ? value : (source ?? String(value));
}

/** What YAML would take from, or make of, a value that is meant as it stands. */
function lossOf(value: unknown, text: string): string | undefined {
	if (!isScalar(value)) return undefined;
	if (value.comment != null) {
		return "has a # behind it (put the value in quotes if that belongs to it)";
	}
	if (value.anchor !== undefined || value.tag !== undefined) {
		return "begins with a character that means something in YAML (put the value in quotes)";
	}
	const [start, end] = value.range ?? [0, 0];
	const isBlock = value.type === "BLOCK_LITERAL" || value.type === "BLOCK_FOLDED";
	if (!isBlock && text.slice(start, end).includes("\n")) {
		return "goes over several lines, which YAML joins to one (for lines: | and the lines below it)";
	}
	return undefined;
}
