import { describe, expect, test } from "bun:test";
import { createHash, scryptSync } from "node:crypto";
import fc from "fast-check";
import {
	ARGON2ID_FAST,
	ARGON2ID_HARD,
	assertBounds,
	derivePrivateKey,
	generateRawPassphrase,
	isRawPassphrase,
	type KdfParameters,
	SCRYPT_FAST,
	SCRYPT_HARD,
} from "../../../src/crypto/key-derivation.ts";
import { CredentialsError, ProtectError } from "../../../src/errors.ts";

const SALT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const NAME = "ünï@example.com";
const CHEAP_SCRYPT = { kdf: "scrypt", log2N: 10, r: 1, p: 1 } as const;
const CHEAP_ARGON2ID = { kdf: "argon2id", opslimit: 1, memlimit: 8192 } as const;
const RAW = { kdf: "raw" } as const;

/** SHA-512 by the runtime, of UTF-8 texts and bytes in a row. */
function sha512(...parts: (string | Uint8Array)[]): Buffer {
	const hash = createHash("sha512");
	for (const part of parts) hash.update(part);
	return hash.digest();
}

describe("derivePrivateKey", () => {
	test("scrypt: as the runtime's primitives put together", async () => {
		const texts = fc.string({ unit: "grapheme", maxLength: 20 });
		await fc.assert(
			fc.asyncProperty(texts, texts, fc.uint8Array(), async (name, passphrase, salt) => {
				const pre = sha512(passphrase, salt, name);
				const kdfSalt = sha512(salt, name).subarray(0, 16);
				const wanted = scryptSync(pre, kdfSalt, 32, { N: 1024, r: 1, p: 1 });
				const key = await derivePrivateKey(CHEAP_SCRYPT, salt, name, passphrase);
				expect(key).toEqual(Uint8Array.from(wanted));
			}),
			{ numRuns: 30 },
		);
	});

	test("raw: half of the first hash", async () => {
		const passphrase = generateRawPassphrase();
		const wanted = sha512(passphrase, SALT, NAME).subarray(0, 32);
		const key = await derivePrivateKey(RAW, SALT, NAME, passphrase);
		expect(key).toEqual(Uint8Array.from(wanted));
		expect(key.buffer.byteLength).toBe(32);
	});

	test.each([CHEAP_SCRYPT, CHEAP_ARGON2ID])(
		"%p: passphrase, name, salt and cost all count",
		async (parameters) => {
			const dearer: KdfParameters =
				parameters.kdf === "scrypt" ? { ...parameters, p: 2 } : { ...parameters, opslimit: 2 };
			const keys = await Promise.all([
				derivePrivateKey(parameters, SALT, NAME, "passphrase"),
				derivePrivateKey(parameters, SALT, NAME, "passphrasE"),
				derivePrivateKey(parameters, SALT, `${NAME}x`, "passphrase"),
				derivePrivateKey(parameters, SALT.slice(1), NAME, "passphrase"),
				derivePrivateKey(dearer, SALT, NAME, "passphrase"),
			]);
			expect(new Set(keys.map((key) => key.toHex())).size).toBe(keys.length);
		},
	);

	test("takes an empty name and an empty passphrase", async () => {
		expect(await derivePrivateKey(CHEAP_SCRYPT, SALT, "", "")).toHaveLength(32);
	});

	test("a memlimit past a whole KiB counts as that KiB, as in libsodium", async () => {
		const odd = { ...CHEAP_ARGON2ID, memlimit: 8192 + 1023 };
		expect(await derivePrivateKey(odd, SALT, NAME, "p")).toEqual(
			await derivePrivateKey(CHEAP_ARGON2ID, SALT, NAME, "p"),
		);
	});

	test("leaves the salt as it was", async () => {
		const salt = SALT.slice();
		await derivePrivateKey(CHEAP_SCRYPT, salt, NAME, "p");
		expect(salt).toEqual(SALT);
	});

	test("refuses parameters out of bounds before any work", async () => {
		const huge = { kdf: "scrypt", log2N: 63, r: 255, p: 255 } as const;
		await expect(derivePrivateKey(huge, SALT, NAME, "p")).rejects.toThrow(ProtectError);
	});

	test("refuses, without quoting it, a passphrase that is no raw key where one is due", async () => {
		await expect(derivePrivateKey(RAW, SALT, NAME, "hunter2")).rejects.toThrow(
			new CredentialsError("the passphrase does not have the form of a raw key"),
		);
	});
});

