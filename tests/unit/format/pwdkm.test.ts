import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../../src/crypto/base64.ts";
import {
	ARGON2ID_FAST,
	ARGON2ID_HARD,
	SCRYPT_FAST,
	SCRYPT_HARD,
} from "../../../src/crypto/key-derivation.ts";
import { ProtectError } from "../../../src/errors.ts";
import {
	decodePwdkm,
	encodePwdkm,
	type Pwdkm,
	pwdkmVersion,
	saltLength,
} from "../../../src/format/pwdkm.ts";

const RAW = { kdf: "raw" } as const;
const SALT_8 = new Uint8Array(8).fill(0x5a);
const SALT_16 = new Uint8Array(16).fill(0x5a);
const PUBLIC_KEY = new Uint8Array(32).fill(0xa5);
const KEY_HEX = "a5".repeat(32);

/** One entry of each shape, with the bytes that docs/format.md gives it. */
const ENTRIES: [string, Pwdkm, string][] = [
	[
		"version 0",
		{ version: 0, kdf: ARGON2ID_HARD, salt: SALT_8, publicKey: PUBLIC_KEY },
		`00${"5a".repeat(8)}${KEY_HEX}`,
	],
	[
		"version 1",
		{ version: 1, kdf: ARGON2ID_FAST, salt: SALT_8, publicKey: PUBLIC_KEY },
		`01${"02000000"}${"00000004"}${"5a".repeat(8)}${KEY_HEX}`,
	],
	[
		"version 1 with version 0's parameters",
		{ version: 1, kdf: ARGON2ID_HARD, salt: SALT_8, publicKey: PUBLIC_KEY },
		`01${"04000000"}${"00000010"}${"5a".repeat(8)}${KEY_HEX}`,
	],
	[
		"version 2",
		{ version: 2, kdf: RAW, salt: SALT_8, publicKey: PUBLIC_KEY },
		`02${"5a".repeat(8)}${KEY_HEX}`,
	],
	[
		"version 3",
		{ version: 3, kdf: SCRYPT_HARD, salt: SALT_16, publicKey: PUBLIC_KEY },
		`03${"12"}${"08"}${"01"}${"5a".repeat(16)}${KEY_HEX}`,
	],
];

function base64OfHex(hex: string): string {
	return Buffer.from(hex, "hex").toString("base64");
}

function changed(text: string, index: number, byte: number): string {
	const bytes = decodeBase64(text);
	bytes[index] = byte;
	return encodeBase64(bytes);
}

describe.each(ENTRIES)("pwdkm %s", (_, entry, hex) => {
	const text = base64OfHex(hex);
	const { version } = entry;

	test("has the bytes of its layout", () => {
		expect(encodePwdkm(entry)).toBe(text);
		expect(decodePwdkm(text)).toEqual(entry);
	});

	test("has one length only", () => {
		const bytes = decodeBase64(text);
		for (const length of [...Array(bytes.length).keys(), bytes.length + 1]) {
			const resized = new Uint8Array(length);
			resized.set(bytes.subarray(0, length));
			expect(() => decodePwdkm(encodeBase64(resized))).toThrow(ProtectError);
		}
		expect(() => decodePwdkm(encodeBase64(bytes.subarray(0, -1)))).toThrow(
			`has a pwdkm of ${bytes.length - 1} bytes, where key format version ${version} takes ${bytes.length}`,
		);
	});

	test("does not encode with a salt or a key of another length", () => {
		const longer = new Uint8Array(saltLength(version) + 1);
		expect(() => encodePwdkm({ ...entry, salt: longer })).toThrow(ProtectError);
		expect(() => encodePwdkm({ ...entry, publicKey: PUBLIC_KEY.slice(1) })).toThrow(ProtectError);
	});
});

