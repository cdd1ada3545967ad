/**
 * scrypt (RFC 7914), by one of two implementations that give the same bytes, in 128 · N · r bytes
 * of memory. The runtime's own takes half the time of noble's and works on another thread: so
 * that one where it can be had, and else noble's.
 */
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { wipe } from "./bytes.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** The cost words of RFC 7914, with N = 2^log2N. */
export interface ScryptCost {
	readonly log2N: number;
	readonly r: number;
	readonly p: number;
}

/** 32 bytes from a password and a salt. Bounds are the caller's to check. */
export type Scrypt = (
	password: Uint8Array,
	salt: Uint8Array,
	cost: ScryptCost,
) => Promise<Uint8Array>;

const KEY_LENGTH = 32;

/** Both implementations' own limits count scratch blocks too, which the format's bound does not. */
function memoryLimit({ log2N, r, p }: ScryptCost): number {
	return 128 * r * (2 ** log2N + p + 2);
}

/** noble's. It yields every few milliseconds, so signals are handled while it works. */
export const nobleScrypt: Scrypt = (password, salt, cost) => {
	const { log2N, r, p } = cost;
	const options = { N: 2 ** log2N, r, p, maxmem: memoryLimit(cost), dkLen: KEY_LENGTH };
	return scryptAsync(password, salt, options);
};

/** The runtime's own, or undefined where it has none. */
export function nativeScrypt(): Scrypt | undefined {
	const derive = nodeCrypto()?.scrypt;
	if (derive === undefined) return undefined;
	return (password, salt, cost) =>
		new Promise((resolve, reject) => {
			const { log2N, r, p } = cost;
			const options = { N: 2 ** log2N, r, p, maxmem: memoryLimit(cost) };
			derive(password, salt, KEY_LENGTH, options, (error, key) => {
				if (error) return reject(error);
				resolve(new Uint8Array(key));
				wipe(key);
			});
		});
}

/** scrypt by the fastest implementation there is here. */
export const scrypt: Scrypt = async (password, salt, cost) => {
	// RFC 7914 §2 wants N < 2^(16 · r): the runtime insists on it, other writers do not.
	const native = cost.log2N < 16 * cost.r ? nativeScrypt() : undefined;
	const derive = native ?? nobleScrypt;
	return derive(password, salt, cost);
};
