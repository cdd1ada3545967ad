/** A file of an archive. Nothing else about it is kept: no time, no owner. */
export interface ArchiveEntry {
	/** With `/` between folders. */
	readonly path: string;
	readonly bytes: Uint8Array;
	readonly isExecutable: boolean;
}

/** Entries in the order of their paths' bytes, as archives have them. */
export function sorted(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
	return entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
