/**
 * Protected files on the disk. What is read is whole and bounded; what is written replaces the
 * file in one step, under a lock, and never what somebody else has changed in between.
 */
import {
	accessSync,
	closeSync,
	constants,
	fstatSync,
	lstatSync,
	openSync,
	readFileSync,
	realpathSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ConflictError, FormatError, ProtectError, ProtectedFileError } from "../../errors.ts";
import { MAX_FILE_SIZE } from "../../format/data.ts";
import { osErrorCode, osErrorText } from "../os-error.ts";
import { holdSignals } from "../signals/hold.ts";
import { publishFile, replaceFile } from "./atomic-write.ts";
import { USUAL_NAME } from "./find-file.ts";
import { followLinks } from "./follow-links.ts";
import { type LockOptions, withLock } from "./lock.ts";
import { HELD_FROM_OPENING, patiently } from "./patience.ts";

/** A file as it was read. */
export interface Snapshot {
	/** The path as it was given, for messages. */
	readonly path: string;
	/** The file itself: absolute, with all symbolic links followed. */
	readonly target: string;
	/** All that the file held. */
	readonly bytes: Uint8Array;
}

/**
 * Reads the file at `path`, through symbolic links. A FIFO or device is not waited for.
 *
 * @throws ProtectedFileError where there is no file; ProtectError where it cannot be read,
 *   is no plain file or is over {@link MAX_FILE_SIZE}.
 */
export function load(path: string): Snapshot {
	const target = resolveTarget(path);
	return { path, target, bytes: readBounded(path, target) };
}

/**
 * Looks whether the file at `path` can be replaced, before anything is asked for.
 *
 * @throws ProtectError where its permissions, its folder's or the disk forbid that.
 */
export function assertWritable(path: string): void {
	const target = resolveTarget(path);
	try {
		accessSync(target, constants.W_OK);
		accessSync(dirname(target), constants.W_OK);
	} catch (error) {
		throw explained(error, path, "is unchanged");
	}
}

/**
 * Changes the file at `path` with nobody else writing meanwhile: loads it under the lock and
 * writes what `change` makes of it. Undefined or the same bytes leave the file untouched.
 * `change` should ask nothing and derive no key: others are waiting.
 *
 * @returns whether the file was written.
 * @throws what {@link load} throws; ProtectError where it cannot be locked or written, saying
 *   in which state the file is; and what `change` throws.
 */
export function update(
	path: string,
	change: (current: Snapshot) => Uint8Array | undefined | Promise<Uint8Array | undefined>,
	options?: LockOptions,
): Promise<boolean> {
	const target = resolveTarget(path);
	const action = async () => {
		const current = load(path);
		if (current.target !== target) throw conflict(path);
		const bytes = await change(current);
		return bytes !== undefined && replace(current, bytes);
	};
	return withLock(target, action, options);
}

/**
 * Writes `bytes` over the file that `snapshot` was loaded from, if it still holds what was read.
 * The same bytes leave the file untouched.
 *
 * @returns whether the file was written.
 * @throws ConflictError where the file has changed; ProtectError where it cannot be locked or
 *   written, saying in which state the file is.
 */
export function replaceIfUnchanged(
	snapshot: Snapshot,
	bytes: Uint8Array,
	options?: LockOptions,
): Promise<boolean> {
	return withLock(snapshot.target, () => replace(snapshot, bytes), options);
}

/**
 * Creates the file at `path`, whole at once, with the permissions that the umask leaves.
 *
 * @throws ProtectedFileError where something has that name, even if it appeared only now;
 *   ProtectError where the file cannot be created.
 */
export async function create(
	path: string,
	bytes: Uint8Array,
	options?: LockOptions,
): Promise<void> {
	refuseExisting(path);
	refuseOversize(path, bytes);
	const target = newTarget(path);
	const action = () => holdSignals(() => publishFile(target, bytes));
	try {
		await withLock(target, action, options);
	} catch (error) {
		if (osErrorCode(error) === "EEXIST") throw alreadyExists(path);
		throw explained(error, path, stateOf(target, undefined, bytes));
	}
}

/**
 * Lets `init` say before it asks anything that {@link create} would refuse.
 *
 * @throws ProtectedFileError where something has the name `path`, a broken symbolic link included.
 */
export function refuseExisting(path: string): void {
	try {
		lstatSync(path);
	} catch {
		return; // Absent, or out of reach, which creating it will explain.
	}
	throw alreadyExists(path);
}

/** Writes `bytes` over what `snapshot` holds; to be called under the lock, where there is one. */
async function replace(snapshot: Snapshot, bytes: Uint8Array): Promise<boolean> {
	if (sameBytes(bytes, snapshot.bytes)) return false;
	const { path, target } = snapshot;
	refuseOversize(path, bytes);
	try {
		await holdSignals(() => replaceFile(target, bytes, () => refuseChanged(snapshot)));
	} catch (error) {
		if (osErrorCode(error) === "ENOENT") throw conflict(path);
		throw explained(error, path, stateOf(target, snapshot.bytes, bytes));
	}
	return true;
}

