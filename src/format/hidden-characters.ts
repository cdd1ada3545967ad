/**
 * Characters that a reader does not see, or that change the order of what they see: controls,
 * direction marks, line separators, and whatever Unicode lets a program leave out when it shows text
 * (zero-width spaces and joiners, variation selectors, tags, fillers).
 */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export function hasHiddenCharacter(text: string): boolean {
	return HIDDEN.test(text);
}

const ALL_HIDDEN = new RegExp(HIDDEN, "gu");

/** The text with something else in place of each of them. */
export function replaceHiddenCharacters(
	text: string,
	replacement: (character: string) => string,
): string {
	return text.replace(ALL_HIDDEN, replacement);
}

/** The text with each of them as `\u{2028}`, say, so that it can be seen. */
export function escapeHiddenCharacters(text: string, kept = ""): string {
	return replaceHiddenCharacters(text, (character) =>
		kept.includes(character) ? character : escapedCharacter(character),
	);
}

function escapedCharacter(character: string): string {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
