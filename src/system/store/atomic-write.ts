/**
 * Puts a whole file under a name in one step: written and synced beside it under a hidden
 * temporary name first, so that whoever opens the name, whenever the machine stops, finds the
 * old file or the new one. All of it is synchronous: see signals/hold.ts.
 */
import {
	accessSync,
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fstatSync,
	fsyncSync,
	linkSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	type Stats,
	statSync,
	writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { osErrorCode } from "../os-error.ts";
import { HELD_FROM_CHANGE, patiently } from "./patience.ts";

/** What every umask then takes from, as git and editors create files. */
const CREATION_MODE = 0o666;

/**
 * Replaces the file `target`, which must be no symbolic link, by `bytes`, with its permissions
 * and, where the system allows it, its owner and group. `confirm` runs last before the
 * replacement, and prevents it by throwing.
 *
 * @throws the system's error, after which no temporary file is left; and what `confirm` throws.
 */
export function replaceFile(target: string, bytes: Uint8Array, confirm: () => void): void {
	// A rename asks no leave of the file it replaces; whoever write-protected it meant it.
	accessSync(target, constants.W_OK);
	const original = statSync(target);
	removeLeftovers(target);
	const fill = (fd: number) => {
		writeAll(fd, bytes);
		takeAfter(fd, original);
	};
	withTemporary(target, creating(0o600), fill, (temporary) => {
		patiently(() => {
			confirm();
			renameSync(temporary, target);
		}, HELD_FROM_CHANGE);
	});
	syncFolder(dirname(target));
}

/**
 * Creates the file `target` holding `bytes`; whatever has that name by then is left alone.
 *
 * @throws the system's error (`EEXIST` where the name is taken), after which no temporary file
 *   is left.
 */
export function publishFile(target: string, bytes: Uint8Array): void {
	removeLeftovers(target);
	const fill = (fd: number) => writeAll(fd, bytes);
	withTemporary(target, creating(CREATION_MODE), fill, (temporary) =>
		moveToFreeName(temporary, target),
	);
	syncFolder(dirname(target));
}

/**
 * Puts `bytes` into the file `target`, in place of a plain file that has the name.
 *
 * @param open opens the new file that becomes `target`, for those who may read it.
 * @throws the system's error, after which no temporary file is left; and what `open` throws.
 */
export function putFile(
	target: string,
	bytes: Uint8Array,
	open: (temporary: string) => number,
): void {
	const fill = (fd: number) => writeAll(fd, bytes);
	withTemporary(target, open, fill, (temporary) => {
		patiently(() => renameSync(temporary, target), HELD_FROM_CHANGE);
	});
	syncFolder(dirname(target));
}

function creating(mode: number): (path: string) => number {
	return (path) => openSync(path, "wx", mode);
}

/** Fills a new temporary file beside `target`, syncs it, and hands its path to `publish`. */
function withTemporary(
	target: string,
	open: (temporary: string) => number,
	fill: (fd: number) => void,
	publish: (temporary: string) => void,
): void {
	const temporary = temporaryPath(target);
	const fd = open(temporary);
	try {
		try {
			fill(fd);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		publish(temporary);
	} catch (error) {
		attempt(() => rmSync(temporary, { force: true }));
		throw error;
	}
}

function writeAll(fd: number, bytes: Uint8Array): void {
	let written = 0;
	while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/** Gives the open file the owner, group and permissions of the one that it will replace. */
function takeAfter(fd: number, original: Stats): void {
	const own = fstatSync(fd);
	if (own.uid !== original.uid || own.gid !== original.gid) {
		// Only root may give a file away; its owner may still give it to a group of theirs.
		attempt(() => fchownSync(fd, own.uid, original.gid));
		attempt(() => fchownSync(fd, original.uid, original.gid));
	}
	// After the owner: a change of owner may take permissions away.
	attempt(() => fchmodSync(fd, original.mode & 0o777));
}

/** Moves `temporary` to the name `target` unless that is taken, which rename(2) would replace. */
function moveToFreeName(temporary: string, target: string): void {
	try {
		linkSync(temporary, target);
	} catch (error) {
		if (osErrorCode(error) === "EEXIST") throw error;
		claimName(temporary, target);
		return;
	}
	patiently(() => rmSync(temporary), HELD_FROM_CHANGE);
}

/** For file systems without hard links: the name shows an empty file for a moment. */
function claimName(temporary: string, target: string): void {
	closeSync(openSync(target, "wx", CREATION_MODE));
	try {
		patiently(() => renameSync(temporary, target), HELD_FROM_CHANGE);
	} catch (error) {
		attempt(() => rmSync(target));
		throw error;
	}
}

/** Makes a change of names last through a power cut, where folders can be synced. */
function syncFolder(folder: string): void {
	if (process.platform === "win32") return;
	try {
		const fd = openSync(folder, "r");
		try {
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
	} catch (error) {
		if (!UNSYNCABLE.has(osErrorCode(error) ?? "")) throw error;
	}
}

/** What file systems answer that cannot sync a folder, or not this user's way. */
const UNSYNCABLE: ReadonlySet<string> = new Set([
	"EACCES",
	"EBADF",
	"EINVAL",
	"ENOTSUP",
	"EOPNOTSUPP",
]);

/** Letters of the target's name that its temporary files show; names have 255 bytes at most. */
const SHOWN_LETTERS = 40;
const RANDOM_BYTES = 8;
const RANDOM_PART = /^[0-9a-f]{16}$/;

function temporaryPrefix(target: string): string {
	return `.${[...basename(target)].slice(0, SHOWN_LETTERS).join("")}.pprotect-`;
}

function temporaryPath(target: string): string {
	const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
	return join(dirname(target), temporaryPrefix(target) + Buffer.from(random).toString("hex"));
}

/**
 * Removes the temporary files that killed runs left for `target`. To be called under the lock
 * only: a temporary file of a run at work looks the same.
 */
function removeLeftovers(target: string): void {
	const folder = dirname(target);
	const prefix = temporaryPrefix(target);
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (!entry.isFile() || !entry.name.startsWith(prefix)) continue;
		if (!RANDOM_PART.test(entry.name.slice(prefix.length))) continue;
		attempt(() => rmSync(join(folder, entry.name)));
	}
}

/** Does what is wanted but not needed: failing changes nothing for the file's content. */
function attempt(action: () => void): void {
	try {
		action();
	} catch {
		// Not allowed, or no longer there.
	}
}
