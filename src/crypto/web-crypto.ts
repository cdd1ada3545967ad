/**
 * X25519 by WebCrypto (Secure Curves in the Web Cryptography API): native as node:crypto's, but there
 * without a module to load, and on another thread.
 */
import { concatBytes, hexToBytes, wipe } from "./bytes.ts";

const X25519 = { name: "X25519" };

/** DER before a raw private key (RFC 8410 §7). */
const PKCS8_PREFIX = hexToBytes("302e020100300506032b656e04220420");

/**
 * Multiplies the 32-byte scalar, clamped as RFC 7748 says, by a u coordinate. The function that
 * it returns can work on several at once. It answers undefined where WebCrypto refuses, as for a point
 * of low order, and always where the runtime has no WebCrypto or none with X25519.
 */
export function webMultiplication(
	scalar: Uint8Array,
): (u: Uint8Array) => Promise<Uint8Array | undefined> {
	const importing = importPrivateKey(scalar);
	return async (u) => {
		const privateKey = await importing;
		if (privateKey === undefined) return undefined;
		const { subtle } = globalThis.crypto;
		try {
			const publicKey = await subtle.importKey("raw", u.slice(), X25519, false, []);
			const algorithm = { ...X25519, public: publicKey };
			return new Uint8Array(await subtle.deriveBits(algorithm, privateKey, 256));
		} catch {
			return undefined;
		}
	};
}

async function importPrivateKey(scalar: Uint8Array): Promise<CryptoKey | undefined> {
	const subtle = globalThis.crypto?.subtle;
	if (subtle === undefined) return undefined;
	const pkcs8 = concatBytes(PKCS8_PREFIX, scalar);
	try {
		return await subtle.importKey("pkcs8", pkcs8, X25519, false, ["deriveBits"]);
	} catch {
		return undefined;
	} finally {
		wipe(pkcs8);
	}
}
