/** Reading ELF programs (System V ABI, "Program Loading and Dynamic Linking"; 64-bit, little-endian). */

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
	readonly type: number;
	readonly offset: number;
	readonly address: number;
	readonly size: number;
}

/** The libraries that the program needs, as it names them. */
export function neededLibraries(program: Buffer): string[] {
	if (program.toString("latin1", 0, 4) !== "\x7fELF") throw new Error("no ELF program");
	const all = segments(program);
	const dynamic = all.find(({ type }) => type === PT_DYNAMIC);
	if (!dynamic) return [];
	const entries: (readonly [bigint, bigint])[] = [];
	for (let offset = dynamic.offset; offset < dynamic.offset + dynamic.size; offset += 16) {
		entries.push([program.readBigUInt64LE(offset), program.readBigUInt64LE(offset + 8)]);
	}
	const [, table = 0n] = entries.find(([tag]) => tag === DT_STRTAB) ?? [];
	const strings = fileOffset(all, Number(table));
	const names = entries.filter(([tag]) => tag === DT_NEEDED).map(([, value]) => Number(value));
	return names.map((name) => {
		const start = strings + name;
		return program.toString("latin1", start, program.indexOf(0, start));
	});
}

function segments(program: Buffer): Segment[] {
	const start = Number(program.readBigUInt64LE(32));
	const [size, count] = [program.readUInt16LE(54), program.readUInt16LE(56)];
	return Array.from({ length: count }, (_, index) => {
		const header = program.subarray(start + index * size);
		return {
			type: header.readUInt32LE(0),
			offset: Number(header.readBigUInt64LE(8)),
			address: Number(header.readBigUInt64LE(16)),
			size: Number(header.readBigUInt64LE(32)),
		};
	});
}

function fileOffset(all: readonly Segment[], address: number): number {
	const found = all.find(
		(segment) =>
			segment.type === PT_LOAD &&
			address >= segment.address &&
			address < segment.address + segment.size,
	);
	if (!found) throw new Error("the dynamic section points outside of the file");
	return address - found.address + found.offset;
}
