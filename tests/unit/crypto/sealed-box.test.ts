import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import sodium from "libsodium-wrappers";
import { open, SEAL_OVERHEAD, seal } from "../../../src/crypto/sealed-box.ts";
import { generateKeyPair, keyPairOf } from "../../../src/crypto/x25519.ts";
import { DecryptionError, ProtectError } from "../../../src/errors.ts";
import { hex, toHex } from "./hex.ts";
import { LOW_ORDER_POINTS } from "./low-order-points.ts";
import { hasPythonNacl, pythonNacl } from "./python-nacl.ts";

const recipient = keyPairOf(new Uint8Array(32).fill(0x17));
const MESSAGE = new TextEncoder().encode("sécret ✓");

/** Lengths around the cipher's and the hash's block lengths, nothing, and 1 MB. */
const LENGTHS = [0, 1, 16, 31, 32, 33, 63, 64, 65, 128, 1_000_000];

function messageOf(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, index) => index % 251);
}

function expectSameBytes(found: Uint8Array, wanted: Uint8Array): void {
	// toEqual takes seconds to compare a megabyte.
	expect(Buffer.compare(found, wanted)).toBe(0);
}

describe("sealed box", () => {
	test("what is sealed opens, and is longer by the overhead", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
				const box = seal(message, recipient.publicKey);
				expect(box).toHaveLength(message.length + SEAL_OVERHEAD);
				expect(open(box, recipient)).toEqual(message);
			}),
		);
	});

	test("two boxes of one message have nothing in common", () => {
		const [one, two] = [seal(MESSAGE, recipient.publicKey), seal(MESSAGE, recipient.publicKey)];
		expect(one.subarray(0, 32)).not.toEqual(two.subarray(0, 32));
		expect(one.subarray(32)).not.toEqual(two.subarray(32));
	});

	test("what is returned shares its buffer with nothing", () => {
		const box = seal(MESSAGE, recipient.publicKey);
		expect(box.buffer.byteLength).toBe(box.length);
		const message = open(box, recipient);
		expect(message.buffer.byteLength).toBe(message.length);
	});

	test("arguments stay as they were", () => {
		const message = MESSAGE.slice();
		const box = seal(message, recipient.publicKey);
		const copy = box.slice();
		open(box, recipient);
		expect(message).toEqual(MESSAGE);
		expect(box).toEqual(copy);
		expect(recipient).toEqual(keyPairOf(new Uint8Array(32).fill(0x17)));
	});

	test("takes views into larger buffers", () => {
		const padded = new Uint8Array(MESSAGE.length + 6);
		padded.set(MESSAGE, 3);
		const box = seal(padded.subarray(3, -3), recipient.publicKey);
		const paddedBox = new Uint8Array(box.length + 2);
		paddedBox.set(box, 1);
		expect(open(paddedBox.subarray(1, -1), recipient)).toEqual(MESSAGE);
	});

	test("a change of any one bit keeps it from opening", () => {
		const box = seal(MESSAGE, recipient.publicKey);
		for (let bit = 0; bit < box.length * 8; bit++) {
			const changed = box.slice();
			const index = Math.floor(bit / 8);
			changed[index] = (box[index] ?? 0) ^ (1 << (bit % 8));
			expect(() => open(changed, recipient)).toThrow(DecryptionError);
		}
	});

	test("a box cut short anywhere, or with bytes added, does not open", () => {
		const box = seal(MESSAGE, recipient.publicKey);
		for (let length = 0; length < box.length; length++) {
			expect(() => open(box.slice(0, length), recipient)).toThrow(DecryptionError);
		}
		expect(() => open(Uint8Array.of(...box, 0), recipient)).toThrow(DecryptionError);
	});

	test.each([0, 31, 32, 47])("a box of %i bytes is named too short", (length) => {
		expect(() => open(new Uint8Array(length), recipient)).toThrow(
			`a sealed box takes at least 48 bytes, not ${length}`,
		);
	});

	test("another's key does not open it", () => {
		const box = seal(MESSAGE, recipient.publicKey);
		expect(() => open(box, generateKeyPair())).toThrow(
			new DecryptionError("the sealed box was changed, or sealed to another key"),
		);
	});

	test.each(LOW_ORDER_POINTS)("refuses the point of low order %s on either side", (point) => {
		const box = seal(MESSAGE, recipient.publicKey);
		box.set(hex(point));
		expect(() => open(box, recipient)).toThrow(DecryptionError);
		expect(() => open(box, recipient)).toThrow(
			new DecryptionError("the sealed box has an ephemeral key of low order"),
		);
		expect(() => seal(MESSAGE, hex(point))).toThrow(
			new ProtectError("the X25519 public key is of low order"),
		);
	});

	test("refuses to seal to a key of another length", () => {
		expect(() => seal(MESSAGE, new Uint8Array(31))).toThrow(ProtectError);
	});
});

describe("sealed box and libsodium", () => {
	beforeAll(() => sodium.ready);

	test.each(LENGTHS)("ours of %i bytes opens there", (length) => {
		const message = messageOf(length);
		const opened = sodium.crypto_box_seal_open(
			seal(message, recipient.publicKey),
			recipient.publicKey,
			recipient.privateKey,
		);
		expectSameBytes(opened, message);
	});

	test.each(LENGTHS)("theirs of %i bytes opens here", (length) => {
		const message = messageOf(length);
		const box = sodium.crypto_box_seal(message, recipient.publicKey);
		expectSameBytes(open(box, recipient), message);
	});
});

describe.skipIf(!hasPythonNacl)("sealed box and PyNaCl (skipped without python3-nacl)", () => {
	const messages = LENGTHS.map((length) => toHex(messageOf(length)));

	test("ours open there", () => {
		const boxes = messages.map((message) => toHex(seal(hex(message), recipient.publicKey)));
		const opened = pythonNacl("open", toHex(recipient.privateKey), boxes);
		expect(opened.every((message, index) => message === messages[index])).toBe(true);
		expect(opened).toHaveLength(messages.length);
	});

	test("theirs open here", () => {
		const boxes = pythonNacl("seal", toHex(recipient.publicKey), messages);
		const opened = boxes.map((box) => toHex(open(hex(box), recipient)));
		expect(opened.every((message, index) => message === messages[index])).toBe(true);
		expect(opened).toHaveLength(messages.length);
	});
});
