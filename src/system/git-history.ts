import { basename, dirname } from "node:path";
import { ProtectError } from "../errors.ts";
import { followLinks } from "./follow-links.ts";
import { gitOutput } from "./git.ts";

/**
 * Whether git knows a file's content, so that others may know it too: `tracked` for a file in
 * the index of the repository that it lies in, `history` for a path that any branch, tag or stash
 * has or once had. Undefined otherwise, and where there is no git.
 *
 * @throws the system's error where there is no such file.
 */
export function gitKnowledgeOf(path: string): "tracked" | "history" | undefined {
	const file = followLinks(path);
	const ask = (command: string, option: string) => {
		const question = ["--literal-pathspecs", command, option, "--", basename(file)];
		return gitOutput(dirname(file), question);
	};
	try {
		if (ask("ls-files", "--error-unmatch") !== undefined) return "tracked";
		return ask("rev-list", "--all") ? "history" : undefined;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
