/** Files and folders for their owner alone: by their mode or, on Windows, by an access list. */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { ProtectError } from "../errors.ts";
import { warning } from "./voice.ts";
import { createPrivateFile, createPrivateFolder, keepsAccessLists } from "./windows/access-list.ts";

/** Names that mean a device of Windows in every folder: what is written to them is lost. */
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(?:[.:].*)?$/i;

/**
 * Writes `bytes` to the new file `path`, which its owner alone can read.
 *
 * @throws the system's error, `EEXIST` where the name is taken; ProtectError for a device.
 */
export function writeNewPrivateFile(path: string, bytes: string | Uint8Array): void {
	if (process.platform !== "win32") {
		writeFileSync(path, bytes, { mode: 0o600, flag: "wx", flush: true });
		return;
	}
	createOnWindows(path, path);
	writeFileSync(path, bytes, { flag: "r+", flush: true });
}

/**
 * Opens the new file `path` for writing, which its owner alone can read.
 *
 * @param name the file that it is to become.
 * @throws as {@link writeNewPrivateFile}.
 */
export function openNewPrivateFile(path: string, name: string): number {
	if (process.platform !== "win32") return openSync(path, "wx", 0o600);
	createOnWindows(path, name);
	return openSync(path, "r+");
}

function createOnWindows(path: string, name: string): void {
	if (DEVICE.test(basename(name))) {
		throw new ProtectError(`${name} is a device of Windows, where what is written is lost`);
	}
	create(path, createPrivateFile, () => closeSync(openSync(path, "wx")), name);
}

/**
 * Creates the folder `path`, which its owner alone can enter.
 *
 * @throws the system's error.
 */
export function makePrivateFolder(path: string): void {
	if (process.platform !== "win32") mkdirSync(path, { mode: 0o700 });
	else create(path, createPrivateFolder, () => mkdirSync(path));
}

/** Where it cannot be private `plainly` says why it cannot be at all, or makes it anyhow. */
function create(
	path: string,
	privately: (path: string) => boolean,
	plainly: () => void,
	name = path,
): void {
	const absolute = resolve(path);
	const isPrivate = privately(absolute);
	if (!isPrivate) plainly();
	if (isPrivate && keepsAccessLists(absolute)) return;
	warning(`${name} cannot be kept from other users of this computer: its drive has no permissions`);
}
