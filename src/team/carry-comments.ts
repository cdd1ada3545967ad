/**
 * Brings the comments and blank lines of the other side into a merged file, which a merge by
 * meaning does not see. They travel with the entry that they stand above or behind; where that is
 * gone, they stand above the next one that is there.
 */
import { ProtectError } from "../errors.ts";
import type { ProtectedText } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import { sameTree, toTree } from "../format/tree.ts";
import { type Layout, layoutOf, linesOf, type Surroundings } from "./layout.ts";

export interface CarriedText {
	/** The merged file, as it was or with theirs' comments. */
	readonly bytes: Uint8Array;
	/** Whether theirs has some for which there is no place at all. */
	readonly isLeftOut: boolean;
}

/**
 * @param bytes the merged file, which is ours with the lines edited that theirs changed.
 * @param base undefined where there is none that somebody wrote.
 */
export function carryComments(
	bytes: Uint8Array,
	base: ProtectedText | undefined,
	ours: ProtectedText,
	theirs: ProtectedText,
): CarriedText {
	const merged = readProtected(bytes, "");
	const layouts = {
		base: base ? layoutOf(base.document) : new Map<string, Surroundings>(),
		ours: layoutOf(ours.document),
		theirs: layoutOf(theirs.document),
		merged: layoutOf(merged.document),
	};
	const lines = new Merger(layouts, linesOf(merged.document)).merge();
	if (!lines) return { bytes, isLeftOut: false };
	const { text, lineEnd, hasByteOrderMark } = merged.document;
	const end = text.endsWith("\n") ? lineEnd : "";
	const carried = new TextEncoder().encode(
		(hasByteOrderMark ? "\uFEFF" : "") + lines.join(lineEnd) + end,
	);
	return saysTheSame(carried, merged)
		? { bytes: carried, isLeftOut: false }
		: { bytes, isLeftOut: true };
}

const NOTHING: Around = { above: [], behind: undefined };

type Layouts = Readonly<Record<"base" | "ours" | "theirs" | "merged", Layout>>;

class Merger {
	readonly #layouts: Layouts;
	readonly #lines: string[];
	/** What goes above a line in the place of what is there, by line. */
	readonly #above = new Map<number, { readonly old: number; readonly lines: readonly string[] }>();
	#isChanged = false;

	constructor(layouts: Layouts, lines: string[]) {
		this.#layouts = layouts;
		this.#lines = lines;
	}

	/** The merged file's lines; undefined where nothing is to be done. */
	merge(): string[] | undefined {
		const { base, theirs, merged } = this.#layouts;
		const strays = this.#strays();
		for (const [key, place] of merged) {
			const old = base.get(key) ?? NOTHING;
			const their = theirs.get(key) ?? old;
			const above = mergeAbove(old, place, their);
			const more = [...(strays.get(key) ?? []), ...this.#mergeBehind(old, place, their)];
			this.#putAbove(place, [...above, ...more.filter((line) => !above.includes(line))]);
		}
		return this.#isChanged ? this.#rebuilt() : undefined;
	}

	/** New comments of entries that are gone, by the next entry that is there. */
	#strays(): ReadonlyMap<string, readonly string[]> {
		const { base, ours, theirs, merged } = this.#layouts;
		const strays = new Map<string, string[]>();
		// Those of ours may have stayed behind in the text.
		const present = new Set([...merged.values()].flatMap(({ above }) => above));
		for (const layout of [ours, theirs]) {
			let found: string[] = [];
			for (const [key, around] of layout) {
				if (merged.has(key)) {
					strays.set(key, [...(strays.get(key) ?? []), ...found]);
					found = [];
				} else {
					const fresh = newComments(around, base.get(key) ?? NOTHING);
					found.push(...fresh.filter((line) => !present.has(line)));
				}
			}
		}
		return strays;
	}

	/** @returns a line for what finds no place behind the entry. */
	#mergeBehind(old: Around, place: Surroundings, their: Around): string[] {
		if (their.behind === old.behind || their.behind === place.behind) return [];
		if (place.behind !== undefined && place.behind !== old.behind) {
			return their.behind === undefined ? [] : [their.behind.trim()];
		}
		const line = this.#lines[place.lastLine] ?? "";
		const bare = line.slice(0, line.length - (place.behind?.length ?? 0));
		this.#lines[place.lastLine] = bare + (their.behind ?? "");
		this.#isChanged = true;
		return [];
	}

	#putAbove({ above, line }: Surroundings, lines: readonly string[]): void {
		if (lines.length === above.length && lines.every((text, index) => text === above[index]))
			return;
		this.#above.set(line, { old: above.length, lines });
		this.#isChanged = true;
	}

	#rebuilt(): string[] {
		const rebuilt: string[] = [];
		for (let line = 0; line <= this.#lines.length; line++) {
			const change = this.#above.get(line);
			if (change) {
				rebuilt.length -= change.old;
				rebuilt.push(...change.lines);
			}
			const text = this.#lines[line];
			if (text !== undefined) rebuilt.push(text);
		}
		return rebuilt;
	}
}

type Around = Pick<Surroundings, "above" | "behind">;

/** Theirs where only theirs changed, ours where only ours did; else ours and what theirs added. */
function mergeAbove(old: Around, our: Around, their: Around): readonly string[] {
	if (sameLines(their.above, old.above)) return our.above;
	if (sameLines(our.above, old.above)) return their.above;
	const known = new Set([...old.above, ...our.above]);
	return [...our.above, ...their.above.filter((line) => !known.has(line) && line.trim() !== "")];
}

/** What is new around an entry that the merged file does not have. */
function newComments(their: Around, old: Around): string[] {
	const known = new Set(old.above);
	const lines = their.above.filter((line) => !known.has(line) && line.trim() !== "");
	if (their.behind !== undefined && their.behind !== old.behind) lines.push(their.behind.trim());
	return lines;
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
	return one.length === other.length && one.every((line, index) => line === other[index]);
}

function saysTheSame(bytes: Uint8Array, merged: ProtectedText): boolean {
	try {
		return sameTree(toTree(readProtected(bytes, "").data), toTree(merged.data));
	} catch (error) {
		if (error instanceof ProtectError) return false;
		throw error;
	}
}
