/** Plaintext that the user wants in a file. */
import { lstatSync } from "node:fs";
import { ProtectError } from "../errors.ts";
import { osErrorCode, osErrorText } from "./os-error.ts";
import { openNewPrivateFile } from "./owner-only.ts";
import { holdSignals } from "./signals/hold.ts";
import { putFile } from "./store/atomic-write.ts";

/**
 * Puts `bytes` into the file `path`, whole or not at all, for its owner alone (by its mode 0600 or,
 * on Windows, by its access list). A plain file of that name is replaced.
 *
 * @throws ProtectError where that is something else, or the system refuses.
 */
export async function savePrivately(path: string, bytes: Uint8Array): Promise<void> {
	if (isOther(path)) {
		throw new ProtectError(
			`${path} is there and is not a plain file`,
			"name another file, or redirect standard output",
		);
	}
	try {
		const open = (temporary: string) => openNewPrivateFile(temporary, path);
		await holdSignals(() => putFile(path, bytes, open));
	} catch (error) {
		if (error instanceof ProtectError) throw error;
		throw new ProtectError(`cannot write ${path}: ${osErrorText(error)}`, { cause: error });
	}
}

/** Whether the name stands for a folder, a link, a device or a pipe, which no rename may replace. */
function isOther(path: string): boolean {
	try {
		return !lstatSync(path).isFile();
	} catch (error) {
		if (osErrorCode(error) === "ENOENT") return false;
		throw new ProtectError(`cannot write ${path}: ${osErrorText(error)}`, { cause: error });
	}
}
