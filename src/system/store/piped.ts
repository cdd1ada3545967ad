/** A protected file that a pipe gives. Apart from the store, which runs under Node too. */
import { statSync } from "node:fs";
import { readAll, readWholeFile } from "../read-all.ts";
import type { Snapshot } from "./store.ts";

const STDIN = 0;

/**
 * Reads what a pipe or another descriptor of this process gives, to its end: `-`, `/dev/stdin`, or
 * what a shell makes of `<(…)`. It can be read once, and not written.
 *
 * @returns undefined for any other path, a FIFO's name too, which could be waited for in vain.
 * @throws ProtectError where it cannot be read, or is over 64 MiB.
 */
export function loadPiped(path: string): Snapshot | undefined {
	if (!isPiped(path)) return undefined;
	const bytes = path === "-" ? readAll(STDIN, "standard input") : readWholeFile(path);
	return { path: path === "-" ? "standard input" : path, target: path, bytes };
}

/** Whether {@link loadPiped} reads the path. */
export function isPiped(path: string): boolean {
	return path === "-" || (/^\/(?:dev|proc)\//.test(path) && isPipe(path));
}

function isPipe(path: string): boolean {
	try {
		const stats = statSync(path);
		return stats.isFIFO() || stats.isSocket();
	} catch {
		return false;
	}
}
