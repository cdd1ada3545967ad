/**
 * A folder for plaintext that another program has to find as a file: in memory, this user's
 * alone, and gone with the command that made it.
 */
import { lstatSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ProtectError } from "../../errors.ts";
import { osErrorText } from "../os-error.ts";
import { makePrivateFolder } from "../owner-only.ts";
import { warning } from "../voice.ts";

/** Where linux has files that live in memory. */
const SHARED_MEMORY = "/dev/shm";

/** linux/magic.h: tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

const PREFIX = "pprotect-";
const RANDOM_BYTES = 8;
const NAME = /^pprotect-[0-9a-f]{16}$/;

export interface PrivateFolder {
	/** Absolute. */
	readonly path: string;
	/** Takes it away with all that is in it; says so where that fails. */
	remove(): void;
}

/** Whether files in `folder` live in memory, as far as the system tells (linux's does). */
export function isInMemory(folder: string): boolean {
	try {
		return process.platform === "linux" && MEMORY_FILE_SYSTEMS.has(statfsSync(folder).type);
	} catch {
		return false;
	}
}

/**
 * Creates a folder that only this user can enter, in `parent` or in memory. Those that killed runs
 * left there are removed first.
 *
 * @throws ProtectError where it cannot be created, or without `parent` would not be in memory.
 */
export async function createPrivateFolder(parent?: string): Promise<PrivateFolder> {
	if (parent === undefined && !isInMemory(SHARED_MEMORY)) {
		throw new ProtectError(
			`there is no folder in memory here (${SHARED_MEMORY}), and values are not put on a disk unasked`,
			"name a folder for them with --temp-dir, preferably one in memory",
		);
	}
	const base = resolve(parent ?? SHARED_MEMORY);
	const tryLock = await folderLock();
	try {
		removeLeftovers(base, tryLock);
		return create(base, tryLock);
	} catch (error) {
		throw new ProtectError(`cannot create a folder in ${base}: ${osErrorText(error)}`, {
			cause: error,
		});
	}
}

/** Locks a folder, which tells others that it is in use; undefined where it is already. */
type TryLock = (folder: string) => (() => void) | undefined;

async function folderLock(): Promise<TryLock> {
	const lock =
		process.platform === "win32"
			? await import("../store/named-mutex.ts")
			: await import("../store/folder-lock.ts");
	return lock.tryLock;
}

function create(parent: string, tryLock: TryLock): PrivateFolder {
	const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
	const path = join(parent, PREFIX + Buffer.from(random).toString("hex"));
	makePrivateFolder(path);
	const unlock = tryLock(path);
	// Another run took it for a leftover before it was locked, and removes it.
	if (unlock === undefined) return create(parent, tryLock);
	const remove = () => {
		process.off("exit", remove);
		try {
			rmSync(path, { recursive: true, force: true });
		} catch (error) {
			warning(`cannot remove ${path}, which holds values: ${osErrorText(error)}`);
		}
		unlock();
	};
	// Should the process end without coming back to its caller.
	process.on("exit", remove);
	return { path, remove };
}

/** A folder that nobody holds the lock of was left by a run that could not tidy up. */
function removeLeftovers(parent: string, tryLock: TryLock): void {
	for (const name of readdirSync(parent).filter((entry) => NAME.test(entry))) {
		const path = join(parent, name);
		try {
			const unlock = isOurs(path) ? tryLock(path) : undefined;
			if (unlock === undefined) continue;
			rmSync(path, { recursive: true, force: true });
			unlock();
		} catch {
			// Somebody else was faster.
		}
	}
}

/** On Windows the folder lets nobody else in, nor us into that of another. */
function isOurs(path: string): boolean {
	const status = lstatSync(path);
	return status.isDirectory() && (process.getuid === undefined || status.uid === process.getuid());
}
