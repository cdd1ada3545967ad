/** Protected files that a branch adds: a command takes the nearest one, whoever put it there. */
import { commitOf, mergeBases } from "../system/git/commits.ts";
import { protectedPaths, type TrackedPath, trackedPaths } from "../system/git/git.ts";
import { filesIn, formerPaths } from "../system/git/history.ts";
import type { Finding } from "../team/finding.ts";
import { nameOf, PROTECTED } from "./several-files.ts";

type NewFile = Finding & { readonly file: string };

/** A finding for each, by the file's name; one that was moved is compared with what it was. */
export function newFiles(place: TrackedPath, base: string): NewFile[] {
	const { root } = place;
	const commit = commitOf(root, base);
	const [start] = commit === undefined ? [] : mergeBases(root, [commit, "HEAD"]);
	if (start === undefined) return [];
	const known = new Set(filesIn(root, start));
	const tracked = trackedPaths(root);
	const added = protectedPaths(root, tracked, PROTECTED)
		.filter((path) => !known.has(path))
		.filter((path) => formerPaths(root, start, "staged", path).length === 0)
		.map(
			(path): NewFile => ({
				file: nameOf(root, path),
				line: 1,
				level: "warning",
				code: "new-file",
				what: `is a protected file that ${base} does not have: commands that are run in its folder seal to its keys`,
				todo: "see who made it, and compare the fingerprints of its custodians with those that you know",
			}),
		);
	return [...added, ...sameButForCase(root, tracked, known, place.path)];
}

/** Where names that differ in case are one, such a file is checked out in the other's place. */
function sameButForCase(
	root: string,
	tracked: readonly string[],
	known: ReadonlySet<string>,
	own: string,
): NewFile[] {
	const protectedNames = new Set([...known, own].filter((path) => isProtected(path, own)));
	const folded = new Set([...protectedNames].map(foldCase));
	return tracked
		.filter((path) => !known.has(path) && path !== own && folded.has(foldCase(path)))
		.map((path) => ({
			file: nameOf(root, path),
			line: 1,
			level: "problem",
			code: "new-file",
			what: "has the name of a protected file but for its case: on Windows and macOS it can take that file's place",
			todo: "see who made it, and remove it",
		}));
}

function isProtected(path: string, own: string): boolean {
	return path === own || path.split("/").at(-1) === PROTECTED.name;
}

/** As file systems fold names that ignore case, and characters that cannot be seen. */
function foldCase(path: string): string {
	return path
		.normalize("NFKC")
		.replace(/\p{Default_Ignorable_Code_Point}/gu, "")
		.toLowerCase();
}
