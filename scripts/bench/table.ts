/** One line of the benchmark. */
export interface Row {
	readonly what: string;
	/** The median, in milliseconds. */
	readonly ms: number;
	/** How many times the section's yardstick this took. */
	readonly ratio?: number;
	/** The largest resident set, in MB. */
	readonly peakMB?: number;
}

/** Prints the rows with their figures in columns. */
export function printTable(rows: readonly Row[]): void {
	const width = Math.max(...rows.map(({ what }) => what.length));
	for (const { what, ms, ratio, peakMB } of rows) {
		const figures = [
			`${ms.toFixed(ms < 100 ? 2 : 0)} ms`.padStart(12),
			(ratio === undefined ? "" : `${ratio.toFixed(ratio < 1 ? 2 : 1)} x`).padStart(9),
			peakMB === undefined ? "" : `${peakMB.toFixed(0)} MB`.padStart(9),
		];
		console.log(`  ${what.padEnd(width)}${figures.join("").trimEnd()}`);
	}
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
