/**
 * Windows has no lock on a folder; a named mutex stands in for it. The kernel frees it when
 * its holder ends, and it leaves nothing on the disk.
 */

import { dlopen } from "bun:ffi";
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";

/** Results of WaitForSingleObject that make us the holder: signalled, or left by the dead. */
const ACQUIRED: readonly number[] = [0x00, 0x80];

function bindKernel32() {
	return dlopen("kernel32.dll", {
		CreateMutexW: { args: ["ptr", "i32", "ptr"], returns: "ptr" },
		WaitForSingleObject: { args: ["ptr", "u32"], returns: "u32" },
		ReleaseMutex: { args: ["ptr"], returns: "i32" },
		CloseHandle: { args: ["ptr"], returns: "i32" },
	}).symbols;
}
let library: ReturnType<typeof bindKernel32> | undefined;

/** A thread may acquire its own mutex again, so what this process holds is noted here. */
const held = new Set<string>();

/**
 * Locks `folder` without waiting.
 *
 * @returns what releases the lock, or undefined while another holds it.
 * @throws the system's error where the folder does not exist.
 */
export function tryLock(folder: string): (() => void) | undefined {
	library ??= bindKernel32();
	const kernel32 = library;
	const name = mutexName(folder);
	if (held.has(name)) return undefined;
	const mutex = kernel32.CreateMutexW(null, 0, Buffer.from(`${name}\0`, "utf16le"));
	// Another user's mutex is there only while it is in use, and cannot be opened.
	if (mutex === null) return undefined;
	if (!ACQUIRED.includes(kernel32.WaitForSingleObject(mutex, 0))) {
		kernel32.CloseHandle(mutex);
		return undefined;
	}
	held.add(name);
	return () => {
		held.delete(name);
		kernel32.ReleaseMutex(mutex);
		kernel32.CloseHandle(mutex);
	};
}

/** Windows does not tell who holds a mutex. */
export function lockHolder(_folder: string): string | undefined {
	return undefined;
}

/** One name for all sessions of the machine; a mutex's name may hold no backslash of a path. */
function mutexName(folder: string): string {
	const path = realpathSync.native(folder).toLowerCase();
	return `Global\\pprotect-${createHash("sha256").update(path).digest("hex")}`;
}
