import { osErrorCode } from "../os-error.ts";

const PATIENCE_MILLISECONDS = 2000;
const RETRY_MILLISECONDS = 20;

/** What Windows answers where a file is open elsewhere: to a rename or removal, and to opening. */
export const HELD_FROM_CHANGE: ReadonlySet<string> = new Set(["EACCES", "EBUSY", "EPERM"]);
export const HELD_FROM_OPENING: ReadonlySet<string> = new Set(["EBUSY"]);

interface Patience {
	readonly platform?: NodeJS.Platform;
	/** How long to go on trying. */
	readonly milliseconds?: number;
}

/**
 * Does something with a file that, on Windows, fails with one of `codes` while another program has
 * the file open, as virus scanners, indexers and editors have it for moments: it is tried again
 * for a while. It blocks, as all does that must not be interrupted.
 *
 * @throws what `action` throws; on Windows an error `EHELD` once it is too late.
 */
export function patiently<Result>(
	action: () => Result,
	codes: ReadonlySet<string>,
	{ platform = process.platform, milliseconds = PATIENCE_MILLISECONDS }: Patience = {},
): Result {
	const end = performance.now() + milliseconds;
	for (;;) {
		try {
			return action();
		} catch (error) {
			if (platform !== "win32" || !codes.has(osErrorCode(error) ?? "")) throw error;
			if (performance.now() >= end) {
				throw Object.assign(new Error("held open", { cause: error }), { code: "EHELD" });
			}
		}
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLISECONDS);
	}
}
