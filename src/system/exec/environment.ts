/** The environment of the command: ours, byte for byte, less what is scrubbed, plus the secrets. */

import { type Pointer, read, toBuffer } from "bun:ffi";
import { readFileSync } from "node:fs";
import { ProtectError } from "../../errors.ts";
import { openLibc } from "../libc.ts";
import { osErrorText } from "../os-error.ts";
import { type ByteString, toByteString } from "./bytes.ts";

/** Whether the case of a variable's name means nothing. */
export const IGNORES_CASE = process.platform === "win32";

/** What becomes of the environment that we were given. */
export interface EnvironmentChanges {
	/** Variables to add; each replaces every one of its name. */
	readonly set: ReadonlyMap<string, string>;
	/** Variables to take away. */
	readonly unset: readonly string[];
	/** When given, nothing that we were given passes but these. */
	readonly keepOnly?: readonly string[];
}

/**
 * `inherited` with `changes` made, in its order and with its duplicates, additions last. An
 * entry without `=`, which no program can look up, passes unless `keepOnly` is given.
 */
export function changeEnvironment(
	inherited: readonly ByteString[],
	changes: EnvironmentChanges,
): ByteString[] {
	const removed = new Set<ByteString>();
	for (const name of changes.unset) removed.add(toByteString(name));
	for (const name of changes.set.keys()) removed.add(toByteString(name));
	const kept = changes.keepOnly && new Set(changes.keepOnly.map(toByteString));

	const changed: ByteString[] = [];
	for (const entry of inherited) {
		const name = variableName(entry);
		const passes = name === undefined ? !kept : !removed.has(name) && (!kept || kept.has(name));
		if (passes) changed.push(entry);
	}
	for (const [name, value] of changes.set) changed.push(toByteString(`${name}=${value}`));
	return changed;
}

/** The value of the first variable `name`, which is the one that getenv(3) finds. */
export function variable(
	environment: readonly ByteString[],
	name: ByteString,
): ByteString | undefined {
	const start = `${name}=`;
	for (const entry of environment) {
		if (entry.startsWith(start)) return entry.slice(start.length);
	}
	return undefined;
}

/** What stands before the first `=`; undefined where there is none. */
export function variableName(entry: ByteString): ByteString | undefined {
	const end = entry.indexOf("=");
	return end === -1 ? undefined : entry.slice(0, end);
}

/**
 * The environment that this process was started with, as it was: `process.env` loses what is
 * no UTF-8, and all but the last of a name.
 *
 * @throws ProtectError where the system does not let us read it.
 */
export function readEnvironment(): ByteString[] {
	return process.platform === "darwin" ? environmentOfLibrary() : environmentOfKernel();
}

function environmentOfKernel(): ByteString[] {
	try {
		return readFileSync("/proc/self/environ", "latin1").split("\0").slice(0, -1);
	} catch (error) {
		// The kernel hides it from whoever may run, but not read, the program's file.
		const hint = "mount /proc, and let the user read the program's file, not only run it";
		throw new ProtectError(`cannot read /proc/self/environ: ${osErrorText(error)}`, {
			hint,
			cause: error,
		});
	}
}

function environmentOfLibrary(): ByteString[] {
	const libc = openLibc({ _NSGetEnviron: { args: [], returns: "ptr" } });
	const environ = libc._NSGetEnviron();
	return environ === null ? [] : stringsAt(read.ptr(Number(environ)));
}

/** The strings of a C `char **` that a null pointer ends. */
export function stringsAt(table: Pointer | number): ByteString[] {
	const strings: ByteString[] = [];
	for (let entry = Number(table); ; entry += 8) {
		const text = read.ptr(entry);
		if (text === 0) return strings;
		strings.push(toBuffer(text).toString("latin1"));
	}
}
