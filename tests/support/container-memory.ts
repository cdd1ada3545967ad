/** Control groups of our own, to run programs with as little memory as a container may have. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, type RunOptions, runInShell } from "./exec-driver-process.ts";

export const MIB = 2 ** 20;

/** For the title of what needs it. */
export const MEMORY_GROUP = "(needs root, and a memory control group to write to)";

/** Where groups can be made, and the file that holds a group's limit: version 2, then 1. */
const PLACES = [
	["/sys/fs/cgroup", "memory.max"],
	[join("/sys/fs/cgroup/memory", ownGroup()), "memory.limit_in_bytes"],
	["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
] as const;

/** Whether this machine lets us make one, and start a program in it. */
export const canLimitMemory = probe();

/** Runs a program to its end where it may use no more than `limit` bytes. */
export function runWithMemory(
	limit: number,
	command: readonly string[],
	options?: RunOptions,
): Outcome {
	const group = makeGroup(limit);
	if (group === undefined) throw new Error("no control group can be made");
	try {
		const script = `echo $$ >${group}/cgroup.procs && exec "$@"`;
		return runInShell(script, command, options);
	} finally {
		rmdirSync(group);
	}
}

function probe(): boolean {
	try {
		return runWithMemory(64 * MIB, ["true"]).exitCode === 0;
	} catch {
		return false;
	}
}

function makeGroup(limit: number): string | undefined {
	for (const [parent, file] of PLACES) {
		const folder = join(parent, `pprotect-test-${process.pid}`);
		try {
			mkdirSync(folder);
		} catch {
			continue;
		}
		if (existsSync(join(folder, file))) {
			writeFileSync(join(folder, file), String(limit));
			return folder;
		}
		rmdirSync(folder);
	}
	return undefined;
}

/** Our own group of version 1, below which we may make others. */
function ownGroup(): string {
	if (!existsSync("/proc/self/cgroup")) return "/";
	const groups = readFileSync("/proc/self/cgroup", "utf8");
	return /^\d+:memory:(.*)$/m.exec(groups)?.[1] ?? "/";
}
