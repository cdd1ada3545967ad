/**
 * What a process hands on to the program that replaces it, besides arguments and environment:
 * signals, descriptors, limits. The runtime changes all three as it starts; here they are put
 * back to what our caller gave us.
 */
import { readdirSync } from "node:fs";
import { openLibc } from "../libc.ts";
import type { ByteString } from "./bytes.ts";
import { variable } from "./environment.ts";

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

/** `close_range(2)`, on every linux architecture; C libraries have it late, or never. */
const SYS_CLOSE_RANGE = 436;
/** linux/close_range.h: a descriptor table of our own, and close-on-exec set in it. */
const CLOSE_RANGE_UNSHARE = 0x2;
const CLOSE_RANGE_CLOEXEC = 0x4;
/** `ioctl(2)` that sets close-on-exec; unlike fcntl's it takes no variadic argument. */
const FIOCLEX = process.platform === "darwin" ? 0x20006601 : 0x5451;
const FIONCLEX = process.platform === "darwin" ? 0x20006602 : 0x5450;
/** The first descriptor after standard input, output and error. */
const FIRST = 3;

/**
 * Lets every descriptor that is open now end with this program, save standard input, output
 * and error. What our caller opened is among them: the runtime leaves no mark to tell it by.
 */
export function closeDescriptorsOnExec(): void {
	if (process.platform === "linux" && closeRange()) return;
	const libc = openLibc({ ioctl: { args: ["i32", "u64"], returns: "i32" } });
	const folder = process.platform === "linux" ? "/proc/self/fd" : "/dev/fd";
	for (const name of readdirSync(folder)) {
		const descriptor = Number(name);
		if (descriptor >= FIRST) libc.ioctl(descriptor, FIOCLEX);
	}
}

/** The table is unshared so that it shrinks to what is open: the runtime stretches it to 1024. */
function closeRange(): boolean {
	const libc = openLibc({ syscall: { args: ["i64", "u32", "u32", "u32"], returns: "i32" } });
	const flags = CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC;
	return libc.syscall(SYS_CLOSE_RANGE, FIRST, 0xffffffff, flags) === 0;
}

/**
 * Keeps the sockets open that a service manager hands to this very process, and so to the
 * command, by LISTEN_FDS and LISTEN_PID (sd_listen_fds(3)).
 */
export function keepListeningSockets(environment: readonly ByteString[]): void {
	if (variable(environment, "LISTEN_PID") !== String(process.pid)) return;
	const count = Number(variable(environment, "LISTEN_FDS"));
	const libc = openLibc({ ioctl: { args: ["i32", "u64"], returns: "i32" } });
	for (let descriptor = FIRST; descriptor < FIRST + count; descriptor++) {
		if (libc.ioctl(descriptor, FIONCLEX) === -1) return;
	}
}
