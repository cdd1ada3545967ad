/** Colour for what a person reads on a terminal. */

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
