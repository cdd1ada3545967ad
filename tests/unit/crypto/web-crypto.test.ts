import { describe, expect, spyOn, test } from "bun:test";
import fc from "fast-check";
import {
	BASE_POINT,
	nobleScalarMultiplication,
} from "../../../src/crypto/scalar-multiplication.ts";
import { webMultiplication } from "../../../src/crypto/web-crypto.ts";
import { agreement, keyPairFrom, keyPairOf } from "../../../src/crypto/x25519.ts";
import { hex, toHex } from "./hex.ts";
import { LOW_ORDER_POINTS } from "./low-order-points.ts";

// RFC 7748 §5.2, a vector whose u coordinate has its top bit set.
const SCALAR = hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d");
const U = hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493");
const PRODUCT = "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("scalar multiplication by WebCrypto", () => {
	test("RFC 7748 §5.2 vector, from views into larger buffers", async () => {
		const joined = Uint8Array.of(0, ...SCALAR, ...U, 0);
		const product = await webMultiplication(joined.subarray(1, 33))(joined.subarray(33, 65));
		expect(toHex(product ?? new Uint8Array())).toBe(PRODUCT);
		expect(joined).toEqual(Uint8Array.of(0, ...SCALAR, ...U, 0));
	});

	test("gives what noble gives, in the order of the points", async () => {
		await fc.assert(
			fc.asyncProperty(key, fc.array(key, { maxLength: 5 }), async (scalar, us) => {
				const products = us.map((u) => nobleScalarMultiplication(scalar, u));
				expect(await Promise.all(us.map(webMultiplication(scalar)))).toEqual(products);
			}),
			{ numRuns: 50 },
		);
	});

	test.each(LOW_ORDER_POINTS)("shares nothing with the point of low order %s", async (point) => {
		const agree = agreement(SCALAR);
		expect(await agree(hex(point))).toBeUndefined();
		expect(await agree(U)).toBeDefined();
	});

	test("gives nothing for a point of another length", async () => {
		const multiplied = webMultiplication(SCALAR);
		expect(await multiplied(new Uint8Array(31))).toBeUndefined();
		expect(await multiplied(new Uint8Array(0))).toBeUndefined();
	});

	test("a key pair is the same without it", async () => {
		const scalar = new Uint8Array(32).fill(7);
		const expected = keyPairOf(scalar);
		expect(await keyPairFrom(scalar)).toEqual(expected);
		const importKey = spyOn(crypto.subtle, "importKey").mockRejectedValue(new Error("no X25519"));
		try {
			expect(await webMultiplication(scalar)(BASE_POINT)).toBeUndefined();
			expect(await keyPairFrom(scalar)).toEqual(expected);
		} finally {
			importKey.mockRestore();
		}
	});
});
