import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../../src/crypto/base64.ts";
import { ProtectError } from "../../../src/errors.ts";

// RFC 4648 §10.
const RFC_4648 = [
	["", ""],
	["f", "Zg=="],
	["fo", "Zm8="],
	["foo", "Zm9v"],
	["foob", "Zm9vYg=="],
	["fooba", "Zm9vYmE="],
	["foobar", "Zm9vYmFy"],
] as const;

describe("base64", () => {
	test.each(RFC_4648)("RFC 4648 vector %p", (plain, text) => {
		const bytes = new TextEncoder().encode(plain);
		expect(encodeBase64(bytes)).toBe(text);
		expect(decodeBase64(text)).toEqual(bytes);
	});

	test("takes the standard alphabet", () => {
		expect(decodeBase64("+/+/")).toEqual(Uint8Array.of(0xfb, 0xff, 0xbf));
	});

	test.each([
		["the URL alphabet", "-_-_"],
		["no padding", "Zg"],
		["half the padding", "Zg="],
		["too much padding", "Zg==="],
		["padding alone", "===="],
		["padding in the middle", "Zg==Zg=="],
		["bits after the last byte", "Zh=="],
		["bits after the last byte of two", "Zm9="],
		["one digit over", "Zm9vY"],
		["a line break inside", "Zm9v\nYmFy"],
		["a line break at the end", "Zm9v\n"],
		["a blank", "Zm9v Ymy="],
		["a letter outside the alphabet", "Zm9*"],
		["a NUL", "Zm9v\0"],
		["a letter whose low byte is that of an A", "Zm9\u0141"],
	])("refuses %s", (_, text) => {
		expect(() => decodeBase64(text)).toThrow(ProtectError);
	});

	test("does not quote what it refuses", () => {
		expect(() => decodeBase64("hunter2hunter2!")).toThrow(
			new ProtectError("is not base64 in its one accepted form (padded, on one line)"),
		);
	});

	test("any bytes survive, also as a view into a larger buffer", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 100 }), (bytes, start) => {
				const view = bytes.subarray(start);
				expect(decodeBase64(encodeBase64(view))).toEqual(Uint8Array.from(view));
			}),
		);
	});

	test("decodes into a buffer of its own, which holds no other data", () => {
		const bytes = decodeBase64("Zm9v");
		expect(bytes.buffer.byteLength).toBe(3);
		expect(bytes.constructor).toBe(Uint8Array); // and no Buffer, whose slice() shares memory
	});

	test("what decodes encodes to the same text", () => {
		const almostBase64 = fc.string({
			unit: fc.constantFrom(..."AQgw+/=-_ \n", "Zm9v", "Zg==", "é"),
			maxLength: 12,
		});
		fc.assert(
			fc.property(almostBase64, (text) => {
				let bytes: Uint8Array;
				try {
					bytes = decodeBase64(text);
				} catch {
					return;
				}
				expect(encodeBase64(bytes)).toBe(text);
			}),
			{ numRuns: 500 },
		);
	});

	test("4 MB pass through in both directions", () => {
		const bytes = new Uint8Array(3 * 1024 * 1024 + 1).fill(0xa5);
		expect(Buffer.compare(decodeBase64(encodeBase64(bytes)), bytes)).toBe(0);
	});
});