describe("assertBounds", () => {
	test.each<KdfParameters>([
		SCRYPT_HARD,
		SCRYPT_FAST,
		ARGON2ID_HARD,
		ARGON2ID_FAST,
		RAW,
		{ kdf: "argon2id", opslimit: 1, memlimit: 8192 },
		{ kdf: "argon2id", opslimit: 20, memlimit: 2 ** 30 },
		{ kdf: "argon2id", opslimit: 1, memlimit: 8193 },
		{ kdf: "scrypt", log2N: 10, r: 1, p: 1 },
		{ kdf: "scrypt", log2N: 20, r: 8, p: 16 },
		{ kdf: "scrypt", log2N: 18, r: 32, p: 16 },
	])("takes %p", (parameters) => {
		expect(() => assertBounds(parameters)).not.toThrow();
	});

	const argon2id = { ...ARGON2ID_FAST };
	const scrypt = { ...SCRYPT_FAST };
	test.each<[string, KdfParameters]>([
		["opslimit 0, outside 1 to 20", { ...argon2id, opslimit: 0 }],
		["opslimit 21, outside 1 to 20", { ...argon2id, opslimit: 21 }],
		["opslimit 1.5, outside 1 to 20", { ...argon2id, opslimit: 1.5 }],
		["memlimit 8191, outside 8192 to 1073741824", { ...argon2id, memlimit: 8191 }],
		["memlimit 1073741825, outside 8192 to 1073741824", { ...argon2id, memlimit: 2 ** 30 + 1 }],
		["log2N 9, outside 10 to 20", { ...scrypt, log2N: 9 }],
		["log2N 21, outside 10 to 20", { ...scrypt, log2N: 21, r: 1 }],
		["log2N NaN, outside 10 to 20", { ...scrypt, log2N: Number.NaN }],
		["r 0, outside 1 to 32", { ...scrypt, r: 0 }],
		["r 33, outside 1 to 32", { ...scrypt, r: 33 }],
		["p 0, outside 1 to 16", { ...scrypt, p: 0 }],
		["p 17, outside 1 to 16", { ...scrypt, p: 17 }],
		["memory (128·N·r) 1207959552, outside 0 to 1073741824", { ...scrypt, log2N: 20, r: 9 }],
	])("names the parameter: %s", (words, parameters) => {
		expect(() => assertBounds(parameters)).toThrow(words);
		expect(() => assertBounds(parameters)).toThrow(ProtectError);
	});
});

describe("raw keys", () => {
	test("a generated one has the form, and no two are the same", () => {
		const keys = Array.from({ length: 20 }, generateRawPassphrase);
		expect(keys.every(isRawPassphrase)).toBe(true);
		expect(new Set(keys).size).toBe(keys.length);
	});

	const digits = "0123456789abcdef".repeat(4);
	test.each([
		["nothing", ""],
		["lower-case p", `p${digits}p`],
		["no P at the end", `P${digits}`],
		["upper-case digits", `P${digits.toUpperCase()}P`],
		["a digit short", `P${digits.slice(1)}P`],
		["a digit over", `P${digits}0P`],
		["a line break", `P${digits}P\n`],
		["a letter past f", `P${digits.slice(1)}gP`],
	])("%s is not the form", (_, text) => {
		expect(isRawPassphrase(text)).toBe(false);
	});
});
