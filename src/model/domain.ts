/** A domain's own operations, on the data of one domain. */

import { wipe } from "../crypto/bytes.ts";
import { boxAgreement, open, seal } from "../crypto/sealed-box.ts";
import { generateKeyPair, type KeyPair, keyPairFrom, keyPairOf } from "../crypto/x25519.ts";
import { DecryptionError, NameError, ProtectError } from "../errors.ts";
import type { DomainData } from "../format/data.ts";
import { decodeEnvelope, encodeEnvelope } from "../format/envelope.ts";
import { decodePwdkm } from "../format/pwdkm.ts";
import type { UnlockedCustodian } from "./key-custodian.ts";

/** How many boxes the other thread may be ahead: with more, only memory grows. */
const AHEAD = 64;

/** Custodians to seal to: by name, their pwdkm in base64. */
type Custodians = ReadonlyMap<string, string>;

/** A domain without secrets, with a fresh key pair held by one owner. */
export function createDomain(owner: string, pwdkm: string): DomainData {
	const keyPair = generateKeyPair();
	try {
		return {
			publicKey: encodeEnvelope(keyPair.publicKey),
			owners: new Map([[owner, sealKey(keyPair, pwdkm)]]),
			secrets: new Map(),
		};
	} finally {
		wipe(keyPair.privateKey);
	}
}

/**
 * The domain's key pair.
 *
 * @param name the domain's, for errors.
 * @throws NameError if the custodian is no owner.
 * @throws DecryptionError if their entry does not open with their key.
 */
export function openDomainKey(
	name: string,
	domain: DomainData,
	custodian: UnlockedCustodian,
): KeyPair {
	const box = ownersBox(name, domain, custodian);
	try {
		return keyPairOf(open(decodeEnvelope(box), custodian.keyPair));
	} catch (error) {
		throw ownersBoxFault(name, custodian, error);
	}
}

/** As {@link openDomainKey}, in the way of {@link openSecrets}. */
export async function openDomainKeyFast(
	name: string,
	domain: DomainData,
	custodian: UnlockedCustodian,
): Promise<KeyPair> {
	const text = ownersBox(name, domain, custodian);
	try {
		const box = decodeEnvelope(text);
		const agreed = await boxAgreement(custodian.keyPair)(box);
		return await keyPairFrom(open(box, custodian.keyPair, agreed));
	} catch (error) {
		throw ownersBoxFault(name, custodian, error);
	}
}

function ownersBox(name: string, domain: DomainData, custodian: UnlockedCustodian): string {
	const box = domain.owners.get(custodian.name);
	if (box !== undefined) return box;
	throw new NameError(
		`${custodian.name} is not an owner of ${name}`,
		`its owners are: ${[...domain.owners.keys()].join(", ")}`,
	);
}

function ownersBoxFault(name: string, custodian: UnlockedCustodian, cause: unknown): unknown {
	if (!(cause instanceof ProtectError)) return cause;
	return new DecryptionError(
		`the key of domain ${name} does not open for its owner ${custodian.name}`,
		{
			hint: "the entry was damaged, or sealed to an older key of theirs: restore it from version control, or ask another owner to add them again",
			cause,
		},
	);
}

/**
 * A secret's value.
 *
 * @throws DecryptionError naming the secret and its domain.
 */
export function openSecret(
	name: string,
	secret: string,
	box: string,
	keyPair: KeyPair,
	agreed?: Uint8Array,
): string {
	const value = openSecretBytes(name, secret, box, keyPair, agreed);
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
	} catch (error) {
		throw new DecryptionError(`secret ${secret} of domain ${name} is not UTF-8 text`, {
			cause: error,
		});
	} finally {
		wipe(value);
	}
}

/**
 * The values of secrets, whose names and boxes are given, with WebCrypto where the runtime has it:
 * `exec` loads no module for it, and while a box is opened the key of a later one is found.
 *
 * @throws as {@link openSecret}, for the first that does not open.
 */
