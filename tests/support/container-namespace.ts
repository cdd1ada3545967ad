/** New PID namespaces, in which the program that starts is process 1, as in a container. */
import { readFileSync } from "node:fs";

const UNSHARE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Whether this machine lets us. */
export const canBeFirst =
	Bun.which("unshare") !== null && Bun.spawnSync([...UNSHARE, "true"]).exitCode === 0;

/** For the title of what needs it. */
export const FIRST = "as PID 1 (needs root, unshare)";

/** A command line that runs `command` as PID 1 with a /proc of its own, and ends as it does. */
export function asFirst(command: readonly string[]): string[] {
	return [...UNSHARE, ...command];
}

/** The first process that `pid` started and that still runs; its number as we see it. */
export function childOf(pid: number): number | undefined {
	const [first = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
	return first === "" ? undefined : Number(first);
}
