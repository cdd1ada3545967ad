/**
 * Waiting for a file descriptor without blocking the process for good: select(2) with a limit.
 * Not poll(2), which on macOS knows no terminal.
 */
import { fstatSync } from "node:fs";
import { openLibc } from "./libc.ts";

/** Descriptors that an fd_set has room for. */
const FD_SETSIZE = 1024;

function bindSelect() {
	return openLibc({
		select: { args: ["i32", "ptr", "ptr", "ptr", "buffer"], returns: "i32" },
	});
}
let libc: ReturnType<typeof bindSelect> | undefined;

/** An fd_set: bits are numbered from the low end of the first byte on every little-endian system. */
const set = new Uint8Array(FD_SETSIZE / 8);
/** A `struct timeval`: two 64-bit fields (where the second has but 32 bits, the rest is padding). */
const limit = new Uint32Array(4);

/**
 * Waits until `fd` can be read (or written) without blocking, at most `milliseconds`. A signal that
 * has a handler ends the wait early, but the handler runs only once the caller yields.
 *
 * Where there is no select for files (windows), and past FD_SETSIZE, it returns true at once: the
 * read or write that follows then blocks.
 *
 * @returns whether it can be read (or written) now.
 * @throws the system's error when `fd` is not open.
 */
export function waitFor(fd: number, use: "read" | "write", milliseconds: number): boolean {
	if (process.platform === "win32" || fd >= FD_SETSIZE) return true;
	libc ??= bindSelect();
	// One set and one limit, reused: an answer from a pipe comes here for every byte.
	set.fill(0);
	set[fd >> 3] = 1 << (fd & 7);
	limit[0] = Math.floor(milliseconds / 1000);
	limit[2] = (milliseconds % 1000) * 1000;
	const read = use === "read" ? set : null;
	const write = use === "write" ? set : null;
	const ready = libc.select(fd + 1, read, write, null, limit);
	// A signal and a closed descriptor look the same without errno: this tells them apart.
	if (ready < 0) fstatSync(fd);
	return ready > 0;
}
