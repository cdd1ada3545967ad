import { describe, expect, test } from "bun:test";
import { nativeScrypt, nobleScrypt, type Scrypt, scrypt } from "../../../src/crypto/scrypt.ts";
import { toHex } from "./hex.ts";

// RFC 7914 §12, the first 32 of 64 bytes: scrypt ends in PBKDF2, whose shorter output is the
// beginning of the longer. The fourth vector takes 1 GiB and is left out.
const RFC_7914 = [
	[
		"",
		"",
		{ log2N: 4, r: 1, p: 1 },
		"77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442",
	],
	[
		"password",
		"NaCl",
		{ log2N: 10, r: 8, p: 16 },
		"fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162",
	],
	[
		"pleaseletmein",
		"SodiumChloride",
		{ log2N: 14, r: 8, p: 1 },
		"7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
	],
] as const;

const bytes = (text: string) => new TextEncoder().encode(text);

const native = await nativeScrypt();
const implementations: [name: string, scrypt: Scrypt][] = [
	["noble's", nobleScrypt],
	["the one that is used", scrypt],
	...(native ? [["the runtime's", native] satisfies [string, Scrypt]] : []),
];

describe.each(implementations)("scrypt, %s", (_name, derive) => {
	test.each(RFC_7914)("RFC 7914 §12: %p, %p, %p", async (password, salt, cost, key) => {
		expect(toHex(await derive(bytes(password), bytes(salt), cost))).toBe(key);
	});

	test("lets the process attend to other things while it works", async () => {
		let attended = false;
		setTimeout(() => {
			attended = true;
		}, 0);
		await derive(bytes("password"), bytes("salt"), { log2N: 14, r: 8, p: 1 });
		expect(attended).toBe(true);
	});

	test("keeps within the bounds of the format's largest blocks", async () => {
		const cost = { log2N: 10, r: 32, p: 16 };
		const expected = await nobleScrypt(bytes("password"), bytes("salt"), cost);
		expect(toHex(await derive(bytes("password"), bytes("salt"), cost))).toBe(toHex(expected));
	});
});

test("costs that RFC 7914 leaves out and the format does not", async () => {
	const cost = { log2N: 16, r: 1, p: 1 };
	const expected = await nobleScrypt(bytes("password"), bytes("salt"), cost);
	expect(toHex(await scrypt(bytes("password"), bytes("salt"), cost))).toBe(toHex(expected));
});

test("the runtime's is what a command uses here", () => {
	expect(native).toBeDefined();
});
