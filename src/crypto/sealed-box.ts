/**
 * Sealed boxes: anonymous encryption to an X25519 public key, byte for byte libsodium's
 * `crypto_box_seal` (https://doc.libsodium.org/public-key_cryptography/sealed_boxes).
 *
 *   box   = epk(32) || tag(16) || ciphertext, with a fresh ephemeral key pair (esk, epk)
 *   key   = HSalsa20(X25519(esk, pk), 0^16)
 *   nonce = BLAKE2b-192(epk || pk)
 *   tag || ciphertext = XSalsa20-Poly1305(key, nonce, message), as NaCl's secretbox
 *
 * noble's cipher returns views into larger buffers, so what leaves this file is copied out and
 * the buffer of a plaintext is wiped.
 */
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { DecryptionError } from "../errors.ts";
import { concatBytes, wipe } from "./bytes.ts";
import { agreement, generateKeyPair, KEY_LENGTH, type KeyPair, sharedSecret } from "./x25519.ts";

/** How many bytes longer a sealed box is than its message: ephemeral public key and tag. */
export const SEAL_OVERHEAD = 48;

/**
 * Seals `message`, of any length, to a 32-byte public key. Two seals of one message differ.
 *
 * @throws ProtectError for a public key of another length or of low order.
 */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
	const ephemeral = generateKeyPair();
	try {
		const key = boxKey(sharedSecret(ephemeral.privateKey, publicKey));
		try {
			const nonce = sealNonce(ephemeral.publicKey, publicKey);
			return concatBytes(ephemeral.publicKey, xsalsa20poly1305(key, nonce).encrypt(message));
		} finally {
			wipe(key);
		}
	} finally {
		wipe(ephemeral.privateKey);
	}
}

/**
 * The message of a sealed box, in an array of its own that the caller may wipe.
 *
 * @throws DecryptionError for a box under 48 bytes, one sealed to another key, and one that was
 * changed in any byte.
 * @param agreed what {@link boxAgreement} found for this box, to save the slow step; it is wiped.
 */
export function open(box: Uint8Array, recipient: KeyPair, agreed?: Uint8Array): Uint8Array {
	if (box.length < SEAL_OVERHEAD) {
		throw new DecryptionError(
			`a sealed box takes at least ${SEAL_OVERHEAD} bytes, not ${box.length}`,
		);
	}
	const ephemeralKey = box.subarray(0, KEY_LENGTH);
	const nonce = sealNonce(ephemeralKey, recipient.publicKey);
	const key = openingKey(recipient.privateKey, ephemeralKey, agreed);
	try {
		const view = decrypt(key, nonce, box.subarray(KEY_LENGTH));
		const message = view.slice();
		wipe(view);
		return message;
	} finally {
		wipe(key);
	}
}

/**
 * Finds what the recipient and the sender of a box share, for {@link open}, on another thread.
 * Undefined where `open` has to find it itself.
 */
export function boxAgreement(
	recipient: KeyPair,
): (box: Uint8Array) => Promise<Uint8Array | undefined> {
	const agree = agreement(recipient.privateKey);
	return (box) => agree(box.subarray(0, KEY_LENGTH));
}

/** A box's key, where a low-order ephemeral key in the box is a box that does not open. */
function openingKey(
	privateKey: Uint8Array,
	ephemeralKey: Uint8Array,
	agreed: Uint8Array | undefined,
): Uint8Array {
	try {
		return boxKey(agreed ?? sharedSecret(privateKey, ephemeralKey));
	} catch (error) {
		throw new DecryptionError("the sealed box has an ephemeral key of low order", { cause: error });
	}
}

function decrypt(key: Uint8Array, nonce: Uint8Array, tagged: Uint8Array): Uint8Array {
	try {
		return xsalsa20poly1305(key, nonce).decrypt(tagged);
	} catch (error) {
		throw new DecryptionError("the sealed box was changed, or sealed to another key", {
			cause: error,
		});
	}
}

function sealNonce(ephemeralKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
	return blake2b(concatBytes(ephemeralKey, publicKey), { dkLen: 24 });
}

/** NaCl's `crypto_box_beforenm`, from the shared secret, which it wipes. */
function boxKey(shared: Uint8Array): Uint8Array {
	const key = new Uint8Array(KEY_LENGTH);
	hsalsa(SIGMA, words(shared), HSALSA_INPUT, words(key));
	wipe(shared);
	return key;
}

const SIGMA = words(Uint8Array.from("expand 32-byte k", (letter) => letter.charCodeAt(0)));
const HSALSA_INPUT = new Uint32Array(4);

/** The same memory as 32-bit words. All arrays here start their own buffer, so it is aligned. */
function words(bytes: Uint8Array): Uint32Array {
	return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
