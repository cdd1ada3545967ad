/** What a program asks of the kernel, by strace(1). */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Outcome, type RunOptions, run } from "./exec-driver-process.ts";
import { scratchFolder } from "./pprotect.ts";

/** Whether this machine lets us. */
export const canTrace =
	Bun.which("strace") !== null &&
	Bun.spawnSync(["strace", "-o", "/dev/null", "true"]).exitCode === 0;

/** For the title of what needs it. */
export const TRACE = "(needs strace)";

export interface Trace extends Outcome {
	/** As strace writes them, without the thread's number: `close(3) = 0`. */
	readonly calls: readonly string[];
}

/** Runs a program to its end, and gives the calls of all its threads that `classes` names. */
export function trace(classes: string, command: readonly string[], options: RunOptions): Trace {
	const folder = scratchFolder();
	const file = join(folder, "trace");
	const strace = ["strace", "-f", "-qq", "-s", "1000", "-e", `trace=${classes}`, "-o", file];
	const outcome = run([...strace, ...command], options);
	const calls = wholeCalls(readFileSync(file, "latin1"));
	rmSync(folder, { recursive: true });
	return { ...outcome, calls };
}

/** The calls of `text`; what another thread's came in between of is put together again. */
function wholeCalls(text: string): string[] {
	const started = new Map<string, string>();
	const calls: string[] = [];
	for (const line of text.split("\n")) {
		const [, thread = "", call = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
		const [, start] = /^(.*) <unfinished \.\.\.>$/.exec(call) ?? [];
		const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(call) ?? [];
		if (start !== undefined) started.set(thread, start);
		else if (end !== undefined) calls.push((started.get(thread) ?? "") + end);
		else if (call !== "") calls.push(call);
	}
	return calls;
}
