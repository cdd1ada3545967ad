/**
 * Writes a change as the fewest line edits: what it does not concern keeps every byte,
 * whoever wrote it. The diff of a protected file is what a reviewer sees.
 */
import type { Document, MapEntry, MapNode, ScalarNode, SeqNode } from "./document.ts";
import { emitEntry, emitItem, emitScalar, type Tree, type TreeMap } from "./emit.ts";

/** Puts `text` in place of [start, end) of the document. */
interface Replacement {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/**
 * The document's text after the edits that make it say `target`, without a byte-order mark.
 * A new entry goes after the one that precedes it in `target`, a removed one takes its lines
 * along, comments stay.
 */
export function editDocument(document: Document, target: TreeMap): string {
	const { root, text } = document;
	if (root.kind !== "map") throw new TypeError("a protected file is a mapping");
	const replacements: Replacement[] = [];
	new Editor(document, replacements).map(root, target);
	return apply(text, replacements);
}

/** Replacements never overlap; what is inserted at one place keeps the order of its making. */
function apply(text: string, replacements: readonly Replacement[]): string {
	const inOrder = replacements.toSorted((a, b) => a.start - b.start || a.end - b.end);
	const pieces: string[] = [];
	let done = 0;
	for (const { start, end, text: inserted } of inOrder) {
		pieces.push(text.slice(done, start), inserted);
		done = end;
	}
	pieces.push(text.slice(done));
	return pieces.join("");
}

class Editor {
	readonly #document: Document;
	readonly #text: string;
	readonly #replacements: Replacement[];

	constructor(document: Document, replacements: Replacement[]) {
		this.#document = document;
		this.#text = document.text;
		this.#replacements = replacements;
	}

	map(node: MapNode, target: TreeMap): void {
		const present = new Map(node.entries.map((entry) => [entry.key, entry]));
		for (const entry of node.entries) {
			if (!target.has(entry.key)) this.#removeEntry(entry);
		}
		let before: MapEntry | undefined;
		for (const [key, value] of target) {
			const entry = present.get(key);
			if (entry) this.#entry(entry, value);
			else this.#insertEntry(node, before, key, value);
			before = entry ?? before;
		}
	}

	#entry(entry: MapEntry, value: Tree): void {
		const { value: node } = entry;
		if (typeof value === "string") {
			if (node.kind !== "scalar") this.#rewrite(entry, value);
			else if (node.text !== value) this.#replaceScalar(entry, node, value);
		} else if (node.kind === "map" && isTreeMap(value)) {
			if (this.#keepsItsLines(node, value)) this.map(node, value);
			else this.#rewrite(entry, value);
		} else if (node.kind === "seq" && !isTreeMap(value)) {
			this.#seq(entry, node, value);
		} else this.#rewrite(entry, value);
	}

	/**
	 * Whether entries can come and go by whole lines. They cannot where the mapping is, or
	 * becomes, an empty `{}`, or where its first entry shares a line (`: name: value`, as
	 * after a key too long for one line).
	 */
	#keepsItsLines(node: MapNode, target: TreeMap): boolean {
		const keys = node.entries.map((entry) => entry.key);
		if (keys.length === target.size && keys.every((key) => target.has(key))) return true;
		const [first] = node.entries;
		return first !== undefined && target.size > 0 && this.#startsItsLine(first);
	}

	#startsItsLine(entry: MapEntry): boolean {
		return /^ *(?:\? )?$/.test(this.#leadOf(entry.start));
	}

	#seq(entry: MapEntry, node: SeqNode, target: readonly string[]): void {
		const old = node.items.map((item) => item.text);
		const [first] = node.items;
		if (old.length === target.length && old.every((text, i) => text === target[i])) return;
		if (!first || target.length === 0) {
			this.#rewrite(entry, target);
			return;
		}

		let head = 0;
		while (head < old.length && old[head] === target[head]) head++;
		let tail = 0;
		while (
			tail < old.length - head &&
			tail < target.length - head &&
			old.at(-1 - tail) === target.at(-1 - tail)
		) {
			tail++;
		}
		for (const item of node.items.slice(head, old.length - tail)) {
			this.#replaceLines(this.#dashOf(item), item.end, "");
		}
		const indent = this.#leadOf(this.#dashOf(first)).length;
		const added = target.slice(head, target.length - tail).map((text) => emitItem(text, indent));
		const before = node.items[head - 1];
		const at = before ? this.#lineEnd(before.end) : this.#lineStart(this.#dashOf(first));
		this.#insertLines(at, added.join(""));
	}

	#insertEntry(parent: MapNode, before: MapEntry | undefined, key: string, value: Tree): void {
		const [first] = parent.entries;
		const at = before ? this.#lineEnd(before.value.end) : this.#lineStart(first?.start ?? 0);
		this.#insertLines(at, emitEntry(key, value, first ? this.#keyColumn(first) : 0));
	}

	#removeEntry(entry: MapEntry): void {
		this.#replaceLines(entry.start, entry.value.end, "");
	}

	/** Writes an entry anew, in the file's style, where it stands. */
	#rewrite(entry: MapEntry, value: Tree): void {
		const lines = emitEntry(entry.key, value, this.#keyColumn(entry));
		this.#replaceLines(entry.start, entry.value.end, lines);
	}

	#replaceScalar(entry: MapEntry, { start, end }: ScalarNode, value: string): void {
		const column = [...this.#leadOf(start)].length;
		const text = emitScalar(value, this.#keyColumn(entry), column);
		this.#replacements.push({ start, end, text: text.replaceAll("\n", this.#document.lineEnd) });
	}

	/** Replaces the whole lines from the one that holds `from` to the one that ends `to`. */
	#replaceLines(from: number, to: number, lines: string): void {
		const start = this.#lineStart(from);
		const end = this.#lineEnd(to);
		const text = lines.replaceAll("\n", this.#document.lineEnd);
		const isOpen = this.#text[end - 1] !== "\n";
		this.#replacements.push({ start, end, text: isOpen ? text.trimEnd() : text });
	}

	/** @param at the start of a line, or the end of the text. */
	#insertLines(at: number, lines: string): void {
		const { lineEnd } = this.#document;
		const text = lines.replaceAll("\n", lineEnd);
		const followsOpenLine = at > 0 && this.#text[at - 1] !== "\n";
		// A file without a final newline keeps being one.
		const inserted = followsOpenLine ? lineEnd + text.slice(0, -lineEnd.length) : text;
		this.#replacements.push({ start: at, end: at, text: inserted });
	}

	/** The column of the entry's key, or of the `? ` before it. */
	#keyColumn(entry: MapEntry): number {
		const lead = this.#leadOf(entry.start);
		return lead.endsWith("? ") ? lead.length - 2 : lead.length;
	}

	/** The offset of the `-` that opens a list item. */
	#dashOf(item: ScalarNode): number {
		return this.#text.lastIndexOf("-", item.start - 1);
	}

	/** What stands before `offset` on its line. */
	#leadOf(offset: number): string {
		return this.#text.slice(this.#lineStart(offset), offset);
	}

	#lineStart(offset: number): number {
		return this.#text.lastIndexOf("\n", offset - 1) + 1;
	}

	/** Where the line that holds what ends at `offset` ends, after its newline. */
	#lineEnd(offset: number): number {
		if (this.#text[offset - 1] === "\n") return offset;
		const newline = this.#text.indexOf("\n", offset);
		return newline === -1 ? this.#text.length : newline + 1;
	}
}

function isTreeMap(tree: Tree): tree is TreeMap {
	return tree instanceof Map;
}
