import { median } from "./table.ts";

/** The median time of `runs` runs, in milliseconds. */
export async function timed(runs: number, action: () => unknown): Promise<number> {
	const times: number[] = [];
	for (let run = 0; run < runs; run++) {
		const start = performance.now();
		await action();
		times.push(performance.now() - start);
	}
	return median(times);
}
