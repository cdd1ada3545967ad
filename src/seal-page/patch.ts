/** The change as `git apply` takes it. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * The changed lines, as a patch that `git apply` takes in the file's folder.
 *
 * @param name the file's name, as {@link safeFileName} gives it.
 */
export function patchOf(name: string, before: Uint8Array, after: Uint8Array): string {
	// A byte order mark is part of the first line.
	const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	return createTwoFilesPatch(
		`a/${name}`,
		`b/${name}`,
		decoder.decode(before),
		decoder.decode(after),
		undefined,
		undefined,
		{ context: 3, headerOptions: FILE_HEADERS_ONLY },
	);
}

const USUAL_NAME = "protected.yaml";

/**
 * A name to save the file with, and to name it in a patch: its own, without the number that a
 * browser adds to a second download, or the usual one where it holds unusual characters.
 */
export function safeFileName(name: string): string {
	const plain = name.replace(/ ?\(\d+\)(?=\.|$)/, "");
	return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(plain) ? plain : USUAL_NAME;
}
