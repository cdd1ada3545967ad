/** Finds the entries of a file's tree by their keys, each in constant time. */
import type { Document, MapEntry, MapNode } from "../format/node.ts";

export class EntryIndex {
	readonly #root: MapNode | undefined;
	readonly #byKey = new WeakMap<MapNode, ReadonlyMap<string, MapEntry>>();

	constructor({ root }: Document) {
		this.#root = root.kind === "map" ? root : undefined;
	}

	/** The entry at the end of `path`, keys from the top of the file. */
	find(path: readonly string[]): MapEntry | undefined {
		let node = this.#root;
		let entry: MapEntry | undefined;
		for (const key of path) {
			entry = node && this.#entriesOf(node).get(key);
			node = entry?.value.kind === "map" ? entry.value : undefined;
		}
		return entry;
	}

	#entriesOf(node: MapNode): ReadonlyMap<string, MapEntry> {
		const known = this.#byKey.get(node);
		if (known) return known;
		const entries = new Map(node.entries.map((entry) => [entry.key, entry]));
		this.#byKey.set(node, entries);
		return entries;
	}
}
