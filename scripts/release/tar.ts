/**
 * Tar archives that depend on nothing but their entries (POSIX.1-1988 ustar): sorted, owned by
 * root, dated 1970.
 */
import { type ArchiveEntry, sorted } from "./archive-entry.ts";

const BLOCK = 512;

/** @throws RangeError for a path over 100 bytes, which the plain header cannot hold. */
export function tar(entries: readonly ArchiveEntry[]): Uint8Array {
	const parts = sorted(entries).flatMap((entry) => [
		header(entry),
		entry.bytes,
		new Uint8Array(-entry.bytes.length & (BLOCK - 1)),
	]);
	return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

function header({ path, bytes, isExecutable }: ArchiveEntry): Uint8Array {
	if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long for a tar header`);
	const block = Buffer.alloc(BLOCK);
	block.write(path, 0);
	block.write(octal(isExecutable ? 0o755 : 0o644, 8), 100);
	block.write(octal(0, 8), 108);
	block.write(octal(0, 8), 116);
	block.write(octal(bytes.length, 12), 124);
	block.write(octal(0, 12), 136);
	block.write("0", 156);
	block.write("ustar\u000000", 257);
	block.write("root", 265);
	block.write("root", 297);
	block.write(octal(checksum(block), 7), 148);
	block.write(" ", 155);
	return block;
}

/** The sum of all bytes, those of the checksum itself taken as blanks. */
function checksum(block: Uint8Array): number {
	const blanks = 8 * 0x20;
	return block.reduce((sum, byte) => sum + byte, blanks);
}

/** Digits, and a NUL in the last of `width` bytes. */
function octal(value: number, width: number): string {
	return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
