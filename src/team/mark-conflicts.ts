/**
 * Marks conflicts in a protected file as git marks them in any text, so that editors and
 * mergetools know them, and on just the entries that are in conflict.
 */

import type { FileData } from "../format/data.ts";
import { parseDocument } from "../format/document.ts";
import { emitEntry, type Tree, type TreeMap } from "../format/emit.ts";
import type { Folding } from "../format/fold.ts";
import { foldingFor } from "../format/folding.ts";
import type { Document, MapEntry } from "../format/node.ts";
import { sameTree, toTree } from "../format/tree.ts";
import { type Place, pathOf, type SideNames } from "./conflict.ts";
import { EntryIndex } from "./entry-index.ts";

export interface MarkerStyle {
	/** What stands behind the markers. */
	readonly labels: SideNames;
	/** How many characters a marker has; git's default is 7. */
	readonly size: number;
}

/** Both sides' versions. */
export interface Sides {
	readonly ours: FileData;
	readonly theirs: FileData;
}

/** A range of lines, `end` exclusive, and what goes there. */
interface Block {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/**
 * @param bytes the merged file, in which every place is there as one side has it.
 * @param merged what those bytes say.
 * @returns the text with each place between markers, our version first.
 */
export function markConflicts(
	bytes: Uint8Array,
	merged: FileData,
	places: readonly Place[],
	sides: Sides,
	style: MarkerStyle,
): Uint8Array {
	const document = parseDocument(bytes, "");
	const index = new EntryIndex(document);
	const trees = {
		merged: toTree(merged),
		ours: toTree(pick(merged, places, sides.ours)),
		theirs: toTree(pick(merged, places, sides.theirs)),
	};
	const paths = outermost(places.map(pathOf)).map((path) => {
		let markable = path;
		while (
			markable.length > 1 &&
			!canBeMarked(document, entryAt(index, markable), markable, trees)
		) {
			markable = markable.slice(0, -1);
		}
		return markable;
	});
	const layout = { ...style, folding: foldingFor({ document, data: merged }, merged) };
	const blocks = outermost(paths).map((path) =>
		toBlock(document, entryAt(index, path), path, trees, layout),
	);
	const text = replaceBlocks(document.text, blocks);
	return new TextEncoder().encode((document.hasByteOrderMark ? "\uFEFF" : "") + text);
}

/** The file with each place as `side` has it. */
export function pick(merged: FileData, places: readonly Place[], side: FileData): FileData {
	const domains = new Map(merged.domains);
	const custodians = new Map(merged.custodians);
	for (const place of places) {
		if (place.kind === "domain") put(domains, place.domain, side.domains.get(place.domain));
		if (place.kind === "custodian") put(custodians, place.name, side.custodians.get(place.name));
	}
	const changed = new Map<string, { owners: Map<string, string>; secrets: Map<string, string> }>();
	for (const place of places) {
		if (place.kind !== "secret" && place.kind !== "owner") continue;
		const known = domains.get(place.domain);
		if (!known) continue;
		const { owners, secrets } = changed.get(place.domain) ?? {
			owners: new Map(known.owners),
			secrets: new Map(known.secrets),
		};
		changed.set(place.domain, { owners, secrets });
		const theirs = side.domains.get(place.domain);
		if (place.kind === "secret") put(secrets, place.name, theirs?.secrets.get(place.name));
		else put(owners, place.name, theirs?.owners.get(place.name));
	}
	for (const [name, parts] of changed) {
		const known = domains.get(name);
		if (known) domains.set(name, { ...known, ...parts });
	}
	return { ...merged, domains, custodians };
}

function put<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
	if (value === undefined) map.delete(key);
	else map.set(key, value);
}

type Path = readonly string[];

type Trees = Readonly<Record<keyof SideNames | "merged", TreeMap>>;

/**
 * Whether markers can go around the entry alone. They cannot where it shares a line with its
 * parent, as behind a name too long for one line, nor where a side has nothing else in its
 * parent: nothing at all is written as `{}`.
 */
function canBeMarked(document: Document, entry: MapEntry, path: Path, trees: Trees): boolean {
	const isAlone = [trees.ours, trees.theirs].some((tree) => {
		const parent = treeAt(tree, path.slice(0, -1));
		return parent instanceof Map && parent.size === 0;
	});
	return !isAlone && startsLine(document, entry);
}

function startsLine({ text }: Document, { start }: MapEntry): boolean {
	return text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() === "";
}

/** @throws TypeError where there is no such entry, which the caller has made sure of. */
function entryAt(index: EntryIndex, path: Path): MapEntry {
	const entry = index.find(path);
	if (!entry) throw new TypeError("the place of a conflict is not in the merged file");
	return entry;
}

/** Each path once, and none inside another. */
function outermost(paths: readonly Path[]): Path[] {
	const keys = new Map(paths.map((path) => [JSON.stringify(path), path]));
	return [...keys.values()].filter((path) =>
		path.every((_, length) => length === 0 || !keys.has(JSON.stringify(path.slice(0, length)))),
	);
}

function toBlock(
	document: Document,
	entry: MapEntry,
	path: Path,
	trees: Trees,
	{ labels, size, folding }: MarkerStyle & { readonly folding: Folding },
): Block {
	const { text, lineEnd } = document;
	const start = text.lastIndexOf("\n", entry.start - 1) + 1;
	const newline = text.indexOf("\n", Math.max(entry.value.end - 1, entry.start));
	const end = newline === -1 ? text.length : newline + 1;
	const present = text.slice(start, end) + (newline === -1 ? lineEnd : "");
	const merged = treeAt(trees.merged, path);
	const linesOf = (side: keyof SideNames) => {
		const value = treeAt(trees[side], path);
		if (value === undefined) return "";
		if (merged !== undefined && sameTree(value, merged)) return present;
		const lines = emitEntry(entry.key, value, entry.start - start, folding);
		return lines.replaceAll("\n", lineEnd);
	};
	const marker = (character: string, label = "") =>
		`${character.repeat(size)}${label === "" ? "" : ` ${label}`}${lineEnd}`;
	const block = [
		marker("<", labels.ours),
		linesOf("ours"),
		marker("="),
		linesOf("theirs"),
		marker(">", labels.theirs),
	];
	return { start, end, text: block.join("") };
}

function treeAt(root: TreeMap, path: Path): Tree | undefined {
	let tree: Tree | undefined = root;
	for (const key of path) {
		if (!(tree instanceof Map)) return undefined;
		tree = tree.get(key);
	}
	return tree;
}

function replaceBlocks(text: string, blocks: readonly Block[]): string {
	const pieces: string[] = [];
	let done = 0;
	for (const block of blocks.toSorted((a, b) => a.start - b.start)) {
		pieces.push(text.slice(done, block.start), block.text);
		done = block.end;
	}
	return [...pieces, text.slice(done)].join("");
}
