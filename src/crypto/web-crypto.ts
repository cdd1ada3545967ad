/**
 * X25519 by WebCrypto (Secure Curves in the Web Cryptography API): native as node:crypto's, but there
 * without a module to load, and for many public keys at once on the threads of the runtime.
 */
import { concatBytes, hexToBytes, wipe } from "./bytes.ts";

const X25519 = { name: "X25519" };

/** DER before a raw private key (RFC 8410 §7). */
const PKCS8_PREFIX = hexToBytes("302e020100300506032b656e04220420");

/**
 * The product of the 32-byte scalar, clamped as RFC 7748 says, and each of the u coordinates;
 * undefined for one that WebCrypto refuses, such as a point of low order, and for all where the
 * runtime has no WebCrypto or none with X25519.
 */
export async function webProducts(
	scalar: Uint8Array,
	us: readonly Uint8Array[],
): Promise<(Uint8Array | undefined)[]> {
	const multiply = await webMultiplication(scalar);
	return Promise.all(us.map((u) => multiply?.(u).catch(() => undefined)));
}

async function webMultiplication(
	scalar: Uint8Array,
): Promise<((u: Uint8Array) => Promise<Uint8Array>) | undefined> {
	const subtle = globalThis.crypto?.subtle;
	if (subtle === undefined) return undefined;
	const pkcs8 = concatBytes(PKCS8_PREFIX, scalar);
	try {
		const privateKey = await subtle.importKey("pkcs8", pkcs8, X25519, false, ["deriveBits"]);
		return async (u) => {
			const publicKey = await subtle.importKey("raw", u.slice(), X25519, false, []);
			return new Uint8Array(
				await subtle.deriveBits({ ...X25519, public: publicKey }, privateKey, 256),
			);
		};
	} catch {
		return undefined;
	} finally {
		wipe(pkcs8);
	}
}
