/** What a change costs a reviewer: the lines that are gone and the lines that are new. */
import { diffArrays } from "diff";
import { emitEntry, emitItem, emitScalar, type Tree, type TreeMap } from "../../src/format/emit.ts";
import type { Folding } from "../../src/format/fold.ts";
import type { Document, Node } from "../../src/format/node.ts";

export interface LineChanges {
	readonly removed: readonly string[];
	readonly added: readonly string[];
}

/** The fewest lines whose removal and addition make `after` of `before`. */
export function lineChanges(before: string, after: string): LineChanges {
	const parts = diffArrays(linesOf(before), linesOf(after));
	return {
		removed: parts.filter((part) => part.removed).flatMap((part) => part.value),
		added: parts.filter((part) => part.added).flatMap((part) => part.value),
	};
}

/** A byte-order mark is of no line; a last line without a newline counts as one with. */
function linesOf(text: string): string[] {
	const lines = text.replace(/^\uFEFF/, "").split("\n");
	if (lines.at(-1) === "") lines.pop();
	else if (/\r?\n/.exec(text)?.[0] === "\r\n") lines.push(`${lines.pop()}\r`);
	return lines;
}

/** How many lines may go and come. */
export interface Allowance {
	readonly removed: number;
	readonly added: number;
}

const NOTHING: Allowance = { removed: 0, added: 0 };
/** A line that is shared by what changes and what does not. */
const SHARED_LINE: Allowance = { removed: 1, added: 1 };

/** The document's text and the folding of what is written into it. */
interface Style {
	readonly text: string;
	readonly folding: Folding;
}

/** The fewest line changes that can make the document say `target`. */
export function allowedChanges(
	{ root, text }: Document,
	target: TreeMap,
	folding: Folding,
): Allowance {
	return forNode(root, target, { text, folding });
}

function forNode(node: Node, target: Tree, style: Style): Allowance {
	const { text, folding } = style;
	if (typeof target === "string") {
		if (node.kind !== "scalar") throw new TypeError("the file has another shape");
		if (node.text === target) return NOTHING;
		// A new value stands where the folding puts it, on its key's line or below.
		const mayMove = folding === "wrapped";
		return total([
			{ removed: lineCount(text, node), added: countLines(emitScalar(target, 0, 0, folding)) },
			mayMove ? SHARED_LINE : NOTHING,
		]);
	}
	if (target instanceof Map) return forMap(node, target, style);
	if (node.kind !== "seq") throw new TypeError("the file has another shape");
	const old = node.items.map(({ value }) => value.text);
	const items = [...target].filter((item) => typeof item === "string");
	let head = 0;
	while (head < old.length && old[head] === items[head]) head++;
	if (head === old.length && head === items.length) return NOTHING;
	const come = without<string | undefined>(items.slice(head), old.slice(head));
	const gone = without<string | undefined>(old.slice(head), items.slice(head));
	const goneItems = [...node.items.entries()]
		.slice(head)
		.filter(([, { value }]) => take(gone, value.text));
	const [first] = node.items;
	const column = columnOf(text, first?.start ?? 0);
	const isFirstTouched = first !== undefined && sharesItsLine(first, text) && head === 0;
	return total([
		...goneItems.map(([index, item]) => goneLines(item, node.items[index - 1], text)),
		...come.map((item = "") => ({
			removed: 0,
			added: countLines(emitItem(item, column, folding)),
		})),
		old.length === 0 || isFirstTouched ? SHARED_LINE : NOTHING,
	]);
}

function forMap(node: Node, target: TreeMap, style: Style): Allowance {
	const { text, folding } = style;
	if (node.kind !== "map") throw new TypeError("the file has another shape");
	const entryOf = new Map(node.entries.map((entry) => [entry.key, entry]));
	const [first] = node.entries;
	const isFirstShared = first !== undefined && sharesItsLine(first, text);
	const changes = node.entries.map((entry, index): Allowance => {
		const value = target.get(entry.key);
		if (value !== undefined) return forNode(entry.value, value, style);
		return goneLines(entry, node.entries[index - 1], text);
	});
	const come = [...target].filter(([key]) => !entryOf.has(key));
	const added = come.map(([key, value]) => ({
		removed: 0,
		added: countLines(emitEntry(key, value, columnOf(text, first?.start ?? 0), folding)),
	}));
	const isFirstTouched = isFirstShared && (come.length > 0 || !target.has(first.key));
	const extra = node.entries.length === 0 && come.length > 0 ? SHARED_LINE : NOTHING;
	return total([...changes, ...added, extra, isFirstTouched ? SHARED_LINE : NOTHING]);
}

interface Part {
	readonly start: number;
	readonly value: Node;
}

/** A part that goes; behind a block scalar a comment may have to stay in its place. */
function goneLines({ start, value }: Part, before: Part | undefined, text: string): Allowance {
	const isBehindBlock = before !== undefined && text[lastScalarEnd(before.value) - 1] === "\n";
	return { removed: lineCount(text, { start, end: value.end }), added: isBehindBlock ? 1 : 0 };
}

function lastScalarEnd(node: Node): number {
	if (node.kind === "scalar") return node.end;
	const last = node.kind === "map" ? node.entries.at(-1) : node.items.at(-1);
	return last ? lastScalarEnd(last.value) : node.end;
}

/** The elements of `all` beyond those in `known`, each as often as it is there. */
function without<Value>(all: readonly Value[], known: readonly Value[]): Value[] {
	const rest = [...known];
	return all.filter((value) => !take(rest, value));
}

/** Takes one `value` out of `values`, if there is one. */
function take<Value>(values: Value[], value: Value): boolean {
	const index = values.indexOf(value);
	if (index !== -1) values.splice(index, 1);
	return index !== -1;
}

function columnOf(text: string, offset: number): number {
	return offset - text.lastIndexOf("\n", offset - 1) - 1;
}

function sharesItsLine({ start }: { start: number }, text: string): boolean {
	return text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() !== "";
}

function lineCount(text: string, { start, end }: { start: number; end: number }): number {
	return countLines(text.slice(start, end));
}

function countLines(text: string): number {
	return text.replace(/\n$/, "").split("\n").length;
}

function total(changes: readonly Allowance[]): Allowance {
	return {
		removed: changes.reduce((sum, { removed }) => sum + removed, 0),
		added: changes.reduce((sum, { added }) => sum + added, 0),
	};
}
