import {
	generateRawPassphrase as generate,
	isRawPassphrase as isRaw,
} from "../crypto/key-derivation.ts";

/**
 * A new raw key, 256 random bits as text: the passphrase of a machine, with a key of type `raw`.
 *
 * @example
 * const creds = new Creds("ci@example.com", generateRawPassphrase());
 */
export function generateRawPassphrase(): string {
	return generate();
}

/**
 * Whether a passphrase has the form of a raw key: `P`, 64 lower-case hexadecimal digits, `P`.
 *
 * @param text any value
 * @example
 * if (!isRawPassphrase(passphrase)) throw new Error("the service needs a raw key");
 */
export function isRawPassphrase(text: unknown): text is string {
	return typeof text === "string" && isRaw(text);
}
