import { describe, expect, test } from "bun:test";
import { generateKeyPair, keyPairOf, sharedSecret } from "../../../src/crypto/x25519.ts";
import { ProtectError } from "../../../src/errors.ts";
import { hex, toHex } from "./hex.ts";
import { LOW_ORDER_POINTS } from "./low-order-points.ts";

// RFC 7748 §6.1.
const ALICE = {
	privateKey: hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
	publicKey: hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
};
const BOB = {
	privateKey: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
	publicKey: hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
};
const SHARED = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

describe("x25519", () => {
	test("RFC 7748 §6.1: public keys and shared secret", () => {
		expect(keyPairOf(ALICE.privateKey)).toEqual(ALICE);
		expect(keyPairOf(BOB.privateKey)).toEqual(BOB);
		expect(toHex(sharedSecret(ALICE.privateKey, BOB.publicKey))).toBe(SHARED);
		expect(toHex(sharedSecret(BOB.privateKey, ALICE.publicKey))).toBe(SHARED);
	});

	test("generated key pairs are whole, agree and differ", () => {
		const [one, two] = [generateKeyPair(), generateKeyPair()];
		expect(keyPairOf(one.privateKey)).toEqual(one);
		expect(one.privateKey).not.toEqual(two.privateKey);
		expect(sharedSecret(one.privateKey, two.publicKey)).toEqual(
			sharedSecret(two.privateKey, one.publicKey),
		);
	});

	test.each(LOW_ORDER_POINTS)("refuses the public key of low order %s", (point) => {
		expect(() => sharedSecret(ALICE.privateKey, hex(point))).toThrow(
			new ProtectError("the X25519 public key is of low order"),
		);
	});

	test.each([0, 31, 33])("refuses keys of %i bytes", (length) => {
		const key = new Uint8Array(length);
		const error = new ProtectError(`an X25519 key takes 32 bytes, not ${length}`);
		expect(() => keyPairOf(key)).toThrow(error);
		expect(() => sharedSecret(key, BOB.publicKey)).toThrow(error);
		expect(() => sharedSecret(ALICE.privateKey, key)).toThrow(error);
	});
});
