/** What somebody without credentials can do to a protected file: all of it, as nothing is signed. */
import { seal } from "../../src/crypto/sealed-box.ts";
import { generateKeyPair, type KeyPair } from "../../src/crypto/x25519.ts";
import type { DomainData, FileData } from "../../src/format/data.ts";
import { encodeEnvelope } from "../../src/format/envelope.ts";
import { decodePwdkm, encodePwdkm } from "../../src/format/pwdkm.ts";
import { readProtected } from "../../src/format/read.ts";
import { writeProtected } from "../../src/format/write.ts";
import { openSecret } from "../../src/model/domain.ts";

/** The text with `change` made to what it says. */
export function rewritten(text: string, change: (data: FileData) => Partial<FileData>): string {
	const source = readProtected(new TextEncoder().encode(text), "p");
	const data = { ...source.data, ...change(source.data) };
	return new TextDecoder().decode(writeProtected(source, data, "p"));
}

/** The text with `change` made to one domain, and a line added to the log. */
export function withDomain(
	text: string,
	name: string,
	change: (domain: DomainData, data: FileData) => Partial<DomainData>,
	entry?: string,
): string {
	return rewritten(text, (data) => {
		const domain = data.domains.get(name);
		if (!domain) throw new Error(`no domain ${name}`);
		const domains = new Map(data.domains).set(name, { ...domain, ...change(domain, data) });
		return { domains, auditLog: entry === undefined ? data.auditLog : [...data.auditLog, entry] };
	});
}

/** The text with a key of the attacker's for the domain, sealed to all of its owners. */
export function takeOver(
	text: string,
	name: string,
	values: Readonly<Record<string, string>>,
	entry = `2026-11-21T17:50:49Z -- rotated key for domain ${name}`,
): string {
	const key = generateKeyPair();
	return withDomain(
		text,
		name,
		({ owners }, { custodians }) => ({
			publicKey: encodeEnvelope(key.publicKey),
			owners: new Map([...owners.keys()].map((owner) => [owner, sealTo(custodians, owner, key)])),
			secrets: new Map(
				Object.entries(values).map(([secret, value]) => [
					secret,
					encodeEnvelope(seal(new TextEncoder().encode(value), key.publicKey)),
				]),
			),
		}),
		entry,
	);
}

function sealTo(custodians: FileData["custodians"], owner: string, key: KeyPair): string {
	const { publicKey } = decodePwdkm(custodians.get(owner) ?? "");
	return encodeEnvelope(seal(key.privateKey, publicKey));
}

/** The text with a public key of the attacker's in the place of the domain's. */
export function swapPublicKey(text: string, name: string, key: KeyPair): string {
	return withDomain(text, name, () => ({ publicKey: encodeEnvelope(key.publicKey) }));
}

/** The text with a public key of the attacker's in the place of the custodian's. */
export function swapCustodianKey(text: string, name: string, key: KeyPair): string {
	return rewritten(text, ({ custodians }) => {
		const pwdkm = { ...decodePwdkm(custodians.get(name) ?? ""), publicKey: key.publicKey };
		return { custodians: new Map(custodians).set(name, encodePwdkm(pwdkm)) };
	});
}

/** What the attacker reads of a secret that was sealed to their key; undefined if it was not. */
export function openedByAttacker(
	text: string,
	name: string,
	secret: string,
	key: KeyPair,
): string | undefined {
	const { data } = readProtected(new TextEncoder().encode(text), "p");
	const box = data.domains.get(name)?.secrets.get(secret) ?? "";
	try {
		return openSecret(name, secret, box, key);
	} catch {
		return undefined;
	}
}

/** Bytes of the right form that open for nobody, in an envelope. */
export function garbageBox(length: number): string {
	const { publicKey } = generateKeyPair();
	return encodeEnvelope(seal(new Uint8Array(length), publicKey));
}
