/** The commits that touched a file, and the objects that git has of it. */
import { FOLLOW, GitError, gitAnswer, gitOutput, type TrackedPath, textOf } from "./git.ts";

/** The exit code of `git merge-base` where commits have no common ancestor. */
const NONE = 1;

/**
 * What git prints about revisions; undefined where it finds nothing, or where one of them does not exist.
 *
 * @throws GitError where git cannot read what it has of them.
 */
export function outputOfCommits(
	cwd: string,
	args: readonly string[],
	revisions: readonly string[],
): string | undefined {
	try {
		return textOf(gitAnswer(cwd, args));
	} catch (error) {
		if (!(error instanceof GitError)) throw error;
		if (error.status === NONE || !revisions.every((one) => isRevision(cwd, one))) return undefined;
		throw error;
	}
}

/** Also of one whose commit git has lost. */
function isRevision(cwd: string, name: string): boolean {
	const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", name];
	return gitOutput(cwd, verify) !== undefined;
}

/** The commit that a revision names; undefined where it names none. */
export function commitOf(cwd: string, revision: string): string | undefined {
	const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${revision}^{commit}`];
	return gitOutput(cwd, verify) || undefined;
}

export interface FileCommit {
	readonly id: string;
	/** The commits before it that touched the file, or that are merges; more than one for a merge. */
	readonly parents: readonly string[];
}

/** No more are asked for: the newest say what is wrong today. */
export const MOST_COMMITS = 2000;

/**
 * The commits that touched a file of these paths, and all merges, newest first; empty where there
 * is no commit.
 *
 * @param without a revision whose past is left out.
 * @throws GitError where git cannot read them.
 */
export function fileCommits(
	root: string,
	paths: readonly string[],
	without?: string,
): FileCommit[] {
	const ask = [
		"--literal-pathspecs",
		"rev-list",
		"--full-history",
		"--parents",
		// Dates are whatever somebody wrote.
		"--topo-order",
		`--max-count=${MOST_COMMITS}`,
		"HEAD",
		...(without === undefined ? [] : [`^${without}`]),
		"--",
		...paths,
	];
	const listed = outputOfCommits(root, ask, ["HEAD"]);
	return (listed ?? "").split("\n").flatMap((line) => {
		const [id, ...parents] = line.split(" ");
		return id ? { id, parents } : [];
	});
}

export interface GitObject {
	readonly id: string;
	/** In bytes. */
	readonly size: number;
}

/**
 * The objects that git has under names such as `HEAD:protected.yaml`; undefined for a name that is not a file.
 *
 * @throws GitError where git has lost, or never fetched, one of them.
 */
export function findObjects(cwd: string, names: readonly string[]): (GitObject | undefined)[] {
	if (names.length === 0) return [];
	// A name with a newline would be two.
	const asked = names.map((name) => `${name.replaceAll("\n", "\0")}\n`).join("");
	const stdout = gitAnswer(cwd, ["cat-file", "--batch-check", FOLLOW], { input: asked });
	let at = 0;
	return names.map(() => {
		const end = stdout.indexOf(0x0a, at);
		const line = new TextDecoder().decode(stdout.subarray(at, Math.max(at, end)));
		const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
		// Where a link leads that leads to no file of the commit stands on the next line.
		const [, length] = /^(?:symlink|dangling|loop|notdir) (\d+)$/.exec(line) ?? [];
		at = end + 1 + (length === undefined ? 0 : Number(length) + 1);
		return id === undefined ? undefined : { id, size: Number(size) };
	});
}

/** The best common ancestors of commits; empty where git has none. */
export function mergeBases(cwd: string, commits: readonly string[]): string[] {
	const ask = ["merge-base", "--all", "--end-of-options", ...commits];
	const found = outputOfCommits(cwd, ask, commits);
	return (found ?? "").split("\n").filter(Boolean);
}

/**
 * The objects of a file that is in conflict by their stage (1 for the common ancestor, 2 for ours,
 * 3 for theirs), also once the outcome was added; empty for any other file.
 */
export function indexStages({ root, path }: TrackedPath): ReadonlyMap<number, string> {
	const list = (...options: string[]) =>
		textOf(gitAnswer(root, ["--literal-pathspecs", "ls-files", "-z", ...options, "--", path]));
	const entries = `${list("--unmerged")}${list("--resolve-undo")}`.split("\0");
	return new Map(
		entries.flatMap((entry): [number, string][] => {
			const [, id, stage] = /^\d+ ([0-9a-f]+) ([123])\t/.exec(entry) ?? [];
			return id === undefined ? [] : [[Number(stage), id]];
		}),
	);
}
