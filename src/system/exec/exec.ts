/**
 * Hands this process over to a command, with secrets added to its environment. On linux and
 * macos the command takes our place: same process, parent, standard streams, folder, limits;
 * nothing of ours is left. On windows it runs as a child.
 */
import { ProtectError } from "../../errors.ts";
import { releaseMemory } from "../core-dumps.ts";
import { restoreOpenFileLimit } from "../limits.ts";
import { letSignalsArrive } from "../signals/catch.ts";
import { toByteString } from "./bytes.ts";
import { type Descriptors, passOn } from "./descriptors.ts";
import { changeEnvironment, type EnvironmentChanges, readEnvironment } from "./environment.ts";
import { restoreSignals } from "./inheritance.ts";
import { createMemoryFile } from "./memory-file.ts";
import { replaceProgram } from "./posix.ts";
import { runChild } from "./windows.ts";

export { rawArguments } from "./arguments.ts";
export { inheritedDescriptors } from "./descriptors.ts";
export { ExecError } from "./error.ts";

/** A command and what becomes of its environment. */
export interface ExecRequest extends EnvironmentChanges {
	/** The command, looked for in the PATH that it will see, and its arguments: text or bytes. */
	readonly argv: readonly (string | Uint8Array)[];
	/** Variables to hold the path of a sealed memory file with these bytes; on linux alone. */
	readonly files?: ReadonlyMap<string, Uint8Array>;
	/** The mode of these files; 0400 unless given. */
	readonly fileMode?: number;
	/** What our caller had open, as it was when this program began: it stays open. */
	readonly descriptors: Descriptors;
}

/**
 * Runs the command of `request` in place of this program and does not return. On windows,
 * where that cannot be, it returns the command's exit code once that has ended.
 *
 * @throws ProtectError where the request cannot be met: a name or value that no environment
 * can hold, no command, no memory files; nothing has been run then.
 * @throws ExecError where the command is not found (127) or cannot be run (126).
 */
export async function exec(request: ExecRequest): Promise<number> {
	checkRequest(request);
	// The command has no key of ours; and what is handed on is read from files that the guard closes.
	releaseMemory();
	if (process.platform === "win32") return runChild(request.argv.map(toText), withFiles(request));
	// As PID 1, where a listener ends us, one that has come would be lost with this program.
	await letSignalsArrive();
	return replaceProcess(request);
}

function replaceProcess(request: ExecRequest): never {
	passOn(request.descriptors);
	// Memory files come after, and so stay open.
	const environment = changeEnvironment(readEnvironment(), withFiles(request));
	restoreOpenFileLimit();
	const undo = restoreSignals();
	try {
		return replaceProgram(request.argv.map(toByteString), environment);
	} finally {
		undo();
	}
}

/** The changes of `request` with its files made, and their paths among the variables. */
function withFiles(request: ExecRequest): EnvironmentChanges {
	const files = Array.from(request.files ?? [], ([name, bytes]) => {
		return [name, createMemoryFile(bytes, request.fileMode)] as const;
	});
	return { ...request, set: new Map([...request.set, ...files]) };
}

function checkRequest({ argv, set, files }: ExecRequest): void {
	if (argv.length === 0) throw new ProtectError("there is no command to run");
	if (argv.some((argument) => toByteString(argument).includes("\0"))) {
		throw new ProtectError("an argument of the command holds a NUL byte");
	}
	for (const name of [...set.keys(), ...(files?.keys() ?? [])]) {
		if (name === "" || /[=\0]/.test(name)) {
			throw new ProtectError(`${JSON.stringify(name)} cannot be the name of a variable`);
		}
	}
	for (const [name, value] of set) {
		if (!value.includes("\0")) continue;
		const hint = "pass it as a file, with --as-file";
		throw new ProtectError(`the value for the variable ${name} holds a NUL byte`, hint);
	}
}

function toText(argument: string | Uint8Array): string {
	return typeof argument === "string" ? argument : Buffer.from(argument).toString("utf8");
}
