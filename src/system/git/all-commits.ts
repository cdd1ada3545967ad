/** The commits of all refs that touched a file. */
import { outputOfCommits } from "./commits.ts";
import { gitAnswer, type TrackedPath, textOf } from "./git.ts";

export interface RefCommit {
	readonly id: string;
	/** When it was committed, in seconds since 1970. */
	readonly seconds: number;
	/** The commits before it that touched the file, or that are merges. */
	readonly parents: readonly string[];
	/** Who wrote the change, and when: a commit that was picked or rebased keeps this. */
	readonly author: string;
	/** Whether it was committed later than it was written. */
	readonly isCopy: boolean;
	readonly message: string;
}

/** The commits of all refs and of HEAD that touched the file, and all merges; parents first. */
export function allFileCommits({ root, path }: TrackedPath): RefCommit[] {
	const listed = textOf(
		gitAnswer(root, [
			"--literal-pathspecs",
			"rev-list",
			"--all",
			"--full-history",
			"--parents",
			"--topo-order",
			"--reverse",
			"--encoding=UTF-8",
			// No message holds a NUL.
			"--format=%ct%x00%at%x00%an <%ae>%x00%B%x00",
			"--",
			path,
		]),
	);
	const fields = listed.split("\0");
	return Array.from({ length: Math.floor(fields.length / FIELDS) }, (_, index) => {
		const [start = "", written, author, message = ""] = fields.slice(index * FIELDS);
		// `commit ID PARENTS`, and the first field of the format.
		const [ids = "", seconds] = start.trimStart().split("\n");
		const [, id = "", ...parents] = ids.split(" ");
		return {
			id,
			seconds: Number(seconds),
			parents,
			author: `${written} ${author}`,
			isCopy: written !== seconds,
			message,
		};
	});
}

/** Of a commit, in what git prints. */
const FIELDS = 4;

/** The commits that a message says its commit takes back, as git writes it. */
export function revertedCommits(message: string): string[] {
	return [...message.matchAll(/^This reverts commit ([0-9a-f]{40,64})\b/gm)].flatMap(
		([, id]) => id ?? [],
	);
}

/** The last commit up to a revision that touched the file, or that is a merge. */
export function lastFileCommit({ root, path }: TrackedPath, revision: string): string | undefined {
	const ask = ["--literal-pathspecs", "rev-list", "--full-history", "--parents", "--topo-order"];
	const last = [...ask, "--max-count=1", "--end-of-options", revision, "--", path];
	return outputOfCommits(root, last, [revision])?.match(/^[0-9a-f]+/)?.[0];
}
