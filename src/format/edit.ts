/**
 * Writes a change as the fewest line edits: what it does not concern keeps every byte,
 * whoever wrote it. The diff of a protected file is what a reviewer sees.
 */

import { emitEntry, emitItem, emitScalar, type Tree, type TreeMap } from "./emit.ts";
import { countCharacters, type Folding, goesBelowKey } from "./fold.ts";
import type { Document, MapEntry, MapNode, Node, ScalarNode, SeqNode } from "./node.ts";

/** Puts `text` in place of [start, end) of the document. */
interface Replacement {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/**
 * The document's text after the edits that make it say `target`, without a byte-order mark.
 * A new entry goes after the one that precedes it in `target`, a removed one takes its lines
 * along, comments stay. A file without a final newline keeps being one, unless an empty line
 * becomes its last one: without its newline that line would be gone.
 *
 * @param folding how new text is folded; what stays is not folded anew.
 */
export function editDocument(
	{ root, text, lineEnd }: Document,
	target: TreeMap,
	folding: Folding,
): string {
	if (root.kind !== "map") throw new TypeError("a protected file is a mapping");
	const isWhole = text.endsWith("\n");
	const editor = new Editor(isWhole ? text : text + lineEnd, lineEnd, folding);
	const edited = editor.edit(root, target);
	return isWhole ? edited : edited.replace(/(?<=[^\r\n])\r?\n$/, "");
}

/** An entry or an item. */
interface Part {
	readonly start: number;
	readonly value: Node;
	readonly isKept: boolean;
}

class Editor {
	/** Ends with a newline, so that all of it is whole lines. */
	readonly #text: string;
	readonly #lineEnd: string;
	readonly #folding: Folding;
	readonly #replacements: Replacement[] = [];

	constructor(text: string, lineEnd: string, folding: Folding) {
		this.#text = text;
		this.#lineEnd = lineEnd;
		this.#folding = folding;
	}

	edit(root: MapNode, target: TreeMap): string {
		this.#map(root, target);
		return this.#apply();
	}

	/** Replacements never overlap; what is inserted at one place keeps the order of its making. */
	#apply(): string {
		const inOrder = this.#replacements.toSorted((a, b) => a.start - b.start || a.end - b.end);
		const pieces: string[] = [];
		let done = 0;
		for (const { start, end, text } of inOrder) {
			pieces.push(this.#text.slice(done, start), text);
			done = end;
		}
		pieces.push(this.#text.slice(done));
		return pieces.join("");
	}

	#map({ entries }: MapNode, target: TreeMap): void {
		const parts = entries.map(({ key, start, value }): Part => {
			return { start, value, isKept: target.has(key) };
		});
		const present = new Map(
			entries.map((entry, index) => [entry.key, { entry, part: parts[index] }]),
		);
		this.#removeParts(parts);
		const [first] = parts;
		let before: Part | undefined;
		for (const [key, value] of target) {
			const known = present.get(key);
			if (known) this.#entry(known.entry, value);
			else this.#insert(first, before, this.#newEntry(key, value, first?.start ?? 0));
			before = known?.part ?? before;
		}
	}

	#entry(entry: MapEntry, value: Tree): void {
		const { value: node } = entry;
		if (typeof value === "string") {
			if (node.kind !== "scalar") this.#rewrite(entry, value);
			else if (node.text !== value) this.#replaceScalar(entry, node, value);
		} else if (isTreeMap(value)) {
			if (node.kind === "map" && isEmpty(node) === (value.size === 0)) this.#map(node, value);
			else this.#rewrite(entry, value);
		} else {
			if (node.kind === "seq" && isEmpty(node) === (value.length === 0)) this.#seq(node, value);
			else this.#rewrite(entry, value);
		}
	}

	#seq({ items }: SeqNode, target: readonly string[]): void {
		const { stays, before } = align(
			items.map(({ value }) => value.text),
			target,
		);
		const parts = items.map(({ start, value }, index): Part => {
			return { start, value, isKept: stays[index] === true };
		});
		this.#removeParts(parts);
		const [first] = parts;
		const column = this.#columnOf(first?.start ?? 0);
		for (const [index, texts] of before.entries()) {
			const lines = texts.map((text) => emitItem(text, column, this.#folding)).join("");
			if (lines !== "") this.#insert(first, parts[index - 1], lines);
		}
	}

	/** Inserts whole lines behind `before`, or before `first`. */
	#insert(first: Part | undefined, before: Part | undefined, lines: string): void {
		if (before || !first || this.#startsItsLine(first)) {
			const at = before ? this.#nextLine(before.value.end) : this.#lineStart(first?.start ?? 0);
			this.#replace(at, at, lines);
		} else {
			// The first stands behind a `: `: it gets a line of its own.
			const column = this.#columnOf(first.start);
			this.#replace(first.start, first.start, lines.slice(column) + " ".repeat(column));
		}
	}

	#removeParts(parts: readonly Part[]): void {
		for (const [index, part] of parts.entries()) {
			if (part.isKept) continue;
			const end = this.#nextLine(part.value.end);
			const next = parts[index + 1];
			if (this.#startsItsLine(part)) {
				const rest = this.#wouldJoinBlock(parts[index - 1], end) ? this.#bareComment(part) : "";
				this.#replace(this.#lineStart(part.start), end, rest);
			} else if (next?.isKept && /^ *$/.test(this.#text.slice(end, next.start))) {
				this.#replace(part.start, next.start, "");
			} else this.#replace(part.start, end, "\n");
		}
	}

