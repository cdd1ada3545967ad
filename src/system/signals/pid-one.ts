/**
 * Being told to end while we work, before the command has our place.
 *
 * By default SIGTERM, SIGINT and SIGHUP end a process at once, wherever it is, and its parent
 * sees by which; that cannot be bettered. Only for PID 1 of a container the kernel drops them
 * unless somebody listens.
 */
import { catchSignals } from "./catch.ts";
import { ENDING_SIGNAL_NAMES, exitCodeFor } from "./ending.ts";

/**
 * Makes the signals that ask a process to end do so as PID 1 too, with 128 and their number as
 * exit code, the next time the event loop turns. A command that takes our place has all defaults
 * again.
 */
export async function exitOnTermination(): Promise<void> {
	if (process.pid !== 1) return;
	await catchSignals(ENDING_SIGNAL_NAMES, (name) => process.exit(exitCodeFor(name)));
}
