/** Whether git knows a file's content, so that others may know it too. */
import { basename, dirname } from "node:path";
import { followLinks } from "./follow-links.ts";

/** Walking all of a long history can take a while, and the answer is a courtesy. */
const TIMEOUT_MILLISECONDS = 10_000;

/**
 * `tracked` for a file in the index of the repository that it lies in, `history` for a path that
 * any branch, tag or stash has or once had. Undefined otherwise, and where there is no git.
 *
 * @throws the system's error where there is no such file.
 */
export function gitKnowledgeOf(path: string): "tracked" | "history" | undefined {
	const file = followLinks(path);
	if (git(file, "ls-files", "--error-unmatch") !== undefined) return "tracked";
	return git(file, "rev-list", "--all", "--max-count=1") ? "history" : undefined;
}

/** What git prints of the file at `path`, an absolute one; undefined where it fails. */
function git(path: string, command: string, ...options: readonly string[]): string | undefined {
	// A repository's own configuration may name programs to run; this one is run by ls-files.
	const safely = ["--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"];
	try {
		const { exitCode, stdout } = Bun.spawnSync(
			["git", ...safely, command, ...options, "--", basename(path)],
			{
				cwd: dirname(path),
				stdin: "ignore",
				stdout: "pipe",
				stderr: "ignore",
				timeout: TIMEOUT_MILLISECONDS,
			},
		);
		return exitCode === 0 ? stdout.toString() : undefined;
	} catch {
		return undefined;
	}
}
