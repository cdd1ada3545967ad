/** What holds for any bytes at all. */
import { expect } from "bun:test";
import { FormatError, ProtectError } from "../../src/errors.ts";
import { foldingFor } from "../../src/format/folding.ts";
import { readProtected } from "../../src/format/read.ts";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { allowedChanges, lineChanges } from "./line-changes.ts";
import { OPERATIONS } from "./operations.ts";
import type { Random } from "./random.ts";
import { now } from "./sample.ts";

const PATH = "protected.yaml";

/** Far more than reading a small file takes on a busy machine. */
const SLOW_MILLISECONDS = 5000;

/**
 * Reads the bytes as a protected file.
 *
 * @returns undefined where they are refused, which has to be with a line and a word on what to do.
 */
export function parseOrRefuse(bytes: Uint8Array): KeyFile | undefined {
	const start = performance.now();
	try {
		return KeyFile.parse(bytes, { path: PATH, now });
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
		expect(error.message).toBe(`${PATH}:${error.line}: ${error.problem}`);
		expect(error.line).toBeGreaterThanOrEqual(1);
		expect(error.line).toBeLessThanOrEqual(decode(bytes).split("\n").length);
		expect(error.hint).toBeString();
		return undefined;
	} finally {
		expect(performance.now() - start).toBeLessThan(SLOW_MILLISECONDS);
	}
}

/** Tries one operation, if the file has what it takes; the outcome, if there is one. */
export function tryOperation(file: KeyFile, random: Random): KeyFile | undefined {
	try {
		return random.pick(OPERATIONS).apply(file, random);
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
		return undefined;
	}
}

/**
 * Holds that writing `changed`, made of the file that `bytes` are, touches no line but those that
 * it concerns, and says all that it should.
 *
 * @returns the new bytes.
 */
export function expectFewestChanges(bytes: Uint8Array, changed: KeyFile): Uint8Array {
	const written = changed.encode();
	const tree = toTree(changed.data);
	expect(toTree(KeyFile.parse(written).data)).toEqual(tree);

	const before = decode(bytes);
	const after = decode(written);
	const { removed, added } = lineChanges(before, after);
	const source = readProtected(bytes, PATH);
	const allowed = allowedChanges(source.document, tree, foldingFor(source, changed.data));
	expect(removed.length, `lines removed: ${removed.join("\n")}`).toBeLessThanOrEqual(
		allowed.removed,
	);
	expect(added.length, `lines added: ${added.join("\n")}`).toBeLessThanOrEqual(allowed.added);
	expect(after.startsWith("\uFEFF")).toBe(before.startsWith("\uFEFF"));
	// A last line that is empty cannot be without its newline.
	const endsWithNewline = before.endsWith("\n") || /\n\r?\n$/.test(after);
	expect(after.endsWith("\n")).toBe(endsWithNewline);
	return written;
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
