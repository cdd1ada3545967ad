/** The versions of a file that git has at hand, for `check` to compare with. */
import { ProtectError } from "../errors.ts";
import { readProtected } from "../format/read.ts";
import { locateInGit, readObjects, type TrackedPath } from "../system/git/git.ts";
import type { NamedVersion } from "../team/named-version.ts";

/** The last commit, and whatever is being brought to it. */
const REVISIONS = [
	"HEAD",
	"MERGE_HEAD",
	"CHERRY_PICK_HEAD",
	"REBASE_HEAD",
	"REVERT_HEAD",
	"refs/stash",
] as const;

/** Where the file lies in git; undefined outside of it, and where there is no git. */
export function findInGit(path: string): TrackedPath | undefined {
	try {
		return locateInGit(path);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

/** Those of the versions that differ from `bytes` and can be read; none if one is the same. */
export function versionsInGit({ root, path }: TrackedPath, bytes: Uint8Array): NamedVersion[] {
	const objects = readObjects(
		root,
		REVISIONS.map((revision) => `${revision}:${path}`),
	);
	if (objects.some((object) => object && Buffer.compare(object, bytes) === 0)) return [];
	return REVISIONS.flatMap((name, index) => {
		const object = objects[index];
		if (!object) return [];
		try {
			return { name, data: readProtected(object, name).data };
		} catch (error) {
			if (error instanceof ProtectError) return [];
			throw error;
		}
	});
}