export async function openSecrets(
	name: string,
	boxes: readonly (readonly [secret: string, box: string])[],
	keyPair: KeyPair,
): Promise<Map<string, string>> {
	const values = new Map<string, string>();
	const agree = boxAgreement(keyPair);
	const agreed = boxes.slice(0, AHEAD).map(([, box]) => agree(boxOrNothing(box)));
	try {
		for (const [index, [secret, box]] of boxes.entries()) {
			const key = await agreed[index];
			const later = boxes[index + AHEAD];
			if (later) agreed.push(agree(boxOrNothing(later[1])));
			values.set(secret, openSecret(name, secret, box, keyPair, key));
		}
	} finally {
		for (const pending of agreed.slice(values.size)) void pending.then((key) => key && wipe(key));
	}
	return values;
}

/** Nothing for a text that is no box: it is told of in its turn. */
function boxOrNothing(text: string): Uint8Array {
	try {
		return decodeEnvelope(text);
	} catch {
		return new Uint8Array(0);
	}
}

function openSecretBytes(
	name: string,
	secret: string,
	box: string,
	keyPair: KeyPair,
	agreed?: Uint8Array,
): Uint8Array {
	try {
		return open(decodeEnvelope(box), keyPair, agreed);
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
		throw new DecryptionError(`secret ${secret} of domain ${name} does not open`, {
			hint: "it was damaged, or sealed to another key: restore it from version control, or ask an owner whether they rotated the key before you set it again",
			cause: error,
		});
	}
}

/** The domain with the values sealed in, by name, whether their secrets were there or not. */
export function withSecrets(domain: DomainData, values: ReadonlyMap<string, string>): DomainData {
	const publicKey = decodeEnvelope(domain.publicKey);
	const secrets = new Map(domain.secrets);
	for (const [secret, value] of values) {
		const bytes = new TextEncoder().encode(value);
		try {
			secrets.set(secret, encodeEnvelope(seal(bytes, publicKey)));
		} finally {
			wipe(bytes);
		}
	}
	return { ...domain, secrets };
}

export function withoutSecrets(domain: DomainData, removed: ReadonlySet<string>): DomainData {
	const kept = [...domain.secrets].filter(([secret]) => !removed.has(secret));
	return { ...domain, secrets: new Map(kept) };
}

/** The domain with its private key sealed to the custodian whose pwdkm is given. */
export function withOwner(
	domain: DomainData,
	owner: string,
	pwdkm: string,
	keyPair: KeyPair,
): DomainData {
	return { ...domain, owners: new Map(domain.owners).set(owner, sealKey(keyPair, pwdkm)) };
}

export function withoutOwner(domain: DomainData, owner: string): DomainData {
	return { ...domain, owners: without(domain.owners, owner) };
}

/** The domain under a fresh key pair: every value and every owner's entry sealed anew. */
export function rotateKey(
	name: string,
	domain: DomainData,
	old: KeyPair,
	custodians: Custodians,
): DomainData {
	const keyPair = generateKeyPair();
	try {
		const owners = new Map<string, string>();
		for (const owner of domain.owners.keys()) {
			const pwdkm = custodians.get(owner);
			if (pwdkm !== undefined) owners.set(owner, sealKey(keyPair, pwdkm));
		}
		const secrets = new Map<string, string>();
		for (const [secret, box] of domain.secrets) {
			const value = openSecretBytes(name, secret, box, old);
			try {
				secrets.set(secret, encodeEnvelope(seal(value, keyPair.publicKey)));
			} finally {
				wipe(value);
			}
		}
		return { publicKey: encodeEnvelope(keyPair.publicKey), owners, secrets };
	} finally {
		wipe(keyPair.privateKey);
	}
}

function sealKey(keyPair: KeyPair, pwdkm: string): string {
	return encodeEnvelope(seal(keyPair.privateKey, decodePwdkm(pwdkm).publicKey));
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): Map<string, Value> {
	const rest = new Map(map);
	rest.delete(key);
	return rest;
}

/**
 * The value of a secret among those that were decrypted: never an empty one for a value that is lost.
 *
 * @throws Error where it was not decrypted, which is a bug in pprotect.
 */
export function decryptedValue(values: ReadonlyMap<string, string>, secret: string): string {
	const value = values.get(secret);
	if (value === undefined) throw new Error("a secret was not decrypted");
	return value;
}