function resolveTarget(path: string): string {
	try {
		return followLinks(path);
	} catch (error) {
		throw unreadable(path, error);
	}
}

function newTarget(path: string): string {
	try {
		return join(realpathSync.native(dirname(path)), basename(path));
	} catch (error) {
		throw new ProtectError(
			`cannot create ${path}: its folder cannot be used: ${osErrorText(error)}`,
			{
				hint: "create the folder first, or name another with --file",
				libraryHint: "create the folder first, or give another path",
				cause: error,
			},
		);
	}
}

/** Reads all of `target`, of which messages speak as `path`. */
function readBounded(path: string, target: string): Uint8Array {
	try {
		// A FIFO would be waited for, and a terminal become ours, without these.
		const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
		const fd = patiently(() => openSync(target, flags), HELD_FROM_OPENING);
		try {
			refuseUnlikely(path, fd);
			return new Uint8Array(readFileSync(fd));
		} finally {
			closeSync(fd);
		}
	} catch (error) {
		throw error instanceof ProtectError ? error : unreadable(path, error);
	}
}

/** Refuses what cannot be a protected file before a byte of it is read. */
function refuseUnlikely(path: string, fd: number): void {
	const stats = fstatSync(fd);
	if (stats.isDirectory()) throw new ProtectError(`${path} is a folder, not a protected file`);
	if (!stats.isFile()) throw new ProtectError(`${path} is not a plain file`);
	if (stats.size > MAX_FILE_SIZE) {
		const hint = "restore the file from version control";
		throw new FormatError("is larger than 64 MiB, the limit for protected files", 1, path, hint);
	}
}

function refuseOversize(path: string, bytes: Uint8Array): void {
	if (bytes.length <= MAX_FILE_SIZE) return;
	throw new ProtectError(`${path} would become larger than 64 MiB; nothing was written`);
}

function refuseChanged({ path, target, bytes }: Snapshot): void {
	const now = readIfThere(path, target);
	if (now === undefined || !sameBytes(now, bytes)) throw conflict(path);
}

function readIfThere(path: string, target: string): Uint8Array | undefined {
	try {
		return readBounded(path, target);
	} catch (error) {
		if (error instanceof ProtectedFileError) return undefined;
		throw error;
	}
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return Buffer.compare(one, other) === 0;
}

/** Finds out, rather than claims, what is under the name after a write that failed. */
function stateOf(target: string, before: Uint8Array | undefined, after: Uint8Array): string {
	try {
		const now = readIfThere(target, target);
		if (now === undefined) return before === undefined ? "was not created" : "is no longer there";
		if (before !== undefined && sameBytes(now, before)) return "is unchanged";
		return sameBytes(now, after) ? "holds the whole change" : "was written by another program";
	} catch {
		return "could not be read afterwards";
	}
}

/** What a user can do about a write that the system refused. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
	["EACCES", "check the permissions of the file and of its folder"],
	["EBUSY", "a file that is mounted by itself cannot be replaced: mount its folder"],
	["EDQUOT", "free some space and try again"],
	[
		"EHELD",
		"close it there; if nothing has it open, check the permissions of the file and of its folder",
	],
	["EIO", "check the disk"],
	["ENOSPC", "free some space and try again"],
	["EPERM", "check the permissions of the file and of its folder"],
	["EROFS", "write to a copy of the file that is not mounted read-only"],
]);

/** Puts a failed write into words; our own errors and bugs pass as they are. */
function explained(error: unknown, path: string, state: string): unknown {
	const code = osErrorCode(error);
	if (error instanceof ProtectError || code === undefined) return error;
	const message = `cannot write ${path}: ${osErrorText(error)}; ${path} ${state}`;
	return new ProtectError(message, REMEDIES.get(code));
}

function unreadable(path: string, error: unknown): ProtectError {
	if (osErrorCode(error) === "ENOENT") {
		const isNamed = path !== USUAL_NAME;
		const hint = isNamed ? "check the path" : "create one here with: pprotect init";
		return new ProtectedFileError(`Protected file not found: ${resolve(path)}`, {
			hint,
			libraryHint: "check the path",
		});
	}
	return new ProtectError(`cannot read ${path}: ${osErrorText(error)}`);
}

function alreadyExists(path: string): ProtectedFileError {
	return new ProtectedFileError(`Protected file already exists: ${path}`);
}

function conflict(path: string): ConflictError {
	return new ConflictError(
		`${path} was changed or removed after it was read; nothing was written`,
		{
			hint: "run the command again, to apply it to what is there now",
			libraryHint: "make the change again, on the file as it is now",
		},
	);
}
