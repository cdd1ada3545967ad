/**
 * The one voice on standard error: `pprotect: warning: …` and the like.
 *
 * Every text is escaped here, since it may quote a file that anybody may have written. On a
 * terminal the kind is coloured, and lines are broken between words. Questions and their notices
 * are the terminal's (`terminal/prompter.ts`).
 */
import { isTerminal, writeStderr } from "./output.ts";
import { useColour } from "./paint.ts";
import { printableLine } from "./printable.ts";
import { columnsOf } from "./terminal/width.ts";
import { wrap } from "./terminal/wrap.ts";

const STDERR = 2;
/** Of the lines below an error. */
const DETAIL_INDENT = 2;

const COLOURS = {
	error: "\u001b[1;31m",
	conflict: "\u001b[1;31m",
	warning: "\u001b[1;33m",
	note: "\u001b[1m",
	hint: "\u001b[1;36m",
} as const;
const RESET = "\u001b[0m";

type Kind = keyof typeof COLOURS;

/** Tells what is worth knowing, where nothing is wrong. */
export function note(text: string): void {
	tell("note", text);
}

/** Tells what may be wrong, where the command goes on. */
export function warning(text: string): void {
	tell("warning", text);
}

/** Tells why the command did not do what it was asked for, with a line for each of `details`. */
export function error(text: string, details: readonly string[] = []): void {
	tell("error", details.length > 0 ? `${text}:` : text);
	for (const detail of details)
		writeStderr(`${" ".repeat(DETAIL_INDENT)}${broken(detail, DETAIL_INDENT)}\n`);
}

/** Tells a conflict of a merge. */
export function conflict(text: string): void {
	tell("conflict", text);
}

/** Tells what to type next; it follows an error, a warning or a conflict. */
export function hint(text: string): void {
	tell("hint", text);
}

/** Says a line that stands by itself, such as that a list is empty. */
export function say(text: string): void {
	writeStderr(`${broken(text, 0)}\n`);
}

/** Whether a person reads standard error: a program that succeeds is silent to everyone else. */
export function isHeard(): boolean {
	return isTerminal(STDERR);
}

function tell(kind: Kind, text: string): void {
	const label = `pprotect: ${kind}: `;
	const shown = useColour(STDERR, process.env)
		? `pprotect: ${COLOURS[kind]}${kind}:${RESET} `
		: label;
	writeStderr(`${shown}${broken(text, label.length)}\n`);
}

/** The text on lines of the terminal's width, which begin at column `indent`; one line elsewhere. */
function broken(text: string, indent: number): string {
	const line = printableLine(text);
	const columns = columnsOf(STDERR);
	return columns === undefined ? line : wrap(line, columns - indent, indent);
}
