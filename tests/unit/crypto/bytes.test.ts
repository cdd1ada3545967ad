import { describe, expect, test } from "bun:test";
import { equalBytes, randomBytes, wipe } from "../../../src/crypto/bytes.ts";

describe("bytes", () => {
	test("wipe overwrites every array with zeros, and only the part that a view shows", () => {
		const buffer = Uint8Array.of(1, 2, 3, 4);
		const other = Uint8Array.of(5, 6);
		wipe(buffer.subarray(1, 3), other);
		expect(buffer).toEqual(Uint8Array.of(1, 0, 0, 4));
		expect(other).toEqual(new Uint8Array(2));
	});

	test("equalBytes compares content and length", () => {
		expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
		expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
		expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
		expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true);
	});

	test("randomBytes draws anew each time", () => {
		expect(randomBytes(32)).toHaveLength(32);
		expect(randomBytes(32)).not.toEqual(randomBytes(32));
	});
});
