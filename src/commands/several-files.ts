/** Several protected files at once: named one by one, or all that git tracks. */
import { join, relative } from "node:path";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import { gitRefusal, locateInGit, protectedPaths, trackedPaths } from "../system/git/git.ts";
import { filesIn } from "../system/git/history.ts";
import { note } from "../system/voice.ts";
import { DRIVER } from "../team/git-setup-files.ts";

/** Which files git has to merge with us, or that are called so. */
export const PROTECTED = { name: "protected.yaml", driver: DRIVER };

/** How a command is told on which files to work. */
interface FileChoice {
	readonly files: readonly string[];
	readonly all: boolean;
	readonly fileOption: string | undefined;
}

/** @throws ConflictingOptionsError where more than one way names files. */
export function assertOneWay({ files, all, fileOption }: FileChoice): void {
	const [first] = files;
	if (first !== undefined && fileOption !== undefined) {
		throw new ConflictingOptionsError(
			`--file and ${first} both name a file`,
			"leave --file out: the command takes several names",
		);
	}
	if (all && (first !== undefined || fileOption !== undefined)) {
		throw new ConflictingOptionsError("--all looks at every file", "leave the names out");
	}
}

/**
 * The protected files that git tracks, as they are called from here; a note where there is none.
 *
 * @param revisions where files count too, which git may not track any more.
 */
export function trackedFiles(near: string, revisions: readonly string[] = []): string[] {
	const place = locateInGit(near);
	if (!place) {
		throw new ProtectError(
			`${near} is not in a Git work tree: ${gitRefusal(near)}`,
			"leave out --all",
		);
	}
	const { root } = place;
	const known = [
		trackedPaths(root),
		...revisions.map((revision) => filesIn(root, revision)),
	].flat();
	const paths = protectedPaths(root, [...new Set(known)], PROTECTED);
	if (paths.length === 0) note("Git tracks no protected file here, so nothing was looked at");
	return paths.map((path) => nameOf(root, path));
}

/** A path of the work tree as it is called from here. */
export function nameOf(root: string, path: string): string {
	return relative(".", join(root, path)).replaceAll("\\", "/");
}
