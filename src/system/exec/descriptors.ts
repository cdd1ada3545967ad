/**
 * Descriptors that our caller opened go on to the command: a process substitution, a lock, a
 * readiness or IPC channel. Those of the runtime and ours end with this program. The runtime marks
 * all of them close-on-exec as it starts, so the mark does not tell whose they are.
 */
import { fstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { openLibc } from "../libc.ts";

/** By number: what the descriptor stands for, which tells when the number has become another's. */
export type Descriptors = ReadonlyMap<number, string>;

/** The first descriptor after standard input, output and error. */
const FIRST = 3;

/**
 * The descriptors from 3 up that our caller opened. To be asked before this program opens any:
 * later the two cannot be told apart.
 */
export function inheritedDescriptors(): Descriptors {
	if (process.platform === "linux") return inheritedOnLinux();
	if (process.platform === "darwin") return inheritedOnDarwin();
	return new Map();
}

/** Lets `inherited` stay open across execve(2), as far as they still are; every other one closes. */
export function passOn(inherited: Descriptors): void {
	const isLinux = process.platform === "linux";
	const now = isLinux ? openOnLinux() : openOnDarwin();
	const mark = isLinux ? bindFcntl() : bindIoctl();
	if (!isLinux || !closeRange()) {
		for (const descriptor of now.keys()) mark(descriptor, true);
	}
	for (const [descriptor, target] of inherited) {
		if (now.get(descriptor) === target) mark(descriptor, false);
	}
}

/** Sets whether a descriptor closes on execve(2). */
type Mark = (descriptor: number, closes: boolean) => void;

/** fcntl.h, of Linux and macOS alike. */
const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

function bindFcntl(): Mark {
	// Variadic in C; on Linux such arguments go where fixed ones do.
	const libc = openLibc({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
	return (descriptor, closes) => {
		libc.fcntl(descriptor, F_SETFD, closes ? FD_CLOEXEC : 0);
	};
}

/** macOS's sys/filio.h. These take no variadic argument; on Linux they fail for O_PATH. */
const FIOCLEX = 0x20006601;
const FIONCLEX = 0x20006602;

function bindIoctl(): Mark {
	const libc = openLibc({ ioctl: { args: ["i32", "u64"], returns: "i32" } });
	return (descriptor, closes) => {
		libc.ioctl(descriptor, closes ? FIOCLEX : FIONCLEX);
	};
}

/** `close_range(2)`, on every Linux architecture; C libraries have it late, or never. */
const SYS_CLOSE_RANGE = 436;
/** linux/close_range.h: a descriptor table of our own, and close-on-exec set in it. */
const CLOSE_RANGE_UNSHARE = 0x2;
const CLOSE_RANGE_CLOEXEC = 0x4;

/** The table is unshared so that it shrinks to what is open: the runtime stretches it to 1024. */
function closeRange(): boolean {
	const libc = openLibc({ syscall: { args: ["i64", "u32", "u32", "u32"], returns: "i32" } });
	const flags = CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC;
	return libc.syscall(SYS_CLOSE_RANGE, FIRST, 0xffffffff, flags) === 0;
}

function inheritedOnLinux(): Descriptors {
	const inherited = openOnLinux();
	for (const descriptor of runtimesOwn(inherited)) inherited.delete(descriptor);
	return inherited;
}

function openOnLinux(): Map<number, string> {
	const open = new Map<number, string>();
	for (const name of readdirSync("/proc/self/fd")) {
		const target = linkTarget(`/proc/self/fd/${name}`);
		if (Number(name) >= FIRST && target !== undefined) open.set(Number(name), target);
	}
	return open;
}

/** undefined for the descriptor by which the folder itself was read. */
function linkTarget(path: string): string | undefined {
	try {
		return readlinkSync(path);
	} catch {
		return undefined;
	}
}

const ANONYMOUS = "anon_inode:";
const EVENT_POLL = "anon_inode:[eventpoll]";

/** The epoll(7) instance with which the runtime waits, and the eventfd(2) that wakes it. */
function runtimesOwn(open: Descriptors): number[] {
	const all = [...open].filter(([, target]) => target === EVENT_POLL).map(([fd]) => fd);
	const polls = all.length > 1 ? all.filter(watchesForUs) : all;
	const watched = polls.flatMap((fd) => watchList(fd).map(({ target }) => target));
	return [...polls, ...watched.filter((fd) => open.get(fd)?.startsWith(ANONYMOUS))];
}

interface Watched {
	readonly target: number;
	/** What the one who registered it gets back with an event. */
	readonly data: bigint;
}

/** What an epoll instance waits for; proc_pid_fdinfo(5). */
function watchList(poll: number): Watched[] {
	const text = readFileSync(`/proc/self/fdinfo/${poll}`, "latin1");
	return Array.from(text.matchAll(/^tfd: *(\d+) .*?\bdata: *([0-9a-f]+)/gm), ([, fd, data]) => ({
		target: Number(fd),
		data: BigInt(`0x${data}`),
	}));
}

/** The runtime gets the address of its own memory back, another process something else. */
function watchesForUs(poll: number): boolean {
	const maps = readFileSync("/proc/self/maps", "latin1");
	const areas = Array.from(maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm), ([, from, to]) => ({
		from: BigInt(`0x${from}`),
		to: BigInt(`0x${to}`),
	}));
	return watchList(poll).some(({ data }) =>
		areas.some(({ from, to }) => data >= from && data < to),
	);
}

/** sys/proc_info.h. */
const PROC_PIDLISTFDS = 1;
const PROX_FDTYPE_KQUEUE = 5;
/** `struct proc_fdinfo`: a descriptor and its type, of 32 bits each. */
const FDINFO_SIZE = 8;

/** On macOS the runtime marks what it opens itself, except for its kqueue(2). */
function inheritedOnDarwin(): Descriptors {
	const libc = openLibc({ fcntl: { args: ["i32", "i32"], returns: "i32" } });
	const inherited = [...openOnDarwin()].filter(
		([fd, target]) => target !== "" && (libc.fcntl(fd, F_GETFD) & FD_CLOEXEC) === 0,
	);
	return new Map(inherited);
}

/** A kqueue stands for the empty text. */
function openOnDarwin(): Map<number, string> {
	const libc = openLibc({
		proc_pidinfo: { args: ["i32", "i32", "u64", "ptr", "i32"], returns: "i32" },
	});
	const size = libc.proc_pidinfo(process.pid, PROC_PIDLISTFDS, 0n, null, 0);
	const table = new Int32Array(size / 4);
	const used = libc.proc_pidinfo(process.pid, PROC_PIDLISTFDS, 0n, table, size);
	const open = new Map<number, string>();
	for (let entry = 0; entry < used / FDINFO_SIZE; entry++) {
		const [descriptor = -1, type] = table.subarray(entry * 2, entry * 2 + 2);
		if (descriptor < FIRST) continue;
		open.set(descriptor, type === PROX_FDTYPE_KQUEUE ? "" : identity(descriptor));
	}
	return open;
}

function identity(descriptor: number): string {
	try {
		const { dev, ino, rdev } = fstatSync(descriptor);
		return `${dev}:${ino}:${rdev}`;
	} catch {
		return "unknown";
	}
}
