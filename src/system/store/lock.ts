/**
 * One writer at a time, by a lock in the kernel: it dies with its holder and leaves nothing
 * behind. Node has no way to such a lock; there the store's comparison before each write is
 * what refuses a lost update.
 */
import { dirname } from "node:path";
import { kernel } from "#kernel";
import { ProtectError } from "../../errors.ts";
import type { FolderLock } from "../kernel/kernel.ts";
import { osErrorText } from "../os-error.ts";

/** Settings of {@link withLock}. */
export interface LockOptions {
	/** How long to wait for another holder, in milliseconds. */
	readonly timeoutMs?: number;
}

/** Longest pause between two tries, in milliseconds. */
const MAX_PAUSE_MS = 25;

/**
 * Runs `action` while holding the lock on the folder of the file at `path`, which must be
 * free of symbolic links for all to mean the same folder. The lock is not reentrant.
 *
 * @throws ProtectError where the lock stays taken for `timeoutMs`, or the folder cannot be
 *   opened; and what `action` throws.
 */
export async function withLock<Result>(
	path: string,
	action: () => Result | Promise<Result>,
	{ timeoutMs = 10_000 }: LockOptions = {},
): Promise<Result> {
	const folder = dirname(path);
	const lock = await kernel?.folderLock();
	if (lock === undefined) return action();
	const release = await acquire(lock, folder, timeoutMs);
	try {
		return await action();
	} finally {
		release();
	}
}

async function acquire(lock: FolderLock, folder: string, timeoutMs: number): Promise<() => void> {
	const deadline = performance.now() + timeoutMs;
	for (;;) {
		const release = tryLock(lock, folder);
		if (release !== undefined) return release;
		if (performance.now() >= deadline) throw busy(lock, folder, timeoutMs);
		// Random pauses, so that of many who wait none is always the late one.
		await pause(1 + Math.random() * MAX_PAUSE_MS);
	}
}

function tryLock(lock: FolderLock, folder: string): (() => void) | undefined {
	try {
		return lock.tryLock(folder);
	} catch (error) {
		throw new ProtectError(`cannot lock the folder ${folder}: ${osErrorText(error)}`, {
			cause: error,
		});
	}
}

function busy(lock: FolderLock, folder: string, timeoutMs: number): ProtectError {
	const holder = lock.lockHolder(folder) ?? "another process";
	return new ProtectError(
		`${holder} has kept the folder ${folder} locked for ${timeoutMs / 1000} seconds; nothing was written`,
		"wait until it has ended, or end it, and try again",
	);
}

function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