describe("decodePwdkm", () => {
	test("what decodes encodes to the same text, whatever single byte was changed", () => {
		const entry = fc.constantFrom(...ENTRIES.map(([, entry]) => encodePwdkm(entry)));
		fc.assert(
			fc.property(entry, fc.nat({ max: 51 }), fc.nat({ max: 255 }), (valid, index, byte) => {
				const text = changed(valid, index, byte);
				let pwdkm: Pwdkm;
				try {
					pwdkm = decodePwdkm(text);
				} catch (error) {
					expect(error).toBeInstanceOf(ProtectError);
					return;
				}
				expect(encodePwdkm(pwdkm)).toBe(text);
			}),
			{ numRuns: 1000 },
		);
	});

	test("every parameter within bounds survives", () => {
		const argon2id = fc.record({
			kdf: fc.constant("argon2id" as const),
			opslimit: fc.integer({ min: 1, max: 20 }),
			memlimit: fc.integer({ min: 8192, max: 2 ** 30 }),
		});
		const scrypt = fc.record({
			kdf: fc.constant("scrypt" as const),
			log2N: fc.integer({ min: 10, max: 18 }),
			r: fc.integer({ min: 1, max: 32 }),
			p: fc.integer({ min: 1, max: 16 }),
		});
		fc.assert(
			fc.property(fc.oneof(argon2id, scrypt), (kdf) => {
				const version = pwdkmVersion(kdf);
				const salt = new Uint8Array(saltLength(version)).fill(7);
				const entry = { version, kdf, salt, publicKey: PUBLIC_KEY };
				expect(decodePwdkm(encodePwdkm(entry))).toEqual(entry);
			}),
		);
	});

	test("every version past 3 is unknown", () => {
		for (let version = 4; version <= 255; version++) {
			const text = changed(base64OfHex(`00${"5a".repeat(8)}${KEY_HEX}`), 0, version);
			expect(() => decodePwdkm(text)).toThrow(
				`uses key format version ${version}, which this pprotect does not know`,
			);
		}
	});

	test("an unknown version is named whatever the length", () => {
		expect(() => decodePwdkm("BA==")).toThrow("uses key format version 4, which");
	});

	test("refuses the empty text", () => {
		expect(() => decodePwdkm("")).toThrow(new ProtectError("has an empty pwdkm"));
	});

	test("refuses what is not canonical base64, without quoting it", () => {
		expect(() => decodePwdkm("hunter2!")).toThrow(ProtectError);
		expect(() => decodePwdkm("hunter2!")).toThrow(
			new ProtectError(
				"has a pwdkm that is not base64 in its one accepted form (padded, on one line)",
			),
		);
	});

	test.each([
		["opslimit", 1, 21, 1],
		["memlimit", 1, 0x41, 8],
		["log2N", 4, 21, 1],
		["r", 4, 33, 2],
		["p", 4, 17, 3],
	])("refuses %s out of bounds", (parameter, entry, byte, index) => {
		const text = base64OfHex(ENTRIES[entry]?.[2] ?? "");
		expect(() => decodePwdkm(changed(text, index, byte))).toThrow(`${parameter} `);
	});
});

describe("encodePwdkm", () => {
	test.each<Pwdkm>([
		{ version: 0, kdf: ARGON2ID_FAST, salt: SALT_8, publicKey: PUBLIC_KEY },
		{ version: 0, kdf: SCRYPT_HARD, salt: SALT_8, publicKey: PUBLIC_KEY },
		{ version: 1, kdf: SCRYPT_HARD, salt: SALT_8, publicKey: PUBLIC_KEY },
		{ version: 2, kdf: ARGON2ID_HARD, salt: SALT_8, publicKey: PUBLIC_KEY },
		{ version: 3, kdf: RAW, salt: SALT_16, publicKey: PUBLIC_KEY },
	])("refuses parameters that the version does not hold: %p", (entry) => {
		expect(() => encodePwdkm(entry)).toThrow("does not hold");
	});

	test("refuses parameters out of bounds", () => {
		const kdf = { ...SCRYPT_FAST, p: 256 };
		const entry: Pwdkm = { version: 3, kdf, salt: SALT_16, publicKey: PUBLIC_KEY };
		expect(() => encodePwdkm(entry)).toThrow(ProtectError);
	});
});

test("pwdkmVersion is the one that the Python tool writes, and 3 for scrypt", () => {
	expect([ARGON2ID_HARD, ARGON2ID_FAST, RAW, SCRYPT_HARD].map(pwdkmVersion)).toEqual([0, 1, 2, 3]);
});
