import { escapeHiddenCharacters } from "../format/hidden-characters.ts";

/**
 * Text that may be shown on a terminal: names come from a file that anybody may have written,
 * and a control character in one could rewrite what the terminal shows, or a hidden one pass it off
 * as another.
 */
export function printable(text: string): string {
	return escapeHiddenCharacters(text, "\n\t");
}

/** The same for text that must stay on one line. */
export function printableLine(text: string): string {
	return escapeHiddenCharacters(text, "\t");
}
