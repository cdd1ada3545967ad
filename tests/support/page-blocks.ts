/** Runs the shell blocks of a page, as its readers would, on the binary under test. */
import { symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Block } from "./markdown.ts";
import { PPROTECT, scratchFolder } from "./pprotect.ts";
import { runInTerminal, type TerminalResult } from "./pty.ts";

/** PATH, with the binary under test as `pprotect`. */
export const PATH = [folderWithPprotect(), process.env.PATH].join(delimiter);

function folderWithPprotect(): string {
	const folder = scratchFolder();
	symlinkSync(PPROTECT, join(folder, "pprotect"));
	return folder;
}

/** The questions that commands ask. */
const QUESTION = /(?:email|name|owner|passphrase|value)(?: \[.*\])?: $/i;

/** Runs a block in a terminal of its own, and types its answers as the questions come. */
export function runBlock(
	{ code, answers }: Pick<Block, "code" | "answers">,
	cwd: string,
): Promise<TerminalResult> {
	return runInTerminal(["sh", "-e", "-c", code], {
		cwd,
		env: { PATH, HOME: cwd, TERM: "dumb" },
		size: [200, 50],
		steps: answers.map((answer) => ({ expect: QUESTION, send: `${answer}\r` })),
		timeoutMilliseconds: 240_000,
	});
}
