/** A line on the terminal that says why nothing happens, and goes away when something does. */
import { writeStderr } from "./output.ts";
import { printableLine } from "./printable.ts";
import { isHeard } from "./voice.ts";

/** Who waits for less does not wonder. */
const PATIENCE_MILLISECONDS = 300;

/** Back to the start of the line, and all of it away (ECMA-48: CR, EL). */
const ERASE_LINE = "\r\u001b[K";

/** Says `text` while `work` takes longer than a moment. The work must not hold up timers. */
export async function whileWaiting<Result>(
	text: string,
	work: () => Promise<Result>,
): Promise<Result> {
	let line: Line | undefined;
	const timer = setTimeout(() => {
		line = showLine(text);
	}, PATIENCE_MILLISECONDS);
	try {
		return await work();
	} finally {
		clearTimeout(timer);
		line?.erase();
	}
}

/** Says `text` at once, while `work` holds up everything else. */
export function whileBusy<Result>(text: string, work: () => Result): Result {
	const line = showLine(text);
	try {
		return work();
	} finally {
		line?.erase();
	}
}

interface Line {
	erase(): void;
}

/** @returns undefined where nobody reads it, or it could not be taken away. */
function showLine(text: string): Line | undefined {
	if (process.env.TERM === "dumb" || !isHeard()) return undefined;
	writeStderr(printableLine(text));
	return { erase: () => writeStderr(ERASE_LINE) };
}
