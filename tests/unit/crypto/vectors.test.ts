/**
 * Protected files written by others (tests/vectors): each custodian's passphrase derives the
 * stored public key, which opens the domains' keys, which open the secrets.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { derivePrivateKey } from "../../../src/crypto/key-derivation.ts";
import { open } from "../../../src/crypto/sealed-box.ts";
import { type KeyPair, keyPairOf } from "../../../src/crypto/x25519.ts";
import { decodeEnvelope } from "../../../src/format/envelope.ts";
import { decodePwdkm } from "../../../src/format/pwdkm.ts";

interface Expected {
	readonly custodians: readonly { user: string; passphrase: string; domains: string[] }[];
	readonly domains: Readonly<Record<string, Record<string, string>>>;
}

const FOLDER = new URL("../../vectors/", import.meta.url);
const EXPECTED: Record<string, Expected> = JSON.parse(readText("expected.json"));

function readText(name: string): string {
	return readFileSync(new URL(name, FOLDER), "utf8");
}

/** The value at a path of keys, which must be there. */
function at(node: unknown, ...keys: string[]): unknown {
	return keys.reduce((map, key) => {
		if (!(map instanceof Map) || !map.has(key)) throw new Error(`no ${keys.join(" / ")}`);
		return map.get(key);
	}, node);
}

async function unlock(file: unknown, user: string, passphrase: string): Promise<KeyPair> {
	const pwdkm = decodePwdkm(String(at(file, "key-custodians", user, "pwdkm")));
	const keyPair = keyPairOf(await derivePrivateKey(pwdkm.kdf, pwdkm.salt, user, passphrase));
	expect(keyPair.publicKey).toEqual(pwdkm.publicKey);
	return keyPair;
}

function openDomain(file: unknown, domain: string, user: string, custodian: KeyPair): KeyPair {
	const box = decodeEnvelope(String(at(file, domain, "meta", "owners", user)));
	const keyPair = keyPairOf(open(box, custodian));
	const stored = decodeEnvelope(String(at(file, domain, "meta", "public-key")));
	expect(keyPair.publicKey).toEqual(stored);
	return keyPair;
}

describe.each(Object.entries(EXPECTED))("%s", (name, { custodians, domains }) => {
	const file: unknown = parse(readText(name), { schema: "failsafe", mapAsMap: true });

	test.each([...custodians])(
		"opens for $user",
		async ({ user, passphrase, domains: owned }) => {
			const custodian = await unlock(file, user, passphrase);
			for (const domain of owned) {
				const keyPair = openDomain(file, domain, user, custodian);
				for (const [secret, value] of Object.entries(domains[domain] ?? {})) {
					const box = decodeEnvelope(String(at(file, domain, `secret-${secret}`)));
					expect(new TextDecoder().decode(open(box, keyPair))).toBe(value);
				}
			}
			expect(owned.every((domain) => Object.hasOwn(domains, domain))).toBe(true);
		},
		60_000,
	);
});
