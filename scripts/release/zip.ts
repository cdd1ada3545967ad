/**
 * Zip archives that depend on nothing but their entries (PKWARE APPNOTE 6.3): sorted, dated 1980,
 * the first day that the format has.
 */
import { type ArchiveEntry, sorted } from "./archive-entry.ts";

const DEFLATE = 8;
const VERSION = 20;
/** 1980-01-01, in the format's days. */
const DATE = 0x21;
const NAMES_ARE_UTF8 = 0x800;
const MADE_ON_UNIX = 3 << 8;
const REGULAR_FILE = 0o100000;

/** For entries and archives of less than 4 GiB. */
export function zip(entries: readonly ArchiveEntry[]): Uint8Array {
	const files: Uint8Array[] = [];
	const directory: Uint8Array[] = [];
	let offset = 0;
	for (const entry of sorted(entries)) {
		const name = Buffer.from(entry.path);
		const data = Bun.deflateSync(Buffer.from(entry.bytes), { library: "libdeflate", level: 9 });
		const shared = sharedHeader(entry.bytes, data, name);
		directory.push(directoryHeader(shared, offset, entry.isExecutable), name);
		const file = Buffer.concat([fileHeader(shared), name, data]);
		files.push(file);
		offset += file.length;
	}
	const size = length(directory);
	return Buffer.concat([...files, ...directory, end(entries.length, size, offset)]);
}

/** The 26 bytes that a file's own header and its place in the directory have in common. */
function sharedHeader(bytes: Uint8Array, data: Uint8Array, name: Uint8Array): Buffer {
	const header = Buffer.alloc(26);
	header.writeUInt16LE(VERSION, 0);
	header.writeUInt16LE(NAMES_ARE_UTF8, 2);
	header.writeUInt16LE(DEFLATE, 4);
	header.writeUInt16LE(DATE, 8);
	header.writeUInt32LE(Bun.hash.crc32(bytes), 10);
	header.writeUInt32LE(data.length, 14);
	header.writeUInt32LE(bytes.length, 18);
	header.writeUInt16LE(name.length, 22);
	return header;
}

function fileHeader(shared: Uint8Array): Uint8Array {
	return Buffer.concat([Buffer.from("PK\u0003\u0004"), shared]);
}

function directoryHeader(shared: Uint8Array, offset: number, isExecutable: boolean): Uint8Array {
	const head = Buffer.alloc(6);
	head.write("PK\u0001\u0002");
	head.writeUInt16LE(MADE_ON_UNIX | VERSION, 4);
	const tail = Buffer.alloc(14);
	tail.writeUInt32LE((REGULAR_FILE | (isExecutable ? 0o755 : 0o644)) * 0x10000, 6);
	tail.writeUInt32LE(offset, 10);
	return Buffer.concat([head, shared, tail]);
}

function end(entries: number, size: number, offset: number): Uint8Array {
	const record = Buffer.alloc(22);
	record.write("PK\u0005\u0006");
	record.writeUInt16LE(entries, 8);
	record.writeUInt16LE(entries, 10);
	record.writeUInt32LE(size, 12);
	record.writeUInt32LE(offset, 16);
	return record;
}

function length(parts: readonly Uint8Array[]): number {
	return parts.reduce((sum, part) => sum + part.length, 0);
}
