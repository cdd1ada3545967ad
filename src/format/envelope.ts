/**
 * The envelope of public keys, owners' entries and secrets: base64 of `0x00 || bytes`. The first
 * byte is a version, so that a later format can tell its own.
 */
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { concatBytes } from "../crypto/bytes.ts";
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
