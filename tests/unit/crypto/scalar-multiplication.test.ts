import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	BASE_POINT,
	nativeScalarMultiplication,
	nobleScalarMultiplication,
	type ScalarMultiplication,
} from "../../../src/crypto/scalar-multiplication.ts";
import { hex, toHex } from "./hex.ts";
import { LOW_ORDER_POINTS } from "./low-order-points.ts";

// RFC 7748 §5.2, the two single vectors.
const RFC_7748_SINGLE = [
	[
		"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
		"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
		"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
	],
	[
		"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
		"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
		"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
	],
] as const;

// RFC 7748 §5.2, the iterated vector: k and u both start as the base point.
const RFC_7748_AFTER_1 = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
const RFC_7748_AFTER_1000 = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51";

function orZeros(product: () => Uint8Array): Uint8Array {
	try {
		return product();
	} catch {
		return new Uint8Array(32);
	}
}

/** One suite over both implementations, which is what makes them interchangeable. */
function suite(multiply: ScalarMultiplication): void {
	test.each(RFC_7748_SINGLE)("RFC 7748 §5.2 vector %#", (scalar, u, product) => {
		expect(toHex(multiply(hex(scalar), hex(u)))).toBe(product);
	});

	test("RFC 7748 §5.2 vector, iterated 1 and 1,000 times", () => {
		let scalar: Uint8Array = BASE_POINT;
		let u: Uint8Array = BASE_POINT;
		for (let iteration = 1; iteration <= 1000; iteration++) {
			const product = multiply(scalar, u);
			u = scalar;
			scalar = product;
			if (iteration === 1) expect(toHex(scalar)).toBe(RFC_7748_AFTER_1);
		}
		expect(toHex(scalar)).toBe(RFC_7748_AFTER_1000);
	}, 30_000);

	test("leaves its arguments as they were and returns a buffer of its own", () => {
		const scalar = new Uint8Array(32).fill(0xff);
		const u = new Uint8Array(32).fill(0xfe);
		const product = multiply(scalar, u);
		expect(scalar).toEqual(new Uint8Array(32).fill(0xff));
		expect(u).toEqual(new Uint8Array(32).fill(0xfe));
		expect(product.buffer.byteLength).toBe(32);
	});

	test.each(LOW_ORDER_POINTS)("throws or gives zeros at the point of low order %s", (point) => {
		const product = () => multiply(BASE_POINT, hex(point));
		expect(orZeros(product)).toEqual(new Uint8Array(32));
	});

	test("takes views into larger buffers", () => {
		const [scalar, u, product] = RFC_7748_SINGLE[0];
		const joined = hex(`00${scalar}${u}00`);
		expect(toHex(multiply(joined.subarray(1, 33), joined.subarray(33, 65)))).toBe(product);
	});
}

describe("scalar multiplication by noble", () => suite(nobleScalarMultiplication));

describe("scalar multiplication by the runtime", () => {
	const native = nativeScalarMultiplication();
	test("is found where the tests run", () => expect(native).toBeDefined());
	if (native === undefined) return;
	suite(native);

	test("both implementations agree on any scalar and any u coordinate", () => {
		const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
		fc.assert(
			fc.property(key, key, (scalar, u) => {
				expect(native(scalar, u)).toEqual(nobleScalarMultiplication(scalar, u));
			}),
			{ numRuns: 200 },
		);
	});

	test("both reduce u coordinates past the field's prime", () => {
		// RFC 7748 §5: 2^255 - 17 to 2^255 - 1 stand for 2 to 18, with or without the top bit.
		const scalar = new Uint8Array(32).fill(0x42);
		for (let low = 0xef; low <= 0xff; low++) {
			for (const top of [0x7f, 0xff]) {
				const u = new Uint8Array(32).fill(0xff);
				u[0] = low;
				u[31] = top;
				const reduced = new Uint8Array(32);
				reduced[0] = low - 0xed;
				const product = native(scalar, reduced);
				expect(native(scalar, u)).toEqual(product);
				expect(nobleScalarMultiplication(scalar, u)).toEqual(product);
			}
		}
	});
});
