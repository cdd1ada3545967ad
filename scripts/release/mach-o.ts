/**
 * The signature of a Mach-O program: a CodeDirectory with the hash of every page, which macOS
 * compares with what it loads (Apple's osfmk/kern/cs_blobs.h; all of it big-endian).
 */
import { createHash } from "node:crypto";

const MH_MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
/** The version that has the fields up to execSegFlags, 88 bytes in all. */
const DIRECTORY_VERSION = 0x20400;
const DIRECTORY_SIZE = 88;
const AD_HOC_BY_LINKER = 0x20002;
const SHA256 = 2;
const MAIN_BINARY = 1n;
const PAGE_BITS = 12;
const PAGE_SIZE = 1 << PAGE_BITS;

/** What is wrong with the signature, or nothing. The numbers of pages begin at 0. */
export function signatureFaults(program: Buffer): string[] {
	const { offset } = signatureCommand(program);
	const start = offset + directoryOffset(program, offset);
	const codeLimit = program.readUInt32BE(start + 32);
	if (codeLimit !== offset) return [`it covers ${codeLimit} bytes of ${offset}`];
	const hashes = start + program.readUInt32BE(start + 16);
	return pages(program, offset).flatMap((page, number) => {
		const slot = program.subarray(hashes + 32 * number, hashes + 32 * (number + 1));
		return slot.equals(sha256(page)) ? [] : [`the hash of page ${number} is wrong`];
	});
}

/**
 * Signs a program as Apple's linker signs what has no certificate (ad hoc), in the place of the
 * signature that it has.
 */
export function signAdHoc(program: Buffer, identifier: string): Buffer {
	const { command, offset } = signatureCommand(program);
	const signatureSize = 20 + directorySize(offset, identifier);
	const code = Buffer.from(program.subarray(0, offset));
	code.writeUInt32LE(signatureSize, command + 12);
	const linkEdit = segment(code, "__LINKEDIT");
	const fileSize = BigInt(offset + signatureSize) - code.readBigUInt64LE(linkEdit + 40);
	const memoryPages = Math.ceil(Number(fileSize) / PAGE_SIZE);
	code.writeBigUInt64LE(BigInt(memoryPages * PAGE_SIZE), linkEdit + 32);
	code.writeBigUInt64LE(fileSize, linkEdit + 48);
	const head = Buffer.alloc(20);
	for (const [index, value] of [EMBEDDED_SIGNATURE, signatureSize, 1, 0, 20].entries()) {
		head.writeUInt32BE(value, 4 * index);
	}
	return Buffer.concat([code, head, codeDirectory(code, identifier)]);
}

function codeDirectory(code: Buffer, identifier: string): Buffer {
	const name = Buffer.from(`${identifier}\0`);
	const hashes = pages(code, code.length).map(sha256);
	const text = segment(code, "__TEXT");
	const head = Buffer.alloc(DIRECTORY_SIZE);
	head.writeUInt32BE(CODE_DIRECTORY, 0);
	head.writeUInt32BE(directorySize(code.length, identifier), 4);
	head.writeUInt32BE(DIRECTORY_VERSION, 8);
	head.writeUInt32BE(AD_HOC_BY_LINKER, 12);
	head.writeUInt32BE(DIRECTORY_SIZE + name.length, 16);
	head.writeUInt32BE(DIRECTORY_SIZE, 20);
	head.writeUInt32BE(hashes.length, 28);
	head.writeUInt32BE(code.length, 32);
	head.writeUInt8(32, 36);
	head.writeUInt8(SHA256, 37);
	head.writeUInt8(PAGE_BITS, 39);
	head.writeBigUInt64BE(code.readBigUInt64LE(text + 40), 64);
	head.writeBigUInt64BE(code.readBigUInt64LE(text + 48), 72);
	head.writeBigUInt64BE(MAIN_BINARY, 80);
	return Buffer.concat([head, name, ...hashes]);
}

function directorySize(codeLimit: number, identifier: string): number {
	return DIRECTORY_SIZE + identifier.length + 1 + 32 * Math.ceil(codeLimit / PAGE_SIZE);
}

function pages(program: Buffer, codeLimit: number): Buffer[] {
	const count = Math.ceil(codeLimit / PAGE_SIZE);
	return Array.from({ length: count }, (_, page) =>
		program.subarray(page * PAGE_SIZE, Math.min((page + 1) * PAGE_SIZE, codeLimit)),
	);
}

function sha256(bytes: Uint8Array): Buffer {
	return createHash("sha256").update(bytes).digest();
}

/** Where the CodeDirectory begins, from the start of the signature. */
function directoryOffset(program: Buffer, signature: number): number {
	if (program.readUInt32BE(signature) !== EMBEDDED_SIGNATURE) throw new Error("no code signature");
	const blobs = program.readUInt32BE(signature + 8);
	for (let index = 0; index < blobs; index += 1) {
		const offset = program.readUInt32BE(signature + 16 + 8 * index);
		const start = signature + offset;
		if (program.readUInt32BE(start) !== CODE_DIRECTORY) continue;
		const [hashType, pageBits] = [program.readUInt8(start + 37), program.readUInt8(start + 39)];
		if (hashType === SHA256 && pageBits === PAGE_BITS) return offset;
	}
	throw new Error("no code directory with SHA-256 in the code signature");
}

/** Where the load command of the signature is, and the signature itself. */
function signatureCommand(program: Buffer): { command: number; offset: number } {
	for (const command of loadCommands(program)) {
		if (program.readUInt32LE(command) !== LC_CODE_SIGNATURE) continue;
		return { command, offset: program.readUInt32LE(command + 8) };
	}
	throw new Error("no code signature");
}

/** Where the load command of a segment is. */
function segment(program: Buffer, name: string): number {
	for (const command of loadCommands(program)) {
		if (program.readUInt32LE(command) !== LC_SEGMENT_64) continue;
		if (program.toString("latin1", command + 8, command + 24).startsWith(`${name}\0`))
			return command;
	}
	throw new Error(`no segment ${name}`);
}

function* loadCommands(program: Buffer): Generator<number> {
	if (program.readUInt32LE(0) !== MH_MAGIC_64) throw new Error("no 64-bit Mach-O program");
	let command = HEADER_SIZE;
	for (let left = program.readUInt32LE(16); left > 0; left -= 1) {
		yield command;
		command += program.readUInt32LE(command + 4);
	}
}
