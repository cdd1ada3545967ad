/** Short names for long texts: enough to see that two differ, not to stand for them. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The first 12 hexadecimal digits of the text's SHA-256. */
export function shortDigest(text: string): string {
	return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12);
}
