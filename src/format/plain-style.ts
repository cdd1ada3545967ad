/**
 * A fast reader for the style in which pprotect and the Python tool write: plain names and
 * values, two spaces of indent, no comments, and either folding. A YAML parser takes a hundred
 * times as long for the same text, which is most of the time that `exec` takes.
 *
 * It knows only what cannot be read in two ways. At the first line that is anything else it
 * gives up, and the YAML parser reads the whole text; a test holds the two to the same tree.
 */
import type { MapEntry, MapNode, SeqItem, SeqNode } from "./node.ts";

/**
 * A name and, where it has one, its value, beside it or on the next line: both begin with a
 * letter, so neither is a number. A line may end with a space where the wrapped folding and
 * editors differ.
 */
const ENTRY =
	/( *)([A-Za-z][A-Za-z0-9._@%+-]{0,127}):(?: ([A-Za-z][A-Za-z0-9+/=]*)| ?\n( +)([A-Za-z][A-Za-z0-9+/=]*)(?=\n)| ?)\n/y;

/** What begins with a letter and is no text in YAML 1.2. */
const NOT_TEXT = /^(?:null|true|false)$/i;

/** The first line of a log entry; with a blank in it, so that it is no number or date. */
const ITEM = /- ([A-Za-z0-9][!-~]*(?: [!-~]+)+) ?\n/y;

/** A folded line of a log entry. */
const CONTINUATION = / {2}((?:[A-Za-z0-9(]|-[!-~])[!-~]*(?: [!-~]+)*) ?\n/y;

/** Of the owners. */
const MAX_INDENT = 6;

/** Where a plain text would end early: before a comment, or as the name of a value. */
const ENDS_PLAIN = /: | #|:$/;

/**
 * The tree of a protected file in plain style.
 *
 * @returns undefined where the text departs from that style, right or wrong.
 */
export function parsePlainStyle(text: string): MapNode | undefined {
	const reader = new PlainStyleReader(text);
	const root = reader.map(0);
	return root && reader.isAtEnd ? root : undefined;
}

class PlainStyleReader {
	readonly #text: string;
	#offset = 0;

	constructor(text: string) {
		this.#text = text;
	}

	get isAtEnd(): boolean {
		return this.#offset === this.#text.length;
	}

	/** The mapping at this indent, of one entry at least. */
	map(indent: number): MapNode | undefined {
		if (indent > MAX_INDENT) return undefined;
		const start = this.#offset + indent;
		const entries: MapEntry[] = [];
		const names = new Set<string>();
		while (this.#startsEntry(indent)) {
			const entry = this.#entry(indent);
			if (!entry || names.has(entry.key)) return undefined;
			names.add(entry.key);
			entries.push(entry);
		}
		return entries.length > 0 ? { kind: "map", entries, start, end: this.#offset } : undefined;
	}

	/** Whether the next line stands at this indent and is no list item. */
	#startsEntry(indent: number): boolean {
		let spaces = 0;
		while (spaces <= indent && this.#text[this.#offset + spaces] === " ") spaces++;
		const first = this.#text[this.#offset + spaces];
		return spaces === indent && first !== undefined && first !== "-";
	}

	#entry(indent: number): MapEntry | undefined {
		const match = this.#match(ENTRY);
		if (!match) return undefined;
		const [, lead = "", key = "", beside, gap, below] = match;
		if (lead.length !== indent || NOT_TEXT.test(key)) return undefined;
		const start = match.index + indent;
		const value = beside ?? below;
		if (value === undefined) {
			const isList = indent === 0 && this.#text[this.#offset] === "-";
			const node = isList ? this.#seq() : this.map(indent + 2);
			return node && { key, start, value: node };
		}
		if (NOT_TEXT.test(value)) return undefined;
		if (gap !== undefined && gap.length <= indent) return undefined;
		const end = this.#offset - 1;
		return { key, start, value: { kind: "scalar", text: value, start: end - value.length, end } };
	}

	#seq(): SeqNode | undefined {
		const start = this.#offset;
		const items: SeqItem[] = [];
		while (this.#text[this.#offset] === "-") {
			const item = this.#item();
			if (!item) return undefined;
			items.push(item);
		}
		return { kind: "seq", items, start, end: this.#offset };
	}

	#item(): SeqItem | undefined {
		const first = this.#match(ITEM);
		if (!first) return undefined;
		const lines = [first[1] ?? ""];
		const indent = "- ".length;
		let lineStart = first.index + indent;
		while (this.#text[this.#offset] === " ") {
			const next = this.#match(CONTINUATION);
			if (!next) return undefined;
			lineStart = next.index + indent;
			lines.push(next[1] ?? "");
		}
		if (lines.some((line) => ENDS_PLAIN.test(line))) return undefined;
		const start = first.index + indent;
		const end = lineStart + (lines.at(-1) ?? "").length;
		const value = { kind: "scalar", text: lines.join(" "), start, end } as const;
		return { start: first.index, value };
	}

	#match(pattern: RegExp): RegExpExecArray | undefined {
		pattern.lastIndex = this.#offset;
		const match = pattern.exec(this.#text) ?? undefined;
		if (match) this.#offset = pattern.lastIndex;
		return match;
	}
}
