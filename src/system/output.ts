/**
 * Standard output and standard error, written at once and whole.
 *
 * Never process.stdout: loading it costs more than most commands take, and what it still holds is
 * lost when the process ends.
 */
import { fstatSync, writeSync } from "node:fs";
import { ProtectError } from "../errors.ts";
import { openLibc } from "./libc.ts";
import { osErrorCode, osErrorText } from "./os-error.ts";
import { waitFor } from "./wait.ts";

const STDOUT = 1;
const STDERR = 2;

/**
 * Writes all of `bytes`, however many writes that takes; waits where a non-blocking pipe is full.
 *
 * @throws the system's error.
 */
export function writeFully(fd: number, bytes: Uint8Array): void {
	let written = 0;
	while (written < bytes.length) {
		try {
			written += writeSync(fd, bytes, written, bytes.length - written);
		} catch (error) {
			if (osErrorCode(error) !== "EAGAIN") throw error;
			waitFor(fd, "write", 1000);
		}
	}
}

/**
 * Writes a result to standard output.
 *
 * @throws ProtectError where that fails: a full disk, a reader that is gone (which must not look
 *   like a delivered secret), a closed standard output.
 */
export function writeStdout(data: string | Uint8Array): void {
	try {
		if (isOpenedByRuntime(STDOUT)) throw new ProtectError("it is closed");
		writeFully(STDOUT, typeof data === "string" ? new TextEncoder().encode(data) : data);
	} catch (error) {
		throw new ProtectError(`cannot write to standard output: ${osErrorText(error)}`, {
			cause: error,
		});
	}
}

/** Writes a prompt, a notice or an error to standard error. Failures are ignored: there is nowhere left to report them. */
export function writeStderr(text: string): void {
	try {
		writeFully(STDERR, new TextEncoder().encode(text));
	} catch {
		// There is no other place to say so.
	}
}

/** Whether `fd` is a terminal. */
export function isTerminal(fd: number): boolean {
	if (process.platform === "win32") return process.getBuiltinModule("node:tty").isatty(fd);
	if (!isCharacterDevice(fd)) return false;
	// Not node:tty: it loads the network modules, which costs as much as starting does.
	return openLibc({ isatty: { args: ["i32"], returns: "i32" } }).isatty(fd) === 1;
}

function isCharacterDevice(fd: number): boolean {
	try {
		return fstatSync(fd).isCharacterDevice();
	} catch {
		return false;
	}
}

/**
 * Whether `fd` was closed when we started. Bun then opens /dev/null in its place, where results
 * would vanish; what a process inherits never has the close-on-exec flag, that one has.
 */
function isOpenedByRuntime(fd: number): boolean {
	if (process.platform === "win32" || !isCharacterDevice(fd)) return false;
	const F_GETFD = 1;
	const FD_CLOEXEC = 1;
	const libc = openLibc({ fcntl: { args: ["i32", "i32"], returns: "i32" } });
	return (libc.fcntl(fd, F_GETFD) & FD_CLOEXEC) !== 0;
}
