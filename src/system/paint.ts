/** Colour for what a person reads on a terminal. */
import { isTerminal } from "./output.ts";

const COLOURS = { red: "\u001b[31m", green: "\u001b[32m", yellow: "\u001b[33m" } as const;
const RESET = "\u001b[0m";

export type Colour = keyof typeof COLOURS;

/** Paints every line by itself, so that a pager that cuts between them keeps the colour right. */
export function paint(text: string, colour: Colour | undefined): string {
	if (colour === undefined) return text;
	return text
		.split("\n")
		.map((line) => COLOURS[colour] + line + RESET)
		.join("\n");
}

/**
 * Whether what goes to `fd` may be coloured: on a terminal that is not `TERM=dumb`, unless
 * `NO_COLOR` is set and not empty (no-color.org).
 */
export function useColour(fd: number, environment: Readonly<Record<string, string | undefined>>) {
	const { NO_COLOR, TERM } = environment;
	return !NO_COLOR && TERM !== "dumb" && isTerminal(fd);
}
