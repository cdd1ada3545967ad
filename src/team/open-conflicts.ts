/** Which conflicts of a merge are still marked in the file, and the file with some of them settled. */
import { ProtectError } from "../errors.ts";
import { conflictSides } from "../format/conflict-markers.ts";
import type { FileData, ProtectedText } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import { sameTree, toTree } from "../format/tree.ts";
import { writeProtected } from "../format/write.ts";
import type { Conflict, Merge, Place } from "./conflict.ts";
import { type MarkerStyle, markConflicts, pick, type Sides } from "./mark-conflicts.ts";
import { hasPlace } from "./places.ts";

/** A file whose conflicts are partly settled. */
export interface MarkedFile {
	readonly conflicts: readonly Conflict[];
	/** The file with our version taken at every mark; undefined where more than marks was edited. */
	readonly ours: ProtectedText | undefined;
}

/** What is open in `text`, which `merge` marked and somebody may have edited since. */
export function readMarked(text: string, merge: Merge, sides: Sides): MarkedFile {
	const { first, second } = conflictSides(text);
	if (first === second) return { conflicts: [], ours: undefined };
	const [ours, theirs] = [tryRead(first), tryRead(second)];
	if (!ours || !theirs) return { conflicts: merge.conflicts, ours: undefined };
	const all = merge.conflicts.flatMap(({ places }) => places);
	const settled = (data: FileData) => toTree(pick(data, all, sides.ours));
	const isAsMerged = sameTree(settled(ours.data), settled(merge.data));
	const isOpen = (place: Place) =>
		!sameTree(
			toTree(pick(merge.data, [place], ours.data)),
			toTree(pick(merge.data, [place], theirs.data)),
		);
	return {
		conflicts: merge.conflicts.filter(({ places }) => places.some(isOpen)),
		ours: isAsMerged ? ours : undefined,
	};
}

/** The file with `conflicts` marked, which `bytes` has as in ours. */
export function markAgain(
	bytes: Uint8Array,
	conflicts: readonly Conflict[],
	sides: Sides,
	style: MarkerStyle,
): Uint8Array {
	const places = conflicts.flatMap((conflict) => conflict.places);
	if (places.length === 0) return bytes;
	const source = readProtected(bytes, "");
	const missing = places.filter((place) => !hasPlace(source.data, place));
	const data = pick(source.data, missing, sides.theirs);
	return markConflicts(writeProtected(source, data, ""), data, places, sides, style);
}

/** The file with a conflict as in one side. */
export function takeSide(
	source: ProtectedText,
	{ places }: Conflict,
	side: FileData,
	path: string,
): ProtectedText {
	return readProtected(writeProtected(source, pick(source.data, places, side), path), path);
}

function tryRead(text: string): ProtectedText | undefined {
	try {
		return readProtected(new TextEncoder().encode(text), "");
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
