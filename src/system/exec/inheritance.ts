/**
 * The signals that the program inherits which replaces this one: the runtime changes some as it
 * starts; here they are put back to what our caller gave us.
 */
import { openLibc } from "../libc.ts";

/** signal.h, on linux and macos alike, as the two that the runtime ignores. */
const SIGPIPE = 13;
const SIGXFSZ = 25;
/** `SIG_DFL` of signal.h. */
const SIG_DFL = null;
const SIG_SETMASK = process.platform === "darwin" ? 3 : 2;
/** The size of linux's `sigset_t`; macos's has 4 bytes. */
const SIGSET_SIZE = 128;

/**
 * Sets SIGPIPE and SIGXFSZ to their default and empties the signal mask. Other signals keep
 * what our caller chose: one that nohup(1) made us ignore stays ignored.
 *
 * Returns what undoes the first, for when there turns out to be nothing to hand over to:
 * the runtime counts on these signals being ignored.
 */
export function restoreSignals(): () => void {
	const libc = openLibc({
		signal: { args: ["i32", "ptr"], returns: "ptr" },
		sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
	});
	const before = [SIGPIPE, SIGXFSZ].map(
		(signal) => [signal, libc.signal(signal, SIG_DFL)] as const,
	);
	libc.sigprocmask(SIG_SETMASK, new Uint8Array(SIGSET_SIZE), null);
	return () => {
		for (const [signal, handler] of before) libc.signal(signal, handler);
	};
}
