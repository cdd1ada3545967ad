/** From what a file says to its bytes. */
import { ProtectError } from "../errors.ts";
import { type FileData, MAX_FILE_SIZE, type ProtectedText } from "./data.ts";
import { editDocument } from "./edit.ts";
import { emitTree, type TreeMap } from "./emit.ts";
import type { Folding } from "./fold.ts";
import { foldingFor } from "./folding.ts";
import { readProtected } from "./read.ts";
import { sameTree, toTree } from "./tree.ts";

/**
 * The bytes of a protected file: those of `source` with the lines of what differs edited in
 * place, or a whole new text without a source.
 *
 * @param path names the file in errors.
 * @throws ProtectError if the new text is larger than a file may be; or does not say exactly what
 *   it should: a bug.
 */
export function writeProtected(
	source: ProtectedText | undefined,
	data: FileData,
	path: string,
): Uint8Array {
	const tree = toTree(data);
	const folding = foldingFor(source, data);
	const text = source ? editedText(source, tree, folding) : emitTree(tree, folding);
	const bytes = new TextEncoder().encode(text);
	if (bytes.length > MAX_FILE_SIZE) {
		const size = `${MAX_FILE_SIZE / 1024 / 1024} MiB`;
		throw new ProtectError(`${path} would become larger than ${size}; nothing was written`);
	}
	assertSays(bytes, tree, path);
	return bytes;
}

function editedText({ document }: ProtectedText, tree: TreeMap, folding: Folding): string {
	return (document.hasByteOrderMark ? "\uFEFF" : "") + editDocument(document, tree, folding);
}

function assertSays(bytes: Uint8Array, tree: TreeMap, path: string): void {
	let isSame = false;
	try {
		isSame = sameTree(toTree(readProtected(bytes, path).data), tree);
	} catch {
		// Said below: text that cannot be read back is wrong in the same way.
	}
	if (isSame) return;
	throw new ProtectError(
		"the new text of the file would not say what it should; this is a bug in pprotect, nothing was written and nothing is lost",
		"please report it, with what the file looks like around the change",
	);
}
