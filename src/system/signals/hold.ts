/**
 * Keeps Ctrl-C, SIGTERM and their like from falling into the middle of a write.
 *
 * By default these kill at once, inside a system call too, and a temporary file would stay
 * behind. Masking them (pthread_sigmask) covers one thread, and the kernel then picks another
 * of the runtime's. A listener covers the process.
 */
import { catchSignals, letSignalsArrive } from "./catch.ts";
import { ENDING_SIGNAL_NAMES, type EndingSignal } from "./ending.ts";

/**
 * Runs `action`, which must be synchronous, to its end whichever signal comes, then lets that
 * signal do what it would have done: a process without handlers of its own dies of it.
 *
 * @throws what `action` throws.
 */
export async function holdSignals<Result>(action: () => Result): Promise<Result> {
	// A signal with a listener waits already.
	const names = ENDING_SIGNAL_NAMES.filter((name) => process.listenerCount(name) === 0);
	let first: EndingSignal | undefined;
	const release = await catchSignals(names, (name) => {
		first ??= name;
	});
	try {
		return action();
	} finally {
		await letSignalsArrive();
		release();
		if (first !== undefined) process.kill(process.pid, first);
	}
}
