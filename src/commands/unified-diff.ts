import { createTwoFilesPatch } from "diff";
import { paint } from "../system/paint.ts";
import { printable } from "../system/printable.ts";

const MAX_EDITS = 1000;

/** What `--confirm` shows before it asks: the lines that would change. */
export function coloredUnifiedDiff(
	path: string,
	old: Uint8Array,
	changed: Uint8Array,
	inColour: boolean,
): string {
	const decoder = new TextDecoder();
	const before = decoder.decode(old);
	const after = decoder.decode(changed);
	const patch = createTwoFilesPatch(
		`${path}.old`,
		`${path}.new`,
		before,
		after,
		undefined,
		undefined,
		// A rotated domain differs in so many lines that to find the fewest would take seconds.
		{ context: 3, maxEditLength: MAX_EDITS },
	);
	const lines = (patch ?? allLines(before, after))
		.split("\n")
		.slice(1)
		.map((line) => printable(line.replace(/\r$/, "")))
		.map((line) => (inColour ? coloured(line) : line));
	return `Changes to be written:\n\n${lines.join("\n")}\n`;
}

/** Every line as removed and every line as added. */
function allLines(before: string, after: string): string {
	const marked = (text: string, mark: string) => text.split("\n").map((line) => mark + line);
	return ["", ...marked(before, "-"), ...marked(after, "+")].join("\n");
}

function coloured(line: string): string {
	if (line.startsWith("-")) return paint(line, "red");
	if (line.startsWith("+")) return paint(line, "green");
	return line;
}
