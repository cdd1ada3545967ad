/** The chart of the benchmark: a bar a row, as long as its time. */
import { expect, test } from "bun:test";
import { chart } from "../../scripts/bench/chart.ts";

test("bars are in proportion, with their times, and say what was measured where", () => {
	const svg = chart(
		[
			{ what: "an empty program", ms: 10 },
			{ what: "exec <30>", ms: 40 },
		],
		"pprotect 1.2.3, a machine",
	);
	const widths = [...svg.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => Number(width));
	expect(widths.map((width) => width / (widths[0] ?? 1))).toEqual([1, expect.closeTo(4, 1)]);
	expect([...svg.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text)).toEqual([
		"an empty program",
		"10 ms",
		"exec &#60;30&#62;",
		"40 ms",
		"pprotect 1.2.3, a machine",
	]);
});
