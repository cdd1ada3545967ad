/**
 * Keeps Ctrl-C, SIGTERM and SIGHUP from falling into the middle of a write.
 *
 * By default these kill at once, inside a system call too, and a temporary file would stay
 * behind. Masking them (pthread_sigmask) covers one thread, and the kernel then picks another
 * of the runtime's. A listener covers the process: it replaces the default at once, only the
 * event loop runs it, and the event loop waits until synchronous code has ended.
 */
const HELD = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `action`, which must be synchronous, to its end whichever signal comes, then lets that
 * signal do what it would have done: a process without handlers of its own dies of it.
 *
 * @throws what `action` throws.
 */
export async function holdSignals<Result>(action: () => Result): Promise<Result> {
	const isIgnored = await ignoredSignals();
	// A signal with a listener waits already; an ignored one (nohup) must stay ignored,
	// which it would not once a listener is taken off again.
	const held = HELD.filter((name) => process.listenerCount(name) === 0 && !isIgnored(name));
	const arrived: NodeJS.Signals[] = [];
	const note = (name: NodeJS.Signals) => void arrived.push(name);
	for (const name of held) process.on(name, note);
	try {
		return action();
	} finally {
		await nextTurn();
		for (const name of held) process.off(name, note);
		const [first] = arrived;
		if (first !== undefined) process.kill(process.pid, first);
	}
}

/** One turn of the event loop: long enough for a signal that has come to reach its listener. */
function nextTurn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

/** Tells the signals that this process was started to ignore; Node itself resets them all. */
async function ignoredSignals(): Promise<(name: NodeJS.Signals) => boolean> {
	if (process.versions.bun === undefined || process.platform === "win32") return () => false;
	const { isIgnored } = await import("./signal-disposition.ts");
	return isIgnored;
}
