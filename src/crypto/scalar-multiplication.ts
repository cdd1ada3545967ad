/**
 * X25519 scalar multiplication (RFC 7748 §5), by one of two implementations that give the same
 * bytes.
 *
 * The runtime's own is native constant-time code and some ten times faster (0.07 ms against 0.5
 * to 1 ms), so it is used where it exists. noble's always exists: its arithmetic is on bigint,
 * in constant time only as far as the engine allows.
 */
import { loadX25519 } from "#x25519";
import { concatBytes, hexToBytes, wipe } from "./bytes.ts";
import { nodeCrypto } from "./node-crypto.ts";

/**
 * The product of a 32-byte scalar, clamped as RFC 7748 says, and the point with the 32-byte u
 * coordinate: 32 bytes. Throws an error of its own, or returns zeros, for a point of low order.
 */
export type ScalarMultiplication = (scalar: Uint8Array, u: Uint8Array) => Uint8Array;

/** The u coordinate of the base point, 9. */
export const BASE_POINT = new Uint8Array(32);
BASE_POINT[0] = 9;

/**
 * noble's Montgomery ladder. It serves the base point too: noble's `getPublicKey` would first
 * compute Edwards tables, 12 to 20 ms, which pay off only after many keys.
 */
export const nobleScalarMultiplication: ScalarMultiplication = (scalar, u) =>
	loadX25519().getSharedSecret(scalar, u);

/**
 * The runtime's own, or undefined where it has none. Found out by trying, because a build of the
 * runtime may have node:crypto and yet refuse the curve (FIPS).
 */
export function nativeScalarMultiplication(): ScalarMultiplication | undefined {
	try {
		const crypto = nodeCrypto();
		if (crypto === undefined) return undefined;
		const multiply = multiplicationOn(crypto);
		multiply(BASE_POINT, BASE_POINT);
		return multiply;
	} catch {
		return undefined;
	}
}

// DER around a raw key (RFC 8410 §7 and §4): the form that every runtime's node:crypto imports.
const PKCS8_PREFIX = hexToBytes("302e020100300506032b656e04220420");
const SPKI_PREFIX = hexToBytes("302a300506032b656e032100");

function multiplicationOn({
	createPrivateKey,
	createPublicKey,
	diffieHellman,
}: typeof import("node:crypto")): ScalarMultiplication {
	return (scalar, u) => {
		const pkcs8 = concatBytes(PKCS8_PREFIX, scalar);
		try {
			const product = diffieHellman({
				privateKey: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
				publicKey: createPublicKey({
					key: concatBytes(SPKI_PREFIX, u),
					format: "der",
					type: "spki",
				}),
			});
			const bytes = new Uint8Array(product);
			wipe(product);
			return bytes;
		} finally {
			wipe(pkcs8);
		}
	};
}
