import { closeSync, openSync, readSync, statSync } from "node:fs";
import { ProtectError } from "../errors.ts";
import { osErrorCode, osErrorText } from "./os-error.ts";
import { waitFor } from "./wait.ts";

/** The most that is read as one value. */
const MAX_LENGTH = 64 * 1024 * 1024;

/**
 * Reads `fd`, open and of whatever kind, from where it stands to its end.
 *
 * @param name what errors call it.
 * @throws ProtectError when it cannot be read, or holds more than 64 MiB.
 */
export function readAll(fd: number, name: string): Uint8Array {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for (let chunk = readChunk(fd, name); chunk.length > 0; chunk = readChunk(fd, name)) {
		chunks.push(chunk);
		length += chunk.length;
		if (length > MAX_LENGTH) throw new ProtectError(`${name} holds more than 64 MiB`);
	}
	return Buffer.concat(chunks);
}

/** The same of the file at `path`. */
export function readWholeFile(path: string): Uint8Array {
	let fd: number;
	try {
		fd = openSync(path, "r");
	} catch (error) {
		throw new ProtectError(`cannot read ${path}: ${osErrorText(error)}`, { cause: error });
	}
	try {
		return readAll(fd, path);
	} finally {
		closeSync(fd);
	}
}

/** Whether a file lies at `path`, and no pipe or device. */
export function isPlainFile(path: string): boolean {
	try {
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

/** Reads what there is, waiting for it where there is nothing; empty at the end. */
function readChunk(fd: number, name: string): Uint8Array {
	const chunk = new Uint8Array(64 * 1024);
	for (;;) {
		try {
			return chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, null));
		} catch (error) {
			const code = osErrorCode(error);
			if (code === "EOF") return new Uint8Array(0);
			if (code !== "EAGAIN")
				throw new ProtectError(`cannot read ${name}: ${osErrorText(error)}`, { cause: error });
			waitFor(fd, "read", 1000);
		}
	}
}
