/** scrypt (RFC 7914), noble's: it runs at the speed of native code here, in 128 · N · r bytes. */
import { scryptAsync } from "@noble/hashes/scrypt.js";

/** The cost words of RFC 7914, with N = 2^log2N. */
export interface ScryptCost {
	readonly log2N: number;
	readonly r: number;
	readonly p: number;
}

/**
 * 32 bytes from a password and a salt. Yields every few milliseconds, so signals are handled
 * while it works. Bounds are the caller's to check.
 */
export function scrypt(
	password: Uint8Array,
	salt: Uint8Array,
	{ log2N, r, p }: ScryptCost,
): Promise<Uint8Array> {
	const N = 2 ** log2N;
	// noble's own limit, 1 GiB, counts its scratch blocks too, which the format's bound does not.
	const maxmem = 128 * r * (N + p + 1);
	return scryptAsync(password, salt, { N, r, p, maxmem, dkLen: 32 });
}
