/**
 * Makes a Linux program survive `strip` (System V ABI, "Sections"; 64-bit, little-endian).
 *
 * Bun appends its payload as a segment, moves the header of the section `.bun` there, and leaves
 * the payload's address in the eight bytes where that section was. No section covers those any
 * more, so tools that write a program anew (strip, objcopy, rpmbuild) zero them: the program
 * would start as plain Bun. Here the section before them grows by them. Nothing that is loaded
 * changes.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

const SHT_NOBITS = 8;
const SHF_ALLOC = 2n;
const ADDRESS_SIZE = 8;

interface Section {
	/** Where its header is in the file. */
	readonly header: number;
	readonly name: string;
	/** Where its bytes are in memory, and in the file. */
	readonly address: number;
	readonly offset: number;
	readonly size: number;
}

/** @throws Error where the program at `path` is not laid out as Bun does it. */
export function makeStrippable(path: string): void {
	const file = openSync(path, "r+");
	try {
		const sections = loadedSections(file);
		const payload = sections.find(({ name }) => name === ".bun");
		if (!payload) throw new Error(`${path} has no section .bun`);
		const before = sections.flatMap((section) => {
			const end = aligned(section.offset + section.size);
			if (section === payload || isCovered(sections, end)) return [];
			const address = read(file, end, ADDRESS_SIZE).readBigUInt64LE();
			return address === BigInt(payload.address) ? [{ section, end }] : [];
		});
		const [only] = before;
		if (!only || before.length > 1) {
			throw new Error(`${path} has the payload's address at ${before.length} places, not one`);
		}
		const size = Buffer.alloc(8);
		size.writeBigUInt64LE(BigInt(only.end + ADDRESS_SIZE - only.section.offset));
		writeSync(file, size, 0, size.length, only.section.header + 32);
	} finally {
		closeSync(file);
	}
}

/** The sections that have bytes in the file and are loaded into memory. */
function loadedSections(file: number): Section[] {
	const head = read(file, 0, 64);
	if (head.toString("latin1", 0, 4) !== "\x7fELF") throw new Error("not an ELF program");
	const start = Number(head.readBigUInt64LE(40));
	const [size, count] = [head.readUInt16LE(58), head.readUInt16LE(60)];
	const headers = Array.from({ length: count }, (_, index) => {
		return { header: start + index * size, fields: read(file, start + index * size, size) };
	});
	const names = headers[head.readUInt16LE(62)]?.fields;
	if (!names) throw new Error("no names of sections");
	const [namesOffset, namesSize] = [names.readBigUInt64LE(24), names.readBigUInt64LE(32)];
	const table = read(file, Number(namesOffset), Number(namesSize));
	return headers.flatMap(({ header, fields }) => {
		const isLoaded = (fields.readBigUInt64LE(8) & SHF_ALLOC) !== 0n;
		if (!isLoaded || fields.readUInt32LE(4) === SHT_NOBITS) return [];
		const name = fields.readUInt32LE(0);
		return {
			header,
			name: table.toString("latin1", name, table.indexOf(0, name)),
			address: Number(fields.readBigUInt64LE(16)),
			offset: Number(fields.readBigUInt64LE(24)),
			size: Number(fields.readBigUInt64LE(32)),
		};
	});
}

function isCovered(sections: readonly Section[], offset: number): boolean {
	return sections.some((known) => known.offset <= offset && offset < known.offset + known.size);
}

function aligned(offset: number): number {
	return Math.ceil(offset / ADDRESS_SIZE) * ADDRESS_SIZE;
}

function read(file: number, position: number, length: number): Buffer {
	const bytes = Buffer.alloc(length);
	if (readSync(file, bytes, 0, length, position) !== length) throw new Error("the file is cut");
	return bytes;
}
