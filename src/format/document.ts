/**
 * The text of a protected file as a tree that knows where each piece stands, so that an
 * edit can touch nothing else.
 *
 * YAML is far larger than the format: what is not needed (aliases, anchors, tags, directives,
 * several documents, non-empty flow collections, deep nesting) is refused while the text is
 * still a stream of tokens, before it can cost anything.
 */

import type { ErrorCode } from "yaml";
import { Composer, CST, isMap, isScalar, isSeq, Lexer, Parser } from "yaml";
import { FormatError } from "../errors.ts";
import { parsePlainStyle } from "./plain-style.ts";

/** A range of the text in UTF-16 units, `end` exclusive. */
interface Span {
	readonly start: number;
	readonly end: number;
}

export interface ScalarNode extends Span {
	readonly kind: "scalar";
	/** The text, or undefined where YAML reads a number, a boolean, null or nothing. */
	readonly text: string | undefined;
}

export interface MapEntry {
	readonly key: string;
	/** Where the key begins. */
	readonly start: number;
	readonly value: Node;
}

export interface MapNode extends Span {
	readonly kind: "map";
	readonly entries: readonly MapEntry[];
}

export interface SeqNode extends Span {
	readonly kind: "seq";
	readonly items: readonly ScalarNode[];
}

export type Node = ScalarNode | MapNode | SeqNode;

export interface Document {
	/** The text without its byte-order mark. */
	readonly text: string;
	readonly hasByteOrderMark: boolean;
	/** The line end that the file uses. */
	readonly lineEnd: "\n" | "\r\n";
	readonly root: Node;
}

/** A protected file is refused past this size, in bytes. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;

/** Tokens open at once: the format needs 6 (document, file, domain, meta, owners, value). */
const MAX_DEPTH = 8;

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
	const refuse = (problem: string, offset: number, hint?: string): never => {
		throw new FormatError(problem, lineAt(text, offset), path, hint);
	};
	refuseForeignText(text, refuse);
	const root = parsePlainStyle(text) ?? parseYaml(text, refuse);
	const lineEnd = /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
	return { text, hasByteOrderMark, lineEnd, root };
}

/** The 1-based line that `offset` stands on. */
export function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
		line++;
	}
	return line;
}

export type Refuse = (problem: string, offset: number, hint?: string) => never;

function decodeText(bytes: Uint8Array, path: string): string {
	if (bytes.length > MAX_FILE_SIZE) {
		throw new FormatError(`is larger than ${MAX_FILE_SIZE / 1024 / 1024} MiB`, 1, path);
	}
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		const hint = "save the file as UTF-8, or restore it from version control";
		throw new FormatError("is not UTF-8 text", lineOfInvalidUtf8(bytes), path, hint);
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

const CONFLICT_MARKER = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r\n]|$)/m;
const TAB_INDENT = /^ *\t[ \t]*[^\s#]/m;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\r(?!\n)/;

function refuseForeignText(text: string, refuse: Refuse): void {
	const conflict = CONFLICT_MARKER.exec(text);
	if (conflict) {
		refuse(
			"holds a git conflict marker",
			conflict.index,
			"resolve the conflict: keep one version of each marked line, then delete the markers",
		);
	}
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
	return toNode(compose(text, refuse), refuse);
}

/** What each refused token is called in the error, by yaml's name for it. */
const REFUSED_TOKENS: ReadonlyMap<CST.TokenType | null, string> = new Map([
	["alias", "a YAML alias (*name)"],
	["anchor", "a YAML anchor (&name)"],
	["tag", "a YAML tag (!name)"],
	["directive-line", "a YAML directive (%…)"],
]);

function* parseTokens(text: string, refuse: Refuse): Generator<CST.Token, void> {
	const parser = new Parser();
	let isScalarSource = false;
	let openFlow = false;
	for (const lexeme of new Lexer().lex(text)) {
		const type = isScalarSource ? "scalar" : CST.tokenType(lexeme);
		isScalarSource = lexeme === CST.SCALAR && !isScalarSource;
		const refused = REFUSED_TOKENS.get(type);
		if (refused) refuse(`uses ${refused}, which a protected file never does`, parser.offset);
		if (openFlow && type !== "space" && type !== "flow-map-end" && type !== "flow-seq-end") {
			refuse(
				"holds a value in braces or brackets",
				parser.offset,
				"write it in block style: one `name: value` or `- item` a line",
			);
		}
		if (type !== "space") openFlow = type === "flow-map-start" || type === "flow-seq-start";
		yield* parser.next(lexeme);
		if (parser.stack.length > MAX_DEPTH) {
			refuse("is nested deeper than the format", parser.offset);
		}
	}
	yield* parser.end();
}

function compose(text: string, refuse: Refuse): unknown {
	// yaml's own check for duplicate keys is quadratic: toNode does it.
	const composer = new Composer({
		uniqueKeys: false,
		prettyErrors: false,
		version: "1.2",
		schema: "core",
	});
	const [document, second] = composer.compose(parseTokens(text, refuse), true, text.length);
	const problem = document?.errors[0] ?? document?.warnings[0];
	// yaml's messages may quote the text, which may be a plaintext pasted by hand: use our own.
	if (problem) refuse(wordsFor(problem.code), problem.pos[0]);
	if (second) refuse("holds more than one YAML document", second.range[0]);
	return document?.contents;
}

function wordsFor(code: ErrorCode): string {
	switch (code) {
		case "MULTIPLE_DOCS":
			return "holds more than one YAML document";
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

/** @param node one of yaml's; typed unknown because its classes say too much or too little. */
function toNode(node: unknown, refuse: Refuse): Node {
	if (isScalar(node)) return toScalar(node, refuse);
	if (isMap(node)) return toMap(node, refuse);
	if (isSeq(node)) {
		const items = node.items.map((item) => toScalar(item, refuse));
		return { kind: "seq", items, ...spanOf(node) };
	}
	return { kind: "scalar", text: undefined, start: 0, end: 0 };
}

function toScalar(node: unknown, refuse: Refuse): ScalarNode {
	if (!isScalar(node)) return refuse("is nested deeper than the format", spanOf(node).start);
	const text = typeof node.value === "string" ? node.value : undefined;
	return { kind: "scalar", text, ...spanOf(node) };
}

function toMap(node: unknown, refuse: Refuse): MapNode {
	if (!isMap(node)) return refuse("is not a mapping", 0);
	const seen = new Set<string>();
	const entries = node.items.map(({ key, value }): MapEntry => {
		const { text, start } = toScalar(key, refuse);
		if (text === undefined) {
			return refuse("has a name that YAML does not read as text", start, "put it in single quotes");
		}
		if (seen.has(text)) refuse(`names ${JSON.stringify(text)} twice`, start, "keep one of the two");
		seen.add(text);
		return { key: text, start, value: toNode(value, refuse) };
	});
	return { kind: "map", entries, ...spanOf(node) };
}

function spanOf(node: unknown): Span {
	if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
		const [start, end] = node.range;
		if (typeof start === "number" && typeof end === "number") return { start, end };
	}
	return { start: 0, end: 0 };
}
