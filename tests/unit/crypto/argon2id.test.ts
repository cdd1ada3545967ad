import { describe, expect, test } from "bun:test";
import * as nodeCrypto from "node:crypto";
import { argon2id as nobleFullArgon2id } from "@noble/hashes/argon2.js";
import { argon2id, nativeArgon2id, nobleArgon2id } from "../../../src/crypto/argon2id.ts";
import type { Argon2id, Argon2idCost } from "../../../src/crypto/argon2id-function.ts";
import { toHex } from "./hex.ts";

// RFC 9106 §5.3. It uses four lanes, a secret and associated data, which the format does not:
// so it is put to what our two implementations call, not to them.
const RFC_9106 = {
	password: new Uint8Array(32).fill(1),
	salt: new Uint8Array(16).fill(2),
	secret: new Uint8Array(8).fill(3),
	associatedData: new Uint8Array(12).fill(4),
	passes: 3,
	memory: 32,
	parallelism: 4,
	tag: "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
};

describe("RFC 9106 §5.3, Argon2id", () => {
	const { password, salt, secret, associatedData, passes, memory, parallelism, tag } = RFC_9106;

	test("by noble", () => {
		const cost = { t: passes, m: memory, p: parallelism, dkLen: 32 };
		const found = nobleFullArgon2id(password, salt, {
			...cost,
			key: secret,
			personalization: associatedData,
		});
		expect(toHex(found)).toBe(tag);
	});

	const { argon2Sync } = nodeCrypto;
	test.skipIf(argon2Sync === undefined)("by the runtime (skipped where it has none)", () => {
		const input = { message: password, nonce: salt, secret, associatedData };
		const cost = { passes, memory, parallelism, tagLength: 32 };
		expect(toHex(argon2Sync("argon2id", { ...input, ...cost }))).toBe(tag);
	});
});

const PASSWORD = new Uint8Array(64).fill(0x70);
const SALT = new Uint8Array(16).fill(0x5a);

// libsodium's crypto_pwhash through PyNaCl 1.5.0:
// nacl.pwhash.argon2id.kdf(32, PASSWORD, SALT, passes, memory * 1024)
const LIBSODIUM: [Argon2idCost, string][] = [
	[{ passes: 1, memory: 8 }, "f06f9a0106e6b189721dacf9af2f3167faa0091447920db8b36ec10a01f21c5f"],
	[{ passes: 3, memory: 9 }, "100d735113e057e655608fa6efbf7b43939566d37ca0ceedd50bc32fd114bf8f"],
	[{ passes: 2, memory: 1000 }, "d7398712b9a7862ceded0593d048f0a845cba2776406f29767b7606cab6d3d90"],
	[{ passes: 1, memory: 8192 }, "2bf0b7a110ec0be3e245da2ef965567656b3be5051f41c5371d58138ec80024d"],
];

/** One suite over both implementations. */
function suite(derive: Argon2id): void {
	test.each(LIBSODIUM)("agrees with libsodium at %p", async (cost, key) => {
		expect(toHex(await derive(PASSWORD, SALT, cost))).toBe(key);
	});

	test("leaves its arguments as they were and returns a buffer of its own", async () => {
		const password = PASSWORD.slice();
		const salt = SALT.slice();
		const key = await derive(password, salt, { passes: 1, memory: 8 });
		expect([password, salt]).toEqual([PASSWORD, SALT]);
		expect(key.buffer.byteLength).toBe(32);
	});

	test("lets the process attend to other things while it works", async () => {
		let attended = false;
		setTimeout(() => {
			attended = true;
		}, 0);
		await derive(PASSWORD, SALT, { passes: 2, memory: 16384 });
		expect(attended).toBe(true);
	});
}

describe("Argon2id by noble", () => suite(nobleArgon2id));

describe("Argon2id by the runtime", async () => {
	const native = await nativeArgon2id();
	test("is found where the tests run", () => expect(native).toBeDefined());
	if (native) suite(native);
});

describe("Argon2id by whichever there is", () => suite(argon2id));
