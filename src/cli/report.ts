/** The one place where an error becomes words on stderr and an exit code. */
import { ListedError, ProtectError } from "../errors.ts";
import { writeStderr } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";

/**
 * Says what went wrong as `pprotect: error: …` and `pprotect: hint: …`.
 *
 * @returns the exit code.
 */
export function report(error: unknown, isDebugging: boolean): number {
	if (error instanceof ProtectError) {
		const hint = error.hint === undefined ? "" : `pprotect: hint: ${printableLine(error.hint)}\n`;
		writeStderr(`pprotect: error: ${printableLine(error.message)}${detailsOf(error)}\n${hint}`);
		if (isDebugging) writeStderr(stackOf(error));
		return error.exitCode;
	}
	// The message of an error that nobody foresaw may quote anything, a secret among it.
	const name = error instanceof Error ? error.name : typeof error;
	writeStderr(
		`pprotect: error: internal error (${name}); this is a bug in pprotect\n${isDebugging ? stackOf(error) : "pprotect: hint: PPROTECT_DEBUG=1 shows where it happened\n"}`,
	);
	return 1;
}

function detailsOf(error: ProtectError): string {
	if (!(error instanceof ListedError)) return "";
	return `:${error.details.map((detail) => `\n  ${printableLine(detail)}`).join("")}`;
}

/** Where an error happened, without its message. */
function stackOf(error: unknown): string {
	const stack = error instanceof Error ? (error.stack ?? "") : "";
	const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
	return frames.map((frame) => `${frame}\n`).join("");
}
