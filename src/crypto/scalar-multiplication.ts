/**
 * X25519 scalar multiplication (RFC 7748 §5), by one of two implementations that give the same
 * bytes.
 *
 * The runtime's own is native constant-time code and some ten times faster (0.07 ms against 0.5
 * to 1 ms), so it is used where it exists. noble's always exists: its arithmetic is on bigint,
 * in constant time only as far as the engine allows.
 */
import { createRequire } from "node:module";
import { wipe } from "./bytes.ts";

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
	loadNoble().x25519.getSharedSecret(scalar, u);

/**
 * Not a static import: loading it takes 2 ms, which `exec` would pay though it never needs it.
 * A bundler follows the first `require`; as a module Node has none, and makes one.
 */
function loadNoble(): typeof import("@noble/curves/ed25519.js") {
	if (typeof require === "function") return require("@noble/curves/ed25519.js");
	return createRequire(import.meta.url)("@noble/curves/ed25519.js");
}

/**
 * The runtime's own, or undefined where it has none. Found out by trying, because a build of the
 * runtime may have node:crypto and yet refuse the curve (FIPS).
 *
 * node:crypto takes 3 to 4 ms to load, hence `require` at the first use and no static import.
 * In a compiled binary that is fast only because argon2id.ts names the module in an `import()`:
 * the bundler then embeds its bytecode (9 ms otherwise).
 */
export function nativeScalarMultiplication(): ScalarMultiplication | undefined {
	try {
		const nodeCrypto: typeof import("node:crypto") = createRequire(import.meta.url)("node:crypto");
		const multiply = multiplicationOn(nodeCrypto);
		multiply(BASE_POINT, BASE_POINT);
		return multiply;
	} catch {
		return undefined;
	}
}

// DER around a raw key (RFC 8410 §7 and §4): the form that every runtime's node:crypto imports.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

function multiplicationOn(nodeCrypto: typeof import("node:crypto")): ScalarMultiplication {
	const { createPrivateKey, createPublicKey, diffieHellman } = nodeCrypto;
	return (scalar, u) => {
		const pkcs8 = Buffer.concat([PKCS8_PREFIX, scalar]);
		try {
			const product = diffieHellman({
				privateKey: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
				publicKey: createPublicKey({
					key: Buffer.concat([SPKI_PREFIX, u]),
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
