/**
 * The envelope of public keys, owners' entries and secrets: base64 of `0x00 || bytes`. The first
 * byte is a version, so that a later format can tell its own.
 */
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { concatBytes } from "../crypto/bytes.ts";
import { SEAL_OVERHEAD } from "../crypto/sealed-box.ts";
import { ProtectError } from "../errors.ts";

const VERSION = 0;

/** The text of `bytes`, of any length. */
export function encodeEnvelope(bytes: Uint8Array): string {
	return encodeBase64(concatBytes(Uint8Array.of(VERSION), bytes));
}

/**
 * The bytes inside.
 *
 * @throws ProtectError for what is not canonical base64, empty, or of another version. The
 * message does not quote the text, and is to be read after what the text is the value of.
 */
export function decodeEnvelope(text: string): Uint8Array {
	const bytes = decodeBase64(text);
	const version = bytes[0];
	if (version === undefined) throw new ProtectError("is empty");
	if (version !== VERSION)
		throw new ProtectError(`is in an unknown envelope: version ${version} is not supported`);
	return bytes.slice(1);
}

/**
 * The sealed box inside.
 *
 * @throws ProtectError as `decodeEnvelope`, and for fewer bytes than a sealed box takes.
 */
export function decodeSealedBox(text: string): Uint8Array {
	const box = decodeEnvelope(text);
	if (box.length < SEAL_OVERHEAD) throw new ProtectError("is too short to be a sealed box");
	return box;
}

/**
 * Whether the text has the form of a sealed box in its envelope. A box starts with an X25519
 * public key, a number below 2^255, so that the top bit of its 32nd byte is never set: that tells
 * half of all other bytes of the right length.
 */
export function isSealedBox(text: string): boolean {
	try {
		return ((decodeSealedBox(text)[31] ?? 0) & 0x80) === 0;
	} catch (error) {
		if (error instanceof ProtectError) return false;
		throw error;
	}
}
