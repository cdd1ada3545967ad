import type { FileData } from "../format/data.ts";
import type { NamedVersion } from "./named-version.ts";

/** Versions of the file that another was made from. */
export interface Origin {
	/** One for a commit, several for a merge; empty where the file is new. */
	readonly before: readonly NamedVersion[];
	/** What else was brought to it, without its history: a commit that was picked, a stash. */
	readonly others: readonly NamedVersion[];
	/** The common ancestors of what was merged; empty where nothing was, or they are not known. */
	readonly bases: readonly NamedVersion[];
	/** Where the last commits stand between those versions and this one. */
	readonly isFarBack?: boolean;
}

/** A version of the file, and the ones that it was made from. */
export interface Step extends Origin {
	readonly version: NamedVersion;
}

/** What git has of a file. */
export interface FilePast {
	/** What the file as it is was made from: the last commit, what is being merged, a base. */
	readonly origins: readonly Origin[];
	/** The last commits, which are judged for what they did. */
	readonly recent: readonly Step[];
	/** Those before them, newest first, whose faults count where they are still in the file. */
	readonly older: readonly Step[];
	/** What could not be looked at, as a finding says it. */
	readonly unseen: readonly { readonly what: string; readonly todo: string }[];
	/** All commits behind the last one; undefined where some are not known. */
	readonly lineage?: () => readonly CommittedVersion[] | undefined;
}

/** What a commit has of the file, and the commits before it. */
export interface CommittedVersion {
	readonly id: string;
	readonly parents: readonly string[];
	/** Undefined where the commit lacks the file, or has it damaged. */
	readonly version: NamedVersion | undefined;
}

export const NO_PAST: FilePast = { origins: [], recent: [], older: [], unseen: [] };

/** Of a file that was made from these versions, as far as is known. */
export function madeFrom(before: readonly NamedVersion[]): FilePast {
	return { ...NO_PAST, origins: [{ before, others: [], bases: [] }] };
}

/** How the file came to be what it is. */
export type FileHistory = Pick<FilePast, "recent" | "older" | "lineage">;

/** The history whose first steps are the file itself. */
export function historyOf(
	file: FileData,
	{ origins, recent, older, ...rest }: FilePast,
): FileHistory {
	const version = { name: "the file as it is", data: file };
	const steps = [...origins.map((origin) => ({ version, ...origin })), ...recent];
	return { recent: steps, older, ...(rest.lineage && { lineage: rest.lineage }) };
}

/** Every version that another was made from, newest first. */
export function pastVersions(history: FileHistory): NamedVersion[] {
	return pastSteps(history).flat();
}

/** The same by what was made from them; of those that one was made from, none is the older. */
export function pastSteps({ recent, older }: FileHistory): NamedVersion[][] {
	return [...recent, ...older].map(({ before, others }) => [...before, ...others]);
}
