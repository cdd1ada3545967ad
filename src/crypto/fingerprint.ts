/** Fingerprints of public keys, for two people to compare over another channel. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** 80 bits: to make another key with the same ones is out of reach. */
const GROUPS = 5;

/**
 * The first 20 hexadecimal digits of the SHA-256 of a 32-byte public key, in groups of four:
 * `3f2a-91bc-0d7e-44a1-5c02`.
 */
export function fingerprint(publicKey: Uint8Array): string {
	const digits = bytesToHex(sha256(publicKey)).match(/.{4}/g) ?? [];
	return digits.slice(0, GROUPS).join("-");
}
