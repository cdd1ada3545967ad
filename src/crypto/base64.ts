/**
 * Base64 (RFC 4648 §4) in one spelling only: standard alphabet, padded, on one line, unused
 * bits zero. A decoder that took other spellings would let a file change without its content
 * changing, and diffs and merges compare text.
 *
 * Two implementations give the same: `Uint8Array`'s own (ECMAScript 2026), where the runtime has
 * it, and one on `atob` and `btoa`, which every runtime has, browsers and workers included.
 */
import { ProtectError } from "../errors.ts";

/** Text to and from bytes; `decode` may take more spellings than one, or throw an error of its own. */
export interface Base64 {
	encode(bytes: Uint8Array): string;
	/** The bytes, in an array and a buffer of their own. */
	decode(text: string): Uint8Array;
}

/** The runtime's own, or undefined where it has none. */
export function nativeBase64(): Base64 | undefined {
	const { fromBase64 } = Uint8Array;
	if (typeof fromBase64 !== "function") return undefined;
	if (typeof Uint8Array.prototype.toBase64 !== "function") return undefined;
	return {
		encode: (bytes) => bytes.toBase64(),
		decode: (text) => Uint8Array.fromBase64(text),
	};
}

/** How many arguments a call of `String.fromCharCode` gets; engines limit them. */
const CHUNK = 8192;

/** On `atob` and `btoa`, whose text has one character for each byte. */
export const portableBase64: Base64 = {
	encode(bytes) {
		let text = "";
		for (let start = 0; start < bytes.length; start += CHUNK) {
			text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
		}
		return btoa(text);
	},
	decode: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
};

const base64 = nativeBase64() ?? portableBase64;

/** Standard base64 of `bytes`, padded, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
	return base64.encode(bytes);
}

/**
 * The bytes whose encoding is exactly `text`, in time proportional to its length.
 *
 * @throws ProtectError for any other text. The message does not quote it, and is to be read
 * after what the text is the value of.
 */
export function decodeBase64(text: string): Uint8Array {
	return decodeStrictly(base64, text);
}

/** As {@link decodeBase64}, by either implementation. */
export function decodeStrictly({ encode, decode }: Base64, text: string): Uint8Array {
	const bytes = decodeOrNothing(decode, text);
	// Both take some other spellings, with spaces for one; these show when encoding again.
	if (bytes === undefined || encode(bytes) !== text) {
		throw new ProtectError("is not base64 in its one accepted form (padded, on one line)");
	}
	return bytes;
}

function decodeOrNothing(decode: Base64["decode"], text: string): Uint8Array | undefined {
	try {
		return decode(text);
	} catch {
		return undefined;
	}
}
