import { FormatError, ProtectError } from "../errors.ts";

/** What every protected file has at the start of a line. */
const OWN_LINE = /^["']?(key-custodians|audit-log)["']?:/m;

/** What to do about a file that is something else. */
export const CHECK_PATH = "check the path: --file, PPROTECT_FILE, or protected.yaml here or above";

/** Whether `bytes` are something else altogether, so that advice about their lines is no help. */
export function isForeignFile(bytes: Uint8Array): boolean {
	const text = new TextDecoder("latin1").decode(bytes);
	return text.trim() !== "" && !OWN_LINE.test(text);
}

/**
 * What `read` makes of the file.
 *
 * @throws FormatError for a damaged file; ProtectError for one that is no protected file at all.
 */
export function readUnlessForeign<Result>(
	bytes: Uint8Array,
	path: string,
	read: () => Result,
): Result {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof FormatError) || !isForeignFile(bytes)) throw error;
		throw new ProtectError(`${path} is not a protected file`, { hint: CHECK_PATH, cause: error });
	}
}
