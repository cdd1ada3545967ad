import { basename, dirname } from "node:path";
import { followLinks } from "../store/follow-links.ts";
import { outputOfCommits } from "./commits.ts";
import {
	fileBehind,
	gitOutput,
	locateInGit,
	readObjects,
	runGit,
	type TrackedPath,
} from "./git.ts";

/**
 * Whether git knows a file's content, so that others may know it too: `tracked` for a file in
 * the index of the repository that it lies in, `history` for a path that any branch, tag or stash
 * has or once had. Undefined otherwise, and where there is no git.
 */
export function gitKnowledgeOf(path: string): "tracked" | "history" | undefined {
	try {
		const file = followLinks(path);
		const ask = (...question: string[]) =>
			gitOutput(dirname(file), ["--literal-pathspecs", ...question, "--", basename(file)]);
		if (ask("ls-files", "--error-unmatch") !== undefined) return "tracked";
		return ask("rev-list", "--all", "--max-count=1") ? "history" : undefined;
	} catch {
		// No git, or no file of a folder: a pipe, say.
		return undefined;
	}
}

/** Whether git ignores the file; undefined where it lies in no work tree, or there is no git. */
export function isIgnoredByGit(path: string): boolean | undefined {
	try {
		const file = fileBehind(path);
		const folder = dirname(file);
		if (gitOutput(folder, ["rev-parse", "--is-inside-work-tree"]) !== "true") return undefined;
		const question = ["check-ignore", "--no-index", "--quiet", "--", basename(file)];
		return runGit(folder, question).exitCode === 0;
	} catch {
		// No git.
		return undefined;
	}
}

/**
 * The line of .gitignore, beside the file, that keeps a file out of commits; undefined where git
 * ignores it already, and outside of a work tree.
 */
export function missingIgnoreLine(path: string): string | undefined {
	if (isIgnoredByGit(path) !== false) return undefined;
	return `/${basename(fileBehind(path)).replace(/[\\*?[\] #!]/g, "\\$&")}`;
}

/** Whether the file lies in a work tree, and Git does not track it. */
export function isUntracked(path: string): boolean {
	try {
		return locateInGit(path) !== undefined && gitKnowledgeOf(path) !== "tracked";
	} catch {
		// No git.
		return false;
	}
}

/** Those of `texts` that the file's last commit does not hold; all of them where there is none. */
export function missingInLastCommit(path: string, texts: readonly string[]): string[] {
	let committed: Uint8Array | undefined;
	try {
		const place = locateInGit(path);
		if (place) [committed] = readObjects(place.root, [`HEAD:${place.path}`]);
	} catch {
		// No git.
	}
	const bytes = Buffer.from(committed ?? []);
	return texts.filter((text) => !bytes.includes(text));
}

/** The newest commits, up to `max`, from `from` back that touched the file. */
export function commitsOf({ root, path }: TrackedPath, from: string, max: number): string[] {
	const ask = ["--literal-pathspecs", "rev-list", "--full-history", `--max-count=${max}`];
	const commits = outputOfCommits(root, [...ask, "--end-of-options", from, "--", path], [from]);
	return commits ? commits.split("\n") : [];
}

/** The paths of all files in a commit, from the top of the work tree. */
export function filesIn(root: string, commit: string): string[] {
	const list = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit];
	return outputOfCommits(root, list, [commit])?.split("\0") ?? [];
}

/** Whether the clone was made without the older commits. */
export function isShallow(root: string): boolean {
	return gitOutput(root, ["rev-parse", "--is-shallow-repository"]) === "true";
}

/** What a commit is compared with to find what moved: another, what is staged, or the work tree. */
export type MoveTarget = { readonly revision: string } | "staged" | "work tree";

/**
 * Where a file that is at `path` in one of the two was, or is, in the other, as its content shows;
 * undefined where it did not move. Of the work tree, git knows what is in the index.
 */
export function movedFile(
	root: string,
	from: string,
	to: MoveTarget,
	path: string,
): { readonly from: string; readonly to: string } | undefined {
	const fields = differences(root, from, to, [
		"--name-status",
		"--find-renames",
		"--diff-filter=R",
	]);
	for (let index = 0; index + 2 < fields.length; index += 3) {
		const [old, recent] = [fields[index + 1], fields[index + 2]];
		if (old !== undefined && recent !== undefined && (old === path || recent === path)) {
			return { from: old, to: recent };
		}
	}
	return undefined;
}

/**
 * Where a file that is new at `path` may have been: files of its name, or of the usual one, that
 * are gone from elsewhere, before the one that its content is most like.
 */
export function formerPaths(root: string, from: string, to: MoveTarget, path: string): string[] {
	const gone = differences(root, from, to, ["--name-only", "--no-renames", "--diff-filter=D"]);
	const named = gone.filter((old) => [basename(path), "protected.yaml"].includes(basename(old)));
	const moved = movedFile(root, from, to, path);
	return [...new Set([...named, ...(moved?.to === path ? [moved.from] : [])])];
}

/** Not by `git diff`, which may run programs that the repository's configuration names. */
function differences(
	root: string,
	from: string,
	to: MoveTarget,
	options: readonly string[],
): string[] {
	const compare = typeof to === "object" ? ["diff-tree", "-r"] : ["diff-index", "--cached"];
	const commits = typeof to === "object" ? [from, to.revision] : [from];
	const ask = [
		...compare,
		...["-z", "--no-ext-diff", "--no-textconv", "--no-relative", ...options],
		...["--end-of-options", ...commits, "--"],
	];
	const output = outputOfCommits(root, ask, commits);
	return output?.split("\0") ?? [];
}
