/** The commits of all refs that touched a file. */
import { gitOutput, type TrackedPath } from "./git.ts";

export interface RefCommit {
	readonly id: string;
	/** When it was committed, in seconds since 1970. */
	readonly seconds: number;
	/** The commits before it that touched the file, or that are merges. */
	readonly parents: readonly string[];
}

/** The commits of all refs and of HEAD that touched the file, and all merges; parents first. */
export function allFileCommits({ root, path }: TrackedPath): RefCommit[] {
	const listed = gitOutput(root, [
		"--literal-pathspecs",
		"rev-list",
		"--all",
		"--full-history",
		"--parents",
		"--topo-order",
		"--reverse",
		"--timestamp",
		"--",
		path,
	]);
	return (listed ?? "").split("\n").flatMap((line) => {
		const [seconds, id, ...parents] = line.split(" ");
		return id ? { id, seconds: Number(seconds), parents } : [];
	});
}

/** The last commit up to a revision that touched the file, or that is a merge. */
export function lastFileCommit({ root, path }: TrackedPath, revision: string): string | undefined {
	const ask = ["--literal-pathspecs", "rev-list", "--full-history", "--parents", "--topo-order"];
	const [line] = (
		gitOutput(root, [...ask, "--max-count=1", "--end-of-options", revision, "--", path]) ?? ""
	).split("\n");
	return line?.split(" ")[0] || undefined;
}
