/** Secrets drawn at random, as text. */
import { randomBytes } from "./bytes.ts";

/** The characters to draw from, none more likely than another. */
export const ALPHABETS = {
	alphanumeric: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	base64url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	hex: "0123456789abcdef",
} as const;

/** Without those that are taken for one another when they are read or typed. */
const EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789";

/** Five groups of five characters that are easy to type: more than 120 random bits. */
export function randomPassphrase(): string {
	return Array.from({ length: 5 }, () => randomText(5, EASY_TO_TYPE)).join("-");
}

/**
 * `length` characters (65,536 at most) of `alphabet` (which has 256 at most), from the platform's
 * CSPRNG.
 */
export function randomText(length: number, alphabet: string): string {
	// Bytes past the last whole round through the alphabet would favour its beginning.
	const limit = 256 - (256 % alphabet.length);
	let text = "";
	while (text.length < length) {
		for (const byte of randomBytes(length - text.length)) {
			if (byte < limit) text += alphabet.charAt(byte % alphabet.length);
		}
	}
	return text;
}
