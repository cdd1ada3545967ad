import { existsSync, type Stats, statSync } from "node:fs";
import { ProtectError, type ProtectErrorOptions } from "../../errors.ts";
import { openLibc } from "../libc.ts";
import { type ByteString, quoted } from "./bytes.ts";
import { variableName } from "./environment.ts";

/** What execve(2) leaves in errno: numbers of errno.h, on linux and macos alike unless said. */
export const ENOENT = 2;
export const E2BIG = 7;
export const ENOEXEC = 8;
export const EACCES = 13;
export const ENODEV = 19;
export const ENOTDIR = 20;
/** A folder of a network that is gone. */
export const ESTALE = process.platform === "darwin" ? 70 : 116;
export const ETIMEDOUT = process.platform === "darwin" ? 60 : 110;

/** The command was not found (exit 127) or cannot be run (exit 126); nothing has been run. */
export class ExecError extends ProtectError {
	override readonly name = "ExecError";
	/** As shells and env(1) have it. */
	override readonly exitCode: 126 | 127;

	constructor(exitCode: 126 | 127, message: string, options?: string | ProtectErrorOptions) {
		super(message, options);
		this.exitCode = exitCode;
	}
}

/** linux's limit for a single argument or variable: MAX_ARG_STRLEN less the NUL. */
const MAXIMUM_STRING = 131_071;

/** The error for a command that no folder of PATH holds. */
export function notInPath(command: ByteString): ExecError {
	const hint = "check its spelling and PATH, or give the path of its file";
	return new ExecError(127, `command ${quoted(command)} not found`, hint);
}

/**
 * The error for a file that execve(2) refused with `code`, an errno; `environment` is what it
 * was to get.
 */
export function cannotRun(
	file: ByteString,
	code: number,
	environment: readonly ByteString[],
): ExecError {
	const start = `cannot run ${quoted(file)}: `;
	switch (code) {
		case ENOENT:
			if (!isPresent(file)) return new ExecError(127, `${start}there is no such file`);
			return new ExecError(127, `${start}the interpreter or loader that it names does not exist`);
		case EACCES:
			return denied(file, start);
		case ENOEXEC:
			return new ExecError(126, `${start}it is neither a program for this machine nor a script`);
		case E2BIG:
			return new ExecError(126, `${start}${tooBig(environment)}`, "pass large values as files");
		default:
			return new ExecError(126, `${start}${errnoText(code)}`);
	}
}

function denied(file: ByteString, start: string): ExecError {
	const entry = entryOf(file);
	if (entry?.isDirectory()) return new ExecError(126, `${start}it is a folder`);
	const hint = entry
		? "make it executable (chmod +x)"
		: "a folder on the way to it, perhaps one of PATH, is closed to this user";
	return new ExecError(126, `${start}permission denied`, hint);
}

function isPresent(file: ByteString): boolean {
	return existsSync(Buffer.from(file, "latin1"));
}

/** undefined where the system does not let us look. */
function entryOf(file: ByteString): Stats | undefined {
	try {
		return statSync(Buffer.from(file, "latin1"));
	} catch {
		return undefined;
	}
}

function tooBig(environment: readonly ByteString[]): string {
	const large = environment.find((entry) => entry.length > MAXIMUM_STRING);
	const name = large && variableName(large);
	if (name !== undefined) return `the variable ${quoted(name)} is longer than the system takes`;
	return "its arguments and environment are together longer than the system takes";
}

/** strerror(3), as it reads in the middle of a sentence. */
function errnoText(code: number): string {
	const text = openLibc({ strerror: { args: ["i32"], returns: "cstring" } }).strerror(code);
	return text === null ? `error ${code}` : text.charAt(0).toLowerCase() + text.slice(1);
}
