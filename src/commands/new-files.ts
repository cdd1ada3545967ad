/** Protected files that a branch adds: a command takes the nearest one, whoever put it there. */
import { commitOf, mergeBases } from "../system/git/commits.ts";
import { protectedPaths, type TrackedPath, trackedPaths } from "../system/git/git.ts";
import { filesIn, formerPaths } from "../system/git/history.ts";
import type { Finding } from "../team/finding.ts";
import { nameOf, PROTECTED } from "./several-files.ts";

/** A warning for each, by the file's name; one that was moved is compared with what it was. */
export function newFiles(
	{ root }: TrackedPath,
	base: string,
): (Finding & { readonly file: string })[] {
	const commit = commitOf(root, base);
	const [start] = commit === undefined ? [] : mergeBases(root, [commit, "HEAD"]);
	if (start === undefined) return [];
	const known = new Set(filesIn(root, start));
	return protectedPaths(root, trackedPaths(root), PROTECTED)
		.filter((path) => !known.has(path))
		.filter((path) => formerPaths(root, start, "staged", path).length === 0)
		.map((path) => ({
			file: nameOf(root, path),
			line: 1,
			level: "warning",
			code: "new-file",
			what: `is a protected file that ${base} does not have: commands that are run in its folder seal to its keys`,
			todo: "see who made it, and compare the fingerprints of its custodians with those that you know",
		}));
}
