/**
 * Being told to end while we work, before the command has our place.
 *
 * By default SIGTERM, SIGINT and SIGHUP end a process at once, wherever it is, and its parent
 * sees by which; that cannot be bettered. Only for PID 1 of a container the kernel drops them
 * unless somebody listens.
 */
import { readFileSync } from "node:fs";
import { ENDING_SIGNAL_NAMES, ENDING_SIGNALS } from "./ending-signals.ts";

/**
 * Makes the signals that ask a process to end do so as PID 1 too, with 128 and their number as
 * exit code, the next time the event loop turns. A signal that we were started to ignore (by
 * nohup) stays ignored. A command that takes our place has all defaults again.
 */
export function exitOnTermination(): void {
	if (process.pid !== 1) return;
	const ignored = ignoredSignals();
	for (const name of ENDING_SIGNAL_NAMES) {
		const number = ENDING_SIGNALS[name];
		if ((ignored & (1n << BigInt(number - 1))) !== 0n) continue;
		process.on(name, () => process.exit(128 + number));
	}
}

/** The mask of signals that this process ignores, signal 1 as the lowest bit. */
function ignoredSignals(): bigint {
	const [, mask = "0"] =
		/^SigIgn:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
	return BigInt(`0x${mask}`);
}

/** Lets a signal that has come act before the program is replaced, which would swallow it. */
export async function letSignalsArrive(): Promise<void> {
	if (process.pid !== 1) return;
	await new Promise((resolve) => setImmediate(resolve));
}
