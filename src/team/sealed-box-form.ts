import { SEAL_OVERHEAD } from "../crypto/sealed-box.ts";
import { ProtectError } from "../errors.ts";
import { decodeEnvelope } from "../format/envelope.ts";

/**
 * Whether the text has the form of a sealed box in its envelope. A box starts with an X25519
 * public key, a number below 2^255, so that the top bit of its 32nd byte is never set: that tells
 * half of all other bytes of the right length.
 */
export function isSealedBox(text: string): boolean {
	try {
		const box = decodeEnvelope(text);
		return box.length >= SEAL_OVERHEAD && ((box[31] ?? 0) & 0x80) === 0;
	} catch (error) {
		if (error instanceof ProtectError) return false;
		throw error;
	}
}
