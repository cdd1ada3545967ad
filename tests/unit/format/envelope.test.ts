import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeBase64 } from "../../../src/crypto/base64.ts";
import { ProtectError } from "../../../src/errors.ts";
import { decodeEnvelope, encodeEnvelope } from "../../../src/format/envelope.ts";

describe("envelope", () => {
	test("is base64 of a zero byte and the content", () => {
		expect(encodeEnvelope(Uint8Array.of(1, 2, 3))).toBe("AAECAw==");
		expect(decodeEnvelope("AAECAw==")).toEqual(Uint8Array.of(1, 2, 3));
	});

	test("may hold nothing", () => {
		expect(encodeEnvelope(new Uint8Array())).toBe("AA==");
		expect(decodeEnvelope("AA==")).toEqual(new Uint8Array());
	});

	test("any content survives", () => {
		fc.assert(
			fc.property(fc.uint8Array(), (content) => {
				expect(decodeEnvelope(encodeEnvelope(content))).toEqual(content);
			}),
		);
	});

	test("every other first byte is an unknown version", () => {
		for (let version = 1; version <= 255; version++) {
			expect(() => decodeEnvelope(encodeBase64(Uint8Array.of(version, 9)))).toThrow(
				new ProtectError(`is in an unknown envelope: version ${version} is not supported`),
			);
		}
	});

	test("refuses the empty text", () => {
		expect(() => decodeEnvelope("")).toThrow(new ProtectError("is empty"));
	});

	test.each(["AA", "AAECAw", "AAECAx==", "AAEC\nAw==", " AA=="])("refuses %p", (text) => {
		expect(() => decodeEnvelope(text)).toThrow(ProtectError);
	});

	test("what decodes encodes to the same text", () => {
		const text = fc.string({ unit: fc.constantFrom(..."Ag+=-\n", "AAEC"), maxLength: 8 });
		fc.assert(
			fc.property(text, (tail) => {
				let content: Uint8Array;
				try {
					content = decodeEnvelope(`A${tail}`);
				} catch {
					return;
				}
				expect(encodeEnvelope(content)).toBe(`A${tail}`);
			}),
			{ numRuns: 500 },
		);
	});
});
