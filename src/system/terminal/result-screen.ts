/** The screen that a result is printed on, where standard output is a terminal. */
import { type Colour, paint, useColour } from "../paint.ts";
import { columnsOf } from "./width.ts";
import { wrap } from "./wrap.ts";

const STDOUT = 1;
/** Of the lines that go on with a longer one. */
const HANGING_INDENT = 2;

interface LineOptions {
	readonly indent?: number;
	/** Stands before the text and is never broken: the text goes on below itself. */
	readonly before?: string;
	readonly colour?: Colour | undefined;
}

export interface ResultScreen {
	/** A line broken between words where it is too long, in a colour. */
	line(text: string, options?: LineOptions): string;
}

/** @returns undefined where a program reads standard output. */
export function resultScreen(
	environment: Readonly<Record<string, string | undefined>>,
): ResultScreen | undefined {
	const columns = columnsOf(STDOUT);
	if (columns === undefined) return undefined;
	const inColour = useColour(STDOUT, environment);
	return {
		line(text, { indent = 0, before = "", colour } = {}) {
			const broken = brokenAt(columns, text, indent + Bun.stringWidth(before));
			return `${" ".repeat(indent)}${paint(before + broken, inColour ? colour : undefined)}\n`;
		},
	};
}

/** A line that fits stays as it is, the spaces in its names included. */
function brokenAt(columns: number, text: string, indent: number): string {
	if (indent + Bun.stringWidth(text) <= columns) return text;
	const hanging = indent === 0 ? HANGING_INDENT : indent;
	return wrap(text, columns - hanging, hanging);
}
