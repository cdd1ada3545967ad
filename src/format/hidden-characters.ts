/**
 * Characters that a reader does not see, or that change the order of what they see: controls,
 * direction marks, line separators, and whatever Unicode lets a program leave out when it shows text
 * (zero-width spaces and joiners, variation selectors, tags, fillers).
 */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export function hasHiddenCharacter(text: string): boolean {
	return HIDDEN.test(text);
}

/** The text without them. */
export function withoutHiddenCharacters(text: string): string {
	return text.replace(new RegExp(HIDDEN, "gu"), "");
}
