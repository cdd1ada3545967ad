/** X25519 key pairs and key agreement (RFC 7748 §6.1). */
import { ProtectError } from "../errors.ts";
import { equalBytes, randomBytes } from "./bytes.ts";
import {
	BASE_POINT,
	nativeScalarMultiplication,
	nobleScalarMultiplication,
	type ScalarMultiplication,
} from "./scalar-multiplication.ts";
import { webMultiplication } from "./web-crypto.ts";

/** The length of a private key, a public key and a shared secret, in bytes. */
export const KEY_LENGTH = 32;

/** An X25519 key pair. */
export interface KeyPair {
	/** 32 bytes. */
	readonly publicKey: Uint8Array;
	/** 32 bytes, as drawn or derived: clamping is the multiplication's. */
	readonly privateKey: Uint8Array;
}

/** A key pair from the platform's CSPRNG. */
export function generateKeyPair(): KeyPair {
	return keyPairOf(randomBytes(KEY_LENGTH));
}

/**
 * The key pair of a 32-byte private key. It holds the array given, no copy: wiping one wipes both.
 *
 * @throws ProtectError for another length.
 */
export function keyPairOf(privateKey: Uint8Array): KeyPair {
	assertKeyLength(privateKey);
	return { publicKey: multiply(privateKey, BASE_POINT), privateKey };
}

/** As {@link keyPairOf}, without a module to load where the runtime has WebCrypto. */
export async function keyPairFrom(privateKey: Uint8Array): Promise<KeyPair> {
	assertKeyLength(privateKey);
	const publicKey = await webMultiplication(privateKey)(BASE_POINT);
	return publicKey ? { publicKey, privateKey } : keyPairOf(privateKey);
}

/**
 * Finds the 32-byte secrets that a private key shares with public keys, as far as WebCrypto gives
 * them; where it gives undefined, {@link sharedSecret} finds the secret, or tells why there is none.
 */
export function agreement(
	privateKey: Uint8Array,
): (publicKey: Uint8Array) => Promise<Uint8Array | undefined> {
	const multiplied = webMultiplication(privateKey);
	return async (publicKey) => {
		const secret = await multiplied(publicKey);
		return secret && !equalBytes(secret, ZEROS) ? secret : undefined;
	};
}

/**
 * The 32-byte secret that two key pairs share.
 *
 * @throws ProtectError for a key of another length, and where the secret is all zeros: then the
 * public key is of low order, and anyone could know the secret.
 */
export function sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
	assertKeyLength(privateKey);
	assertKeyLength(publicKey);
	const secret = productOrZeros(privateKey, publicKey);
	if (equalBytes(secret, ZEROS)) throw new ProtectError("the X25519 public key is of low order");
	return secret;
}

/**
 * Whether a 32-byte public key is of low order, so that it shares the same secret with everybody.
 *
 * @throws ProtectError for another length.
 */
export function isLowOrder(publicKey: Uint8Array): boolean {
	assertKeyLength(publicKey);
	// Any private key tells: clamping makes each a multiple of the cofactor.
	return equalBytes(productOrZeros(new Uint8Array(KEY_LENGTH).fill(1), publicKey), ZEROS);
}

const ZEROS = new Uint8Array(KEY_LENGTH);

/** Each implementation fails in its own way at a point of low order, and, given the lengths, only there. */
function productOrZeros(scalar: Uint8Array, u: Uint8Array): Uint8Array {
	try {
		return multiply(scalar, u);
	} catch {
		return ZEROS;
	}
}

let implementation: ScalarMultiplication | undefined;

function multiply(scalar: Uint8Array, u: Uint8Array): Uint8Array {
	implementation ??= nativeScalarMultiplication() ?? nobleScalarMultiplication;
	return implementation(scalar, u);
}

function assertKeyLength(key: Uint8Array): void {
	if (key.length !== KEY_LENGTH) {
		throw new ProtectError(`an X25519 key takes ${KEY_LENGTH} bytes, not ${key.length}`);
	}
}
