import type { FileData } from "../format/data.ts";

/** Another version of the file, such as the last commit. */
export interface NamedVersion {
	/** What it is called in words. */
	readonly name: string;
	readonly data: FileData;
}

/** The two versions that a merge makes one of. */
export interface NamedSides {
	readonly ours: NamedVersion;
	readonly theirs: NamedVersion;
}
