/**
 * Writes a change as the fewest line edits: what it does not concern keeps every byte,
 * whoever wrote it. The diff of a protected file is what a reviewer sees.
 */
import type { Document, MapEntry, MapNode, Node, ScalarNode, SeqNode } from "./document.ts";
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
 * along, comments stay. A file without a final newline keeps being one.
 */
export function editDocument({ root, text, lineEnd }: Document, target: TreeMap): string {
	if (root.kind !== "map") throw new TypeError("a protected file is a mapping");
	if (text.endsWith("\n")) return new Editor(text, lineEnd).edit(root, target);
	return new Editor(text + lineEnd, lineEnd).edit(root, target).slice(0, -lineEnd.length);
}

class Editor {
	/** Ends with a newline, so that all of it is whole lines. */
	readonly #text: string;
	readonly #lineEnd: string;
	readonly #replacements: Replacement[] = [];

	constructor(text: string, lineEnd: string) {
		this.#text = text;
		this.#lineEnd = lineEnd;
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

	#map(node: MapNode, target: TreeMap): void {
		const present = new Map(node.entries.map((entry) => [entry.key, entry]));
		for (const [index, entry] of node.entries.entries()) {
			if (!target.has(entry.key)) this.#removeEntry(entry, node.entries[index + 1]);
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
		} else if (isTreeMap(value)) {
			if (node.kind === "map" && this.#goesByLines(node, value)) this.#map(node, value);
			else this.#rewrite(entry, value);
		} else if (node.kind === "seq") this.#seq(entry, node, value);
		else this.#rewrite(entry, value);
	}

	/**
	 * Whether entries can come and go each by itself. They cannot where the mapping is, or
	 * becomes, an empty `{}`; and where the first one shares its line (`: name: value`, as after
	 * a key too long for one line), somebody has to take its place.
	 */
	#goesByLines({ entries: [first, second] }: MapNode, target: TreeMap): boolean {
		if (first === undefined) return target.size === 0;
		if (target.size === 0) return false;
		if (this.#startsItsLine(first) || target.has(first.key)) return true;
		return second !== undefined && target.has(second.key);
	}

	#seq(entry: MapEntry, { items }: SeqNode, target: readonly string[]): void {
		const old = items.map(({ value }) => value.text);
		if (old.length === target.length && old.every((text, i) => text === target[i])) return;
		let head = 0;
		while (head < old.length && old[head] === target[head]) head++;
		const [first] = items;
		if (!first || target.length === 0 || (head === 0 && !this.#startsItsLine(first))) {
			this.#rewrite(entry, target);
			return;
		}
		let tail = 0;
		while (
			tail < old.length - head &&
			tail < target.length - head &&
			old.at(-1 - tail) === target.at(-1 - tail)
		) {
			tail++;
		}
		for (const { start, value } of items.slice(head, old.length - tail)) {
			this.#replace(this.#lineStart(start), this.#nextLine(value.end), "");
		}
		const column = this.#columnOf(first.start);
		const added = target.slice(head, target.length - tail).map((text) => emitItem(text, column));
		const before = items[head - 1];
		const at = before ? this.#nextLine(before.value.end) : this.#lineStart(first.start);
		this.#replace(at, at, added.join(""));
	}

	#insertEntry(parent: MapNode, before: MapEntry | undefined, key: string, value: Tree): void {
		const [first] = parent.entries;
		const start = first?.start ?? 0;
		const column = this.#columnOf(start);
		const lines = emitEntry(key, value, column);
		if (before || !first || this.#startsItsLine(first)) {
			const at = before ? this.#nextLine(before.value.end) : this.#lineStart(start);
			this.#replace(at, at, lines);
		} else {
			// It takes the place on the shared line, and the first one a line of its own.
			this.#replace(start, start, lines.slice(column) + " ".repeat(column));
		}
	}

	#removeEntry(entry: MapEntry, next: MapEntry | undefined): void {
		const end = this.#nextLine(entry.value.end);
		if (this.#startsItsLine(entry)) {
			this.#replace(this.#lineStart(entry.start), end, "");
		} else if (next && /^ *$/.test(this.#text.slice(end, next.start))) {
			this.#replace(entry.start, next.start, "");
		} else this.#replace(entry.start, end, "\n");
	}

	/** Writes an entry anew, in the file's style, where it stands. */
	#rewrite(entry: MapEntry, value: Tree): void {
		const column = this.#columnOf(entry.start);
		const lines = emitEntry(entry.key, value, column).slice(column);
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
		return this.#lineStart(start) === this.#lineStart(value.start) && isEmptyCollection(value);
	}

	#replaceScalar(entry: MapEntry, { start, end }: ScalarNode, value: string): void {
		const column = [...this.#text.slice(this.#lineStart(start), start)].length;
		const text = emitScalar(value, this.#columnOf(entry.start), column);
		// A block scalar takes its last newline along.
		this.#replace(start, end, this.#text[end - 1] === "\n" ? `${text}\n` : text);
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

function isEmptyCollection(node: Node): boolean {
	if (node.kind === "map") return node.entries.length === 0;
	return node.kind === "seq" && node.items.length === 0;
}

function isTreeMap(tree: Tree): tree is TreeMap {
	return tree instanceof Map;
}
