/** Merges the bytes of protected files: what `pprotect merge-driver` does, but for reading and writing. */
import { ProtectError } from "../errors.ts";
import { conflictSides } from "../format/conflict-markers.ts";
import type { FileData, ProtectedText } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import { writeProtected } from "../format/write.ts";
import { carryComments } from "./carry-comments.ts";
import { NOTHING } from "./compare.ts";
import type { Conflict, SideNames } from "./conflict.ts";
import { markConflicts } from "./mark-conflicts.ts";
import { mergeVersions } from "./merge.ts";
import { chooseBase } from "./merge-base.ts";
import { typedCommand } from "./typed-command.ts";

export interface FilesToMerge {
	/** The common ancestor; empty where both sides added the file. */
	readonly base: Uint8Array;
	readonly ours: Uint8Array;
	readonly theirs: Uint8Array;
	/** Names the file in errors. */
	readonly path: string;
	/** Names the file in commands, where they would not find it by themselves. */
	readonly hintFile?: string | undefined;
	/** What the sides are called, in words and behind markers. */
	readonly names: SideNames;
	/** How many characters a conflict marker has. */
	readonly markerSize: number;
}

export interface MergedFile {
	/** Ours with the lines of what theirs changed edited in place, and conflicts marked. */
	readonly bytes: Uint8Array;
	readonly conflicts: readonly Conflict[];
	/** The merged file; a place in conflict is as in ours, or as in theirs where ours has none. */
	readonly data: FileData;
	/** Whether comments or blank lines of theirs found no place. */
	readonly isFormattingLeftOut: boolean;
}

/** @throws FormatError where ours or theirs is no protected file, or the ancestor no YAML. */
export function mergeFiles(files: FilesToMerge): MergedFile {
	const { path, names } = files;
	const ours = readProtected(files.ours, `${path} (${names.ours})`);
	const theirs = readProtected(files.theirs, `${path} (${names.theirs})`);
	const [ancestor, second] = readBase(files.base, `${path} (common ancestor)`);
	const ancestry = second
		? chooseBase([ancestor.data, second.data], ours.data, theirs.data)
		: { data: ancestor.data };
	const typed = typedCommand(files.hintFile);
	const { data, conflicts } = mergeVersions(ancestry, ours.data, theirs.data, names, typed);
	const plain = writeProtected(ours, data, path);
	const { bytes, isLeftOut } = carryComments(plain, ancestor.source, ours, theirs);
	const places = conflicts.flatMap((conflict) => conflict.places);
	const sides = { ours: ours.data, theirs: theirs.data };
	const style = { labels: names, size: files.markerSize };
	return {
		bytes: places.length === 0 ? bytes : markConflicts(bytes, data, places, sides, style),
		conflicts,
		data,
		isFormattingLeftOut: isLeftOut,
	};
}

interface Ancestor {
	readonly data: FileData;
	/** Undefined where it is not as somebody wrote it. */
	readonly source?: ProtectedText;
}

/**
 * Reads the common ancestor, of which only what it says is of use. Where Git made it of several
 * ancestors, it may hold conflicts: then it is two.
 */
function readBase(bytes: Uint8Array, path: string): [Ancestor, Ancestor?] {
	if (bytes.length === 0) return [{ data: NOTHING }];
	try {
		const source = readProtected(bytes, path);
		return [{ data: source.data, source }];
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
	}
	const ignoreProblem = () => {};
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	const { first, second } = conflictSides(text);
	const read = (side: string) => ({
		data: readProtected(new TextEncoder().encode(side), path, ignoreProblem).data,
	});
	return [read(first), read(second)];
}
