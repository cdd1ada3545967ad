/**
 * Reads the text of a protected file into a tree that knows where each piece stands, so that an
 * edit can touch nothing else.
 */
import type { CST, ErrorCode } from "yaml";
import { loadYaml } from "#yaml";
import { FormatError } from "../errors.ts";
import { conflictMarkers, RESOLVE_BY_HAND, RESOLVE_CONFLICT } from "./conflict-markers.ts";
import { MAX_FILE_SIZE } from "./data.ts";
import { LineIndex } from "./line-index.ts";
import type { Document, MapEntry, Node, ScalarNode, SeqItem, Span } from "./node.ts";
import { parsePlainStyle } from "./plain-style.ts";
import { quote } from "./quote.ts";
import { CORRECT_LINE, parseTokens, type Refuse } from "./tokens.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads the YAML of a protected file.
 *
 * @param path names the file in errors.
 * @throws FormatError with the line of what is refused.
 */
export function parseDocument(bytes: Uint8Array, path: string): Document {
	const decoded = decodeText(bytes, path);
	const hasByteOrderMark = decoded.startsWith(BYTE_ORDER_MARK);
	const text = hasByteOrderMark ? decoded.slice(1) : decoded;
	const refuse: Refuse = (problem, offset, hint) => {
		throw new FormatError(problem, new LineIndex(text).lineAt(offset), path, hint);
	};
	refuseForeignText(text, refuse);
	const root = parsePlainStyle(text) ?? parseYaml(text, refuse);
	const lineEnd = /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
	return { text, hasByteOrderMark, lineEnd, root };
}

function decodeText(bytes: Uint8Array, path: string): string {
	if (bytes.length > MAX_FILE_SIZE) {
		const size = `${MAX_FILE_SIZE / 1024 / 1024} MiB`;
		const hint = "restore the file from version control";
		throw new FormatError(`is larger than ${size}, the limit for protected files`, 1, path, hint);
	}
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		const hint = "save the file as UTF-8, or restore it from version control";
		// biome-ignore lint/style/useErrorCause: the rule looks for the cause in the second argument only.
		throw new FormatError("is not UTF-8 text", lineOfInvalidUtf8(bytes), path, {
			hint,
			cause: error,
		});
	}
}

/** Looks line by line, as only whole lines can be told apart in bytes that are no UTF-8. */
function lineOfInvalidUtf8(bytes: Uint8Array): number {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let line = 1;
	for (let start = 0; start < bytes.length; line++) {
		const newline = bytes.indexOf(0x0a, start);
		const end = newline === -1 ? bytes.length : newline + 1;
		try {
			decoder.decode(bytes.subarray(start, end));
		} catch {
			return line;
		}
		start = end;
	}
	return line;
}

const TAB_INDENT = /^ *\t[ \t]*[^\s#]/m;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\r(?!\n)/;

function refuseForeignText(text: string, refuse: Refuse): void {
	const [conflict] = conflictMarkers(text);
	if (conflict !== undefined)
		refuse("holds a Git conflict marker", conflict, {
			hint: RESOLVE_CONFLICT,
			libraryHint: RESOLVE_BY_HAND,
		});
	const control = CONTROL_CHARACTER.exec(text);
	if (control) {
		const code = (control[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
		refuse(`holds the control character U+${code}`, control.index, "remove it");
	}
	const tab = TAB_INDENT.exec(text);
	if (tab) refuse("is indented with a tab", tab.index, "indent with two spaces");
}

/** The tree of any text in YAML's block style. */
export function parseYaml(text: string, refuse: Refuse): Node {
	const composer = new (loadYaml().Composer)({
		// yaml's own check for duplicate keys is quadratic: toMap does it.
		uniqueKeys: false,
		prettyErrors: false,
		keepSourceTokens: true,
		version: "1.2",
		schema: "core",
	});
	const [document, second] = composer.compose(parseTokens(text, refuse), true, text.length);
	const problem = document?.errors[0] ?? document?.warnings[0];
	// yaml's messages may quote the text, which may be a plaintext pasted by hand: use our own.
	if (problem) refuse(wordsFor(problem.code), problem.pos[0], CORRECT_LINE);
	if (second) refuseSecondDocument(second.range[0], refuse);
	return toNode(document?.contents, 0, refuse);
}

function refuseSecondDocument(offset: number, refuse: Refuse): never {
	const hint = "keep one of them, and remove the line of dashes between them";
	return refuse("holds more than one YAML document", offset, hint);
}

/** What is wrong, in words that quote nothing. */
export function wordsFor(code: ErrorCode): string {
	switch (code) {
		case "BAD_INDENT":
			return "is indented wrongly";
		case "TAB_AS_INDENT":
			return "is indented with a tab";
		case "MISSING_CHAR":
			return "is not valid YAML (a colon, quote or bracket is missing)";
		default:
			return `is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
	}
}

/**
 * @param node one of yaml's; typed unknown because its classes say too much or too little.
 * @param place where it would stand, should there be none.
 */
function toNode(node: unknown, place: number, refuse: Refuse): Node {
	const { isMap, isScalar, isSeq } = loadYaml();
	if (isScalar(node)) return toScalar(node, refuse);
	const span = spanOf(node, place);
	if (isMap(node)) {
		const seen = new Set<string>();
		const entries = node.items.map(({ key, value, srcToken }) => {
			const entry = toEntry(key, value, srcToken, refuse);
			const hint = "keep one of the two";
			if (seen.has(entry.key)) refuse(`names ${quote(entry.key)} twice`, entry.start, hint);
			seen.add(entry.key);
			return entry;
		});
		return { kind: "map", entries, ...span };
	}
	if (isSeq(node)) {
		const dashes = dashesOf(node.srcToken);
		const items = node.items.map((item, index): SeqItem => {
			const value = toScalar(item, refuse);
			return { start: dashes[index] ?? value.start, value };
		});
		return { kind: "seq", items, ...span };
	}
	return { kind: "scalar", text: undefined, ...span };
}

function toScalar(node: unknown, refuse: Refuse): ScalarNode {
	const span = spanOf(node, 0);
	if (!loadYaml().isScalar(node)) {
		return refuse("is nested deeper than the format allows", span.start, CORRECT_LINE);
	}
	const text = typeof node.value === "string" ? node.value : undefined;
	if (text?.isWellFormed() === false) {
		refuse("holds half a character (a lone surrogate)", span.start, "write the whole character");
	}
	return { kind: "scalar", text, ...span };
}

function toEntry(
	key: unknown,
	value: unknown,
	source: CST.CollectionItem | undefined,
	refuse: Refuse,
): MapEntry {
	const { text, start, end } = toScalar(key, refuse);
	if (text === undefined) {
		return refuse("has a name that YAML does not read as text", start, "put it in single quotes");
	}
	const indicator = source?.start.find(({ type }) => type === "explicit-key-ind");
	return { key: text, start: indicator?.offset ?? start, value: toNode(value, end, refuse) };
}

/** Where the `-` of each item stands. */
function dashesOf(source: CST.Token | undefined): (number | undefined)[] {
	if (source?.type !== "block-seq") return [];
	return source.items
		.map(({ start }) => start.find(({ type }) => type === "seq-item-ind")?.offset)
		.filter((offset) => offset !== undefined);
}

function spanOf(node: unknown, place: number): Span {
	if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
		const [start, end] = node.range;
		if (typeof start === "number" && typeof end === "number") return { start, end };
	}
	return { start: place, end: place };
}
