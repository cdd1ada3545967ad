/** The limits that the system sets a process, getrlimit(2). */
import { readFileSync } from "node:fs";
import { openLibc } from "./libc.ts";

/** `RLIMIT_NOFILE` of linux's sys/resource.h. */
const RLIMIT_NOFILE = 7;

/**
 * Gives the soft limit of open files back, which the runtime raises to the hard one: programs
 * that use select(2), or close all descriptors that there could be, count on a low one.
 *
 * The kernel does not keep the old value, but our caller had most likely the same. Where it
 * cannot be known (as PID 1, or on macos) or was set for us (the hard limits differ), it stays.
 */
export function restoreOpenFileLimit(): void {
	if (process.platform !== "linux") return;
	const ours = openFileLimit("self");
	const callers = openFileLimit(process.ppid);
	if (ours === undefined || callers === undefined) return;
	if (ours.hard !== callers.hard || ours.soft <= callers.soft) return;
	const libc = openLibc({ setrlimit: { args: ["i32", "ptr"], returns: "i32" } });
	libc.setrlimit(RLIMIT_NOFILE, BigUint64Array.of(BigInt(callers.soft), BigInt(ours.hard)));
}

function openFileLimit(process: number | "self"): { soft: number; hard: number } | undefined {
	try {
		const limits = readFileSync(`/proc/${process}/limits`, "latin1");
		const [, soft, hard] = /^Max open files +(\d+) +(\d+)/m.exec(limits) ?? [];
		if (soft === undefined || hard === undefined) return undefined;
		return { soft: Number(soft), hard: Number(hard) };
	} catch {
		return undefined;
	}
}