	/** Whether blank lines or comments from `end` on would be part of the block scalar before. */
	#wouldJoinBlock(before: Part | undefined, end: number): boolean {
		if (before === undefined) return false;
		const isBlock = this.#text[lastScalarEnd(before.value) - 1] === "\n";
		return isBlock && /^[ \t]*(?:#|\r?\n)/.test(this.#text.slice(end));
	}

	#bareComment({ start }: Part): string {
		return `${" ".repeat(this.#columnOf(start))}#\n`;
	}

	/** Writes an entry anew, in the file's style, where it stands. */
	#rewrite(entry: MapEntry, value: Tree): void {
		const column = this.#columnOf(entry.start);
		const lines = this.#newEntry(entry.key, value, entry.start).slice(column);
		const keyLine = lines.slice(0, lines.indexOf("\n"));
		const { start, end } = entry.value;
		if (keyLine.endsWith(":") && this.#isEmptyOnKeyLine(entry)) {
			// What is behind the `{}` or `[]` may be a comment.
			const blanks = /[ \t]*$/.exec(this.#text.slice(entry.start, start))?.[0].length ?? 0;
			this.#replace(start - blanks, end, "");
			const at = this.#nextLine(end);
			this.#replace(at, at, lines.slice(keyLine.length + 1));
		} else this.#replace(entry.start, this.#nextLine(end), lines);
	}

	#isEmptyOnKeyLine({ start, value }: MapEntry): boolean {
		return this.#lineStart(start) === this.#lineStart(value.start) && isEmpty(value);
	}

	/** The lines of an entry in the column of what begins at `offset`. */
	#newEntry(key: string, value: Tree, offset: number): string {
		return emitEntry(key, value, this.#columnOf(offset), this.#folding);
	}

	#replaceScalar(entry: MapEntry, node: ScalarNode, value: string): void {
		const { start, end } = node;
		const indent = this.#columnOf(entry.start);
		const gap = this.#wrappedGap(entry, node);
		const text = emitScalar(value, indent, this.#columnBesideKey(start, gap), this.#folding);
		const lineBreak = `\n${" ".repeat(indent + 2)}`;
		// A block scalar takes its last newline along.
		const tail = this.#text[end - 1] === "\n" ? "\n" : "";
		if (gap === "") this.#replace(start, end, text + tail);
		else if (!text.startsWith(lineBreak)) this.#replace(start - gap.length, end, ` ${text}${tail}`);
		else this.#replace(start, end, text.slice(lineBreak.length) + tail);
	}

	/**
	 * What is between a key's colon and its value, where that is below the key because it is too
	 * wide for a place beside it. Empty for all other values, which stay on the line they are on.
	 */
	#wrappedGap({ start }: MapEntry, node: ScalarNode): string {
		const lead = this.#text.slice(start, node.start);
		if (this.#folding !== "wrapped" || /[ \t]#/.test(lead)) return "";
		const gap = /(?<=:)[ \t]*\r?\n *$/.exec(lead)?.[0] ?? "";
		const isTooWide = goesBelowKey(node.text ?? "", this.#columnBesideKey(node.start, gap));
		return isTooWide ? gap : "";
	}

	/** In characters: where the value at `offset` begins, or would without a gap before it. */
	#columnBesideKey(offset: number, gap: string): number {
		const end = offset - gap.length;
		const column = countCharacters(this.#text, this.#lineStart(end), end);
		return gap === "" ? column : column + " ".length;
	}

	#replace(start: number, end: number, text: string): void {
		this.#replacements.push({ start, end, text: text.replaceAll("\n", this.#lineEnd) });
	}

	/** Whether there is nothing but indentation before it. */
	#startsItsLine({ start }: { readonly start: number }): boolean {
		return /^ *$/.test(this.#text.slice(this.#lineStart(start), start));
	}

	#columnOf(offset: number): number {
		return offset - this.#lineStart(offset);
	}

	#lineStart(offset: number): number {
		return this.#text.lastIndexOf("\n", offset - 1) + 1;
	}

	/** Where the line after the one begins that holds what ends at `offset`. */
	#nextLine(offset: number): number {
		return this.#text[offset - 1] === "\n" ? offset : this.#text.indexOf("\n", offset) + 1;
	}
}

/**
 * Which items of a list are in `target` too, in that order, and what else has to go before each
 * (and behind the last). The first one that can stay does: that takes one pass, and leaves all
 * lines of a list that only grows.
 */
function align(
	old: readonly (string | undefined)[],
	target: readonly string[],
): { stays: readonly boolean[]; before: readonly string[][] } {
	const wanted = new Map<string | undefined, number>();
	for (const text of target) wanted.set(text, (wanted.get(text) ?? 0) + 1);
	const stays: boolean[] = old.map(() => false);
	const before: string[][] = Array.from({ length: old.length + 1 }, () => []);
	let next = 0;
	for (const text of target) {
		while (next < old.length && !wanted.get(old[next])) next++;
		wanted.set(text, (wanted.get(text) ?? 0) - 1);
		if (next < old.length && old[next] === text) stays[next++] = true;
		else before[next]?.push(text);
	}
	return { stays, before };
}

/** Whether it is `{}` or `[]`, which has no lines that could come or go. */
function isEmpty(node: Node): boolean {
	if (node.kind === "map") return node.entries.length === 0;
	return node.kind === "seq" && node.items.length === 0;
}

function lastScalarEnd(node: Node): number {
	if (node.kind === "scalar") return node.end;
	const last = node.kind === "map" ? node.entries.at(-1) : node.items.at(-1);
	return last ? lastScalarEnd(last.value) : node.end;
}

function isTreeMap(tree: Tree): tree is TreeMap {
	return tree instanceof Map;
}
