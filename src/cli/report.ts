/** The one place where an error becomes words on stderr and an exit code. */

import { ListedError, ProtectError } from "../errors.ts";
import { writeStderr } from "../system/output.ts";
import { hint, error as sayError } from "../system/voice.ts";
import { withFileOption } from "./hint-file.ts";

/**
 * Says what went wrong as `pprotect: error: …` and `pprotect: hint: …`.
 *
 * @param hintFile what commands in the hint name as `--file`.
 * @returns the exit code.
 */
export function report(error: unknown, isDebugging: boolean, hintFile?: string): number {
	if (error instanceof ProtectError) {
		sayError(error.message, error instanceof ListedError ? error.details : []);
		if (error.hint !== undefined) hint(withFileOption(error.hint, hintFile));
	} else {
		// The message of an error that nobody foresaw may quote anything, a secret among it.
		sayError(`internal error (${nameOf(error)}); this is a bug in pprotect`);
		if (!isDebugging) hint("PPROTECT_DEBUG=1 shows where it happened");
	}
	if (isDebugging) writeStderr(stackOf(error));
	return error instanceof ProtectError ? error.exitCode : 1;
}

function nameOf(error: unknown): string {
	return error instanceof Error ? error.name : typeof error;
}

/** Where an error and its causes happened, without their messages. */
function stackOf(error: unknown): string {
	if (!(error instanceof Error)) return "";
	const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
	const own = frames.map((frame) => `${frame}\n`).join("");
	const { cause } = error;
	return cause === undefined ? own : `${own}  caused by ${nameOf(cause)}\n${stackOf(cause)}`;
}
