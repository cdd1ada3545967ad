/** execvp(3), made of execve(2): with the PATH of the new environment, and alike on every C library. */
import { ptr, read } from "bun:ffi";
import { closeSync, openSync, readSync } from "node:fs";
import { openLibc } from "../libc.ts";
import type { ByteString } from "./bytes.ts";
import { variable } from "./environment.ts";
import {
	cannotRun,
	EACCES,
	ENODEV,
	ENOENT,
	ENOEXEC,
	ENOTDIR,
	ESTALE,
	ETIMEDOUT,
	notInPath,
} from "./error.ts";

/** Failures after which a search goes on with the next folder. */
const PASSED_OVER: ReadonlySet<number> = new Set([
	ENOENT,
	EACCES,
	ENODEV,
	ENOTDIR,
	ESTALE,
	ETIMEDOUT,
]);

/** Where commands are without a PATH: confstr(_CS_PATH). Never the current folder. */
const DEFAULT_PATH = "/bin:/usr/bin";
/** What runs a script that names no interpreter. */
const SHELL = "/bin/sh";

/**
 * Replaces the program of this process by `argv`, a command and its arguments, by the rules of
 * execvp(3). A command without a slash is looked for in the PATH of `environment`, whose empty
 * entries mean the current folder; a text without `#!` is run by sh.
 *
 * @throws ExecError where nothing can be run.
 */
export function replaceProgram(
	argv: readonly ByteString[],
	environment: readonly ByteString[],
): never {
	const [command = ""] = argv;
	const execute = bindExecve(environment);
	if (command.includes("/")) {
		throw cannotRun(command, runFile(execute, command, argv), environment);
	}
	let denied: ByteString | undefined;
	for (const path of candidates(command, environment)) {
		const code = runFile(execute, path, argv);
		if (!PASSED_OVER.has(code)) throw cannotRun(path, code, environment);
		if (code === EACCES) denied ??= path;
	}
	throw denied === undefined ? notInPath(command) : cannotRun(denied, EACCES, environment);
}

/** The files that a command without a slash may mean, in the order of trying. */
function candidates(command: ByteString, environment: readonly ByteString[]): ByteString[] {
	if (command === "") return [];
	const folders = (variable(environment, "PATH") ?? DEFAULT_PATH).split(":");
	return folders.map((folder) => `${folder === "" ? "." : folder}/${command}`);
}

/** execve(2) in one environment; returns why it failed (errno). */
type Execute = (path: ByteString, argv: readonly ByteString[]) => number;

function runFile(execute: Execute, path: ByteString, argv: readonly ByteString[]): number {
	const code = execute(path, argv);
	if (code === ENOEXEC && isText(path)) execute(SHELL, [SHELL, path, ...argv.slice(1)]);
	return code;
}

function bindExecve(environment: readonly ByteString[]): Execute {
	const libc = openLibc({ execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" } });
	const errno = errnoAddress();
	const variables = stringTable(environment);
	return (path, argv) => {
		libc.execve(Buffer.from(`${path}\0`, "latin1"), stringTable(argv), variables);
		// Nothing in between calls the system, so this still is what execve left.
		return read.i32(errno);
	};
}

/** Where the C library keeps this thread's errno. */
function errnoAddress(): number {
	const address =
		process.platform === "darwin"
			? openLibc({ __error: { args: [], returns: "ptr" } }).__error()
			: openLibc({ __errno_location: { args: [], returns: "ptr" } }).__errno_location();
	return Number(address);
}

/** A C `char **` that a null pointer ends, with its strings behind it in one piece of memory. */
export function stringTable(strings: readonly ByteString[]): Uint8Array {
	const block = strings.join("\0");
	const tableSize = (strings.length + 1) * 8;
	// One more byte ends the last string; new memory is zero.
	const memory = new ArrayBuffer(tableSize + block.length + 1);
	Buffer.from(memory, tableSize).write(block, "latin1");
	const table = new BigUint64Array(memory, 0, strings.length + 1);
	let address = ptr(memory) + tableSize;
	let i = 0;
	for (const text of strings) {
		table[i++] = BigInt(address);
		address += text.length + 1;
	}
	return new Uint8Array(memory);
}

/** As bash tells a script from another machine's program: no NUL byte in the first line. */
function isText(path: ByteString): boolean {
	try {
		const start = Buffer.alloc(128);
		const file = openSync(Buffer.from(path, "latin1"), "r");
		const length = readSync(file, start);
		closeSync(file);
		const [line = ""] = start.toString("latin1", 0, length).split("\n", 1);
		return !line.includes("\0");
	} catch {
		return false;
	}
}
