/** The commits that touched a file, and the objects that git has of it. */
import { gitOutput, runGit, type TrackedPath } from "./git.ts";

export interface FileCommit {
	readonly id: string;
	/** The commits before it that touched the file, or that are merges; more than one for a merge. */
	readonly parents: readonly string[];
}

/** No more are asked for: the newest say what is wrong today. */
const MOST_COMMITS = 2000;

/**
 * The commits that touched the file, and all merges, newest first; empty where there is no commit.
 *
 * @param without a revision whose past is left out.
 */
export function fileCommits({ root, path }: TrackedPath, without?: string): FileCommit[] {
	const listed = gitOutput(root, [
		"--literal-pathspecs",
		"rev-list",
		"--full-history",
		"--parents",
		`--max-count=${MOST_COMMITS}`,
		"HEAD",
		...(without === undefined ? [] : [`^${without}`]),
		"--",
		path,
	]);
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

/** What git has under names such as `HEAD:protected.yaml`; undefined for each that is no file. */
export function findObjects(cwd: string, names: readonly string[]): (GitObject | undefined)[] {
	if (names.length === 0) return [];
	// A name with a newline would be two.
	const asked = names.map((name) => `${name.replaceAll("\n", "\0")}\n`).join("");
	const { stdout } = runGit(cwd, ["cat-file", "--batch-check"], asked);
	const lines = new TextDecoder().decode(stdout).split("\n");
	return names.map((_, index) => {
		const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(lines[index] ?? "") ?? [];
		return id === undefined ? undefined : { id, size: Number(size) };
	});
}

/** The commit that a revision means; undefined for what is none. */
export function commitOf(cwd: string, revision: string): string | undefined {
	const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${revision}^{commit}`];
	return gitOutput(cwd, verify) || undefined;
}

/** The best common ancestors of commits; empty where git has none. */
export function mergeBases(cwd: string, commits: readonly string[]): string[] {
	const found = gitOutput(cwd, ["merge-base", "--all", "--end-of-options", ...commits]);
	return (found ?? "").split("\n").filter(Boolean);
}

/**
 * The objects of a file that is in conflict by their stage (1 for the common ancestor, 2 for ours,
 * 3 for theirs), also once the outcome was added; empty for any other file.
 */
export function indexStages({ root, path }: TrackedPath): ReadonlyMap<number, string> {
	const list = (...options: string[]) =>
		gitOutput(root, ["--literal-pathspecs", "ls-files", "-z", ...options, "--", path]) ?? "";
	const entries = `${list("--unmerged")}${list("--resolve-undo")}`.split("\0");
	return new Map(
		entries.flatMap((entry): [number, string][] => {
			const [, id, stage] = /^\d+ ([0-9a-f]+) ([123])\t/.exec(entry) ?? [];
			return id === undefined ? [] : [[Number(stage), id]];
		}),
	);
}
