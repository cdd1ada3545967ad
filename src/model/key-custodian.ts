/** Key custodians: the people and machines whose passphrase is the way to a private key. */

import { equalBytes, randomBytes, wipe } from "../crypto/bytes.ts";
import { derivePrivateKey, type KdfParameters } from "../crypto/key-derivation.ts";
import { type KeyPair, keyPairFrom, keyPairOf } from "../crypto/x25519.ts";
import { CredentialsError, ProtectError } from "../errors.ts";
import { decodePwdkm, encodePwdkm, type Pwdkm, pwdkmVersion, saltLength } from "../format/pwdkm.ts";
import type { Creds } from "./creds.ts";
import { assertCustodianName } from "./names.ts";

/** A custodian whose passphrase was right; good for the life of one command. */
export interface UnlockedCustodian {
	readonly name: string;
	readonly keyPair: KeyPair;
	/** The entry that was unlocked: should the file's be another by now, so is the key. */
	readonly pwdkm: string;
}

/** A custodian's new key, to be put into a file. */
export interface CustodianKey {
	readonly name: string;
	readonly kdf: KdfParameters["kdf"];
	/** What the file stores, in base64. */
	readonly pwdkm: string;
}

/**
 * Derives a custodian's new key: the slow step, apart from any file so that nobody waits for it.
 *
 * @throws ProtectError for a bad name, for a raw key that lacks the form of one, and for an Argon2id
 * opslimit past 4.
 */
export async function createCustodianKey(creds: Creds, kdf: KdfParameters): Promise<CustodianKey> {
	assertCustodianName(creds.name);
	assertReadByPythonTool(kdf);
	const version = pwdkmVersion(kdf);
	const salt = randomBytes(saltLength(version));
	const privateKey = await derivePrivateKey(kdf, salt, creds.name, creds.passphrase);
	const { publicKey } = keyPairOf(privateKey);
	wipe(privateKey);
	return { name: creds.name, kdf: kdf.kdf, pwdkm: encodePwdkm({ version, kdf, salt, publicKey }) };
}

/** PocketProtector 26.4 refuses more passes; its limit for memory is that of all entries here. */
const MAX_NEW_OPSLIMIT = 4;

function assertReadByPythonTool(kdf: KdfParameters): void {
	if (kdf.kdf !== "argon2id" || kdf.opslimit <= MAX_NEW_OPSLIMIT) return;
	throw new ProtectError(
		`an Argon2id opslimit of ${kdf.opslimit} is more than the Python tool reads`,
		`choose an opslimit of at most ${MAX_NEW_OPSLIMIT}`,
	);
}

/**
 * Derives the private key and compares its public key with the stored one: the one
 * derivation that a command makes.
 *
 * @param pwdkm undefined where no such custodian exists: the error is the same.
 * @throws CredentialsError for a wrong name or passphrase, not saying which.
 */
export async function unlockCustodian(
	creds: Creds,
	pwdkm: string | undefined,
): Promise<UnlockedCustodian> {
	if (pwdkm === undefined) throw invalidCredentials(creds);
	const { kdf, salt, publicKey } = decodePwdkm(pwdkm);
	const privateKey = await deriveOrRefuse(creds, kdf, salt);
	const keyPair = await keyPairFrom(privateKey);
	if (!equalBytes(keyPair.publicKey, publicKey)) {
		wipe(privateKey);
		throw invalidCredentials(creds);
	}
	return { name: creds.name, keyPair, pwdkm };
}

async function deriveOrRefuse(
	creds: Creds,
	kdf: KdfParameters,
	salt: Pwdkm["salt"],
): Promise<Uint8Array> {
	try {
		return await derivePrivateKey(kdf, salt, creds.name, creds.passphrase);
	} catch (error) {
		// A raw key's passphrase that lacks its form is one more wrong passphrase.
		if (error instanceof ProtectError) throw invalidCredentials(creds, rawKeyHint(kdf, creds));
		throw error;
	}
}

/** Keys that are mounted or pasted get cut short, or encoded once more. */
function rawKeyHint({ kdf }: KdfParameters, { name, passphrase }: Creds): string | undefined {
	if (kdf !== "raw" || passphrase === "") return undefined;
	return `${name} has a raw key, and this passphrase does not have the form of one: P, 64 hexadecimal digits in lower case, P`;
}

const SEE_CUSTODIANS = "to see who can unlock this file: pprotect status";

function invalidCredentials({ name, passphrase, sources }: Creds, hint?: string): CredentialsError {
	const from = (source: string | undefined) => (source ? ` (from ${source})` : "");
	const empty = [name === "" && "user email", passphrase === "" && "passphrase"].filter(Boolean);
	const warning = empty.length > 0 ? ` (warning: empty ${empty.join(" and ")})` : "";
	return new CredentialsError(
		`invalid user email${from(sources.name)} or passphrase${from(sources.passphrase)}${warning}`,
		{ hint: hint ?? SEE_CUSTODIANS, libraryHint: hint ?? "check the credentials and try again" },
	);
}
