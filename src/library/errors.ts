/** Errors as the library's callers get them: with hints about calls, not about commands. */
import { ProtectError } from "../errors.ts";

/** What `action` returns. An error of ours that it ends with has the library's hint. */
export function withLibraryHints<Result>(action: () => Result): Result {
	try {
		const result = action();
		if (result instanceof Promise) result.catch(takeLibraryHint);
		return result;
	} catch (error) {
		takeLibraryHint(error);
		throw error;
	}
}

function takeLibraryHint(error: unknown): void {
	if (!(error instanceof ProtectError)) return;
	Object.defineProperty(error, "hint", { value: error.libraryHint, enumerable: true });
}
