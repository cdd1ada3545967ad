/** Hands values to the later steps of a GitHub workflow, or shows what that would take. */
import { closeSync, fstatSync, openSync } from "node:fs";
import { ProtectError } from "../errors.ts";
import { osErrorText } from "../system/os-error.ts";
import { writeFully, writeStdout } from "../system/output.ts";
import { note } from "../system/voice.ts";
import { githubEntries, githubMasks, unmaskedNames } from "../values/github.ts";

const STDOUT = 1;

/**
 * Prints the masks and appends the entries to the file `path`, which the workflow names by
 * GITHUB_ENV. The masks come first: what a step prints is read at once, the file when it has ended.
 * Outside of a workflow, without `path`, all is printed.
 *
 * @throws ProtectError for values that the file cannot hold, and where it cannot be written.
 */
export function writeForGithub(
	values: ReadonlyMap<string, string>,
	path: string | undefined,
): void {
	const masks = githubMasks(values);
	const entries = githubEntries(values);
	for (const name of unmaskedNames(values)) {
		note(`${name} is too short for a mask: the log shows it where it is printed`);
	}
	if (!path) {
		writeStdout(masks + entries);
		return;
	}
	const fd = open(path);
	try {
		refuseStdout(fd);
		writeStdout(masks);
		// Whatever stands there may lack its line end; blank lines mean nothing.
		writeFully(fd, new TextEncoder().encode(`\n${entries}`));
	} catch (error) {
		throw error instanceof ProtectError ? error : unwritable(error);
	} finally {
		closeSync(fd);
	}
}

function open(path: string): number {
	try {
		return openSync(path, "a", 0o600);
	} catch (error) {
		throw unwritable(error);
	}
}

/** In that file masks would mask nothing, and the runner would print the lines it cannot read. */
function refuseStdout(fd: number): void {
	const file = fstatSync(fd);
	const stdout = fstatSync(STDOUT);
	if (file.dev !== stdout.dev || file.ino !== stdout.ino) return;
	throw new ProtectError(
		"standard output is the file that GITHUB_ENV names, where masks have no effect",
		"leave out the redirection: the entries are written to that file, the masks are for the log",
	);
}

function unwritable(error: unknown): ProtectError {
	return new ProtectError(`cannot write the file that GITHUB_ENV names: ${osErrorText(error)}`);
}
