/**
 * The one voice on standard error: `pprotect: warning: …` and the like, a line each.
 *
 * Every text is escaped here, since it may quote a file that anybody may have written. Questions
 * and their notices are the terminal's (`terminal/prompter.ts`).
 */
import { writeStderr } from "./output.ts";
import { printableLine } from "./printable.ts";

/** Tells what is worth knowing, where nothing is wrong. */
export function note(text: string): void {
	speak("note", text);
}

/** Tells what may be wrong, where the command goes on. */
export function warning(text: string): void {
	speak("warning", text);
}

/** Tells why the command did not do what it was asked for, with a line for each of `details`. */
export function error(text: string, details: readonly string[] = []): void {
	const lines = details.map((detail) => `\n  ${printableLine(detail)}`).join("");
	write("error", `${printableLine(text)}${details.length > 0 ? ":" : ""}${lines}`);
}

/** Tells a conflict of a merge. */
export function conflict(text: string): void {
	speak("conflict", text);
}

/** Tells what to type next; it follows an error, a warning or a conflict. */
export function hint(text: string): void {
	speak("hint", text);
}

/** Says a line that stands by itself, such as that a list is empty. */
export function say(text: string): void {
	writeStderr(`${printableLine(text)}\n`);
}

function speak(kind: string, text: string): void {
	write(kind, printableLine(text));
}

function write(kind: string, text: string): void {
	writeStderr(`pprotect: ${kind}: ${text}\n`);
}
