/** Keeps the memory of a process that holds a key from the disk and from other processes. */
import { openLibc } from "./libc.ts";

/** `RLIMIT_CORE` of sys/resource.h, on linux and macos alike. */
const RLIMIT_CORE = 4;
/** linux/prctl.h. */
const PR_GET_DUMPABLE = 3;
const PR_SET_DUMPABLE = 4;

/** What was before, for the program that takes our place. */
const undo: (() => void)[] = [];

/**
 * Keeps this process, and those that it starts from now on, from leaving their memory on the disk
 * when they crash.
 */
export function forbidCoreDumps(): void {
	if (process.platform === "win32") return;
	const libc = openLibc({
		getrlimit: { args: ["i32", "ptr"], returns: "i32" },
		setrlimit: { args: ["i32", "ptr"], returns: "i32" },
	});
	/** The soft limit and the hard one, which only root could raise again. */
	const limits = new BigUint64Array(2);
	if (libc.getrlimit(RLIMIT_CORE, limits) !== 0) return;
	const before = limits.slice();
	limits[0] = 0n;
	libc.setrlimit(RLIMIT_CORE, limits);
	undo.push(() => libc.setrlimit(RLIMIT_CORE, before));
}

/**
 * The same, and keeps other processes of the same user from reading this one's memory, where the
 * system offers that. Files of ours in /proc can then be read by root alone, `/dev/fd/N` among them,
 * so that a command has to have read what it takes from there.
 */
export function guardMemory(): void {
	forbidCoreDumps();
	if (process.platform !== "linux") return;
	const libc = openLibc({
		prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
	});
	const before = libc.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	if (before === 0) return;
	libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	undo.push(() => libc.prctl(PR_SET_DUMPABLE, before, 0, 0, 0));
}

/** Gives everything back, for a program that takes our place and holds no key of ours. */
export function releaseMemory(): void {
	for (const restore of undo.splice(0).toReversed()) restore();
}
