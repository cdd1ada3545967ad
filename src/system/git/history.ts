import { basename, dirname } from "node:path";
import { followLinks } from "../store/follow-links.ts";
import { gitOutput } from "./git.ts";

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
