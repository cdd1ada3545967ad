/**
 * An exclusive flock(2) on a folder: it leaves nothing in the folder, and the kernel frees it
 * when its holder ends, however that happens. On POSIX systems, under Bun.
 */
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { openLibc } from "../libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

function bindFlock() {
	return openLibc({ flock: { args: ["i32", "i32"], returns: "i32" } });
}
let libc: ReturnType<typeof bindFlock> | undefined;

/**
 * Locks `folder` without waiting. Where its file system has no locks, it counts as locked:
 * the store's comparison before each write is then the only guard.
 *
 * @returns what releases the lock, or undefined while another process holds it.
 * @throws the system's error where the folder cannot be opened.
 */
export function tryLock(folder: string): (() => void) | undefined {
	libc ??= bindFlock();
	const { flock } = libc;
	// Opened anew at each try, so that a folder put in this one's place is the one locked.
	const fd = openSync(folder, "r");
	if (flock(fd, LOCK_EX | LOCK_NB) === 0 || !hasLocks(flock, fd)) return () => closeSync(fd);
	closeSync(fd);
	return undefined;
}

/**
 * Whether a lock can be had at all, once one could not: letting go of none succeeds then.
 * (`errno` would tell, but the runtime may have overwritten it by the time it is asked.)
 */
function hasLocks(flock: (fd: number, operation: number) => number, fd: number): boolean {
	return flock(fd, LOCK_UN) === 0;
}

/**
 * Names the process that holds the lock on `folder`, as in `process 4711 (pprotect)`;
 * undefined where the system does not tell (it does on linux, within one PID namespace).
 */
export function lockHolder(folder: string): string | undefined {
	try {
		const place = lockPlace(folder);
		const lock = readFileSync("/proc/locks", "latin1")
			.split("\n")
			.map((line) => line.trim().split(/\s+/))
			.find(([, kind, , mode, , at]) => kind === "FLOCK" && mode === "WRITE" && at === place);
		const pid = Number(lock?.[4]);
		return pid > 0 ? `process ${pid}${programName(pid)}` : undefined;
	} catch {
		return undefined;
	}
}

/** `MAJOR:MINOR:INODE` as proc_locks(5) writes it: the device in hexadecimal. */
function lockPlace(folder: string): string {
	const { dev, ino } = statSync(folder, { bigint: true });
	const major = (dev >> 8n) & 0xfffn;
	const minor = (dev & 0xffn) | ((dev >> 12n) & 0xfff00n);
	const hex = (part: bigint) => part.toString(16).padStart(2, "0");
	return `${hex(major)}:${hex(minor)}:${ino}`;
}

/** ` (NAME)`, or nothing for a name that does not belong on a terminal. */
function programName(pid: number): string {
	const name = readFileSync(`/proc/${pid}/comm`, "latin1").trimEnd();
	return /^[\w.+:-]+$/.test(name) ? ` (${name})` : "";
}
