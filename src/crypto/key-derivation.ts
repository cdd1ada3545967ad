/**
 * A custodian's private key from a name, a passphrase and a salt.
 *
 *   pre     = SHA-512(passphrase || salt || name)
 *   kdfSalt = SHA-512(salt || name)[0:16]
 *   key     = Argon2id(pre, kdfSalt) | scrypt(pre, kdfSalt) | pre[0:32] for a raw key
 *
 * with name and passphrase in UTF-8. The name is bound in, so that a key moved to another name
 * does not open. Work is bounded before it starts, because the parameters come from a file.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { CredentialsError, ProtectError } from "../errors.ts";
import { argon2id } from "./argon2id.ts";
import { randomBytes, wipe } from "./bytes.ts";
import { type ScryptCost, scrypt } from "./scrypt.ts";
import { KEY_LENGTH } from "./x25519.ts";

/** Argon2id with libsodium's words: `opslimit` is the passes, `memlimit` the memory in bytes. */
export interface Argon2idParameters {
	readonly kdf: "argon2id";
	readonly opslimit: number;
	/** Bytes. What is past a whole KiB is dropped, as libsodium does. */
	readonly memlimit: number;
}

/** scrypt, which takes 128 · 2^log2N · r bytes of memory. */
export interface ScryptParameters extends ScryptCost {
	readonly kdf: "scrypt";
}

/** No work at all: the passphrase is itself a random 256-bit key. */
export interface RawParameters {
	readonly kdf: "raw";
}

export type KdfParameters = Argon2idParameters | ScryptParameters | RawParameters;

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** 256 MiB of memory hardness. */
export const SCRYPT_HARD: ScryptParameters = { kdf: "scrypt", log2N: 18, r: 8, p: 1 };
/** 64 MiB. */
export const SCRYPT_FAST: ScryptParameters = { kdf: "scrypt", log2N: 16, r: 8, p: 1 };
/** As Python PocketProtector's `hard`. */
export const ARGON2ID_HARD: Argon2idParameters = {
	kdf: "argon2id",
	opslimit: 4,
	memlimit: 256 * MIB,
};
/** As Python PocketProtector's `fast`. */
export const ARGON2ID_FAST: Argon2idParameters = {
	kdf: "argon2id",
	opslimit: 2,
	memlimit: 64 * MIB,
};

/**
 * Derives the 32-byte X25519 private key. Asynchronous so that signals are handled meanwhile.
 *
 * @param salt 8 or 16 bytes, from the custodian's entry.
 * @throws ProtectError for parameters out of bounds, before any work; CredentialsError where a
 * raw key is due and the passphrase has not the form of one.
 */
export async function derivePrivateKey(
	parameters: KdfParameters,
	salt: Uint8Array,
	name: string,
	passphrase: string,
): Promise<Uint8Array> {
	assertBounds(parameters);
	if (parameters.kdf === "raw" && !isRawPassphrase(passphrase)) {
		throw new CredentialsError("the passphrase does not have the form of a raw key");
	}
	const nameBytes = new TextEncoder().encode(name);
	const passphraseBytes = new TextEncoder().encode(passphrase);
	const pre = sha512.create().update(passphraseBytes).update(salt).update(nameBytes).digest();
	wipe(passphraseBytes);
	try {
		if (parameters.kdf === "raw") return pre.slice(0, KEY_LENGTH);
		const kdfSalt = sha512.create().update(salt).update(nameBytes).digest().slice(0, 16);
		return await stretch(parameters, pre, kdfSalt);
	} finally {
		wipe(pre);
	}
}

async function stretch(
	parameters: Exclude<KdfParameters, RawParameters>,
	pre: Uint8Array,
	kdfSalt: Uint8Array,
): Promise<Uint8Array> {
	switch (parameters.kdf) {
		case "argon2id": {
			const memory = Math.floor(parameters.memlimit / KIB);
			return argon2id(pre, kdfSalt, { passes: parameters.opslimit, memory });
		}
		case "scrypt":
			return scrypt(pre, kdfSalt, parameters);
	}
}

/** What a derivation holds in memory at once, in bytes. */
export function memoryOf(parameters: KdfParameters): number {
	switch (parameters.kdf) {
		case "raw":
			return 0;
		case "argon2id":
			return parameters.memlimit;
		case "scrypt":
			return 128 * 2 ** parameters.log2N * parameters.r;
	}
}

/**
 * Refuses parameters that would ask for too much work, or for too little to be anyone's choice.
 *
 * @throws ProtectError naming the parameter, to be read after "custodian NAME ".
 */
export function assertBounds(parameters: KdfParameters): void {
	switch (parameters.kdf) {
		case "raw":
			return;
		case "argon2id":
			assertWithin("Argon2id opslimit", parameters.opslimit, 1, 20);
			assertWithin("Argon2id memlimit", parameters.memlimit, 8 * KIB, GIB);
			return;
		case "scrypt": {
			const { log2N, r, p } = parameters;
			assertWithin("scrypt log2N", log2N, 10, 20);
			assertWithin("scrypt r", r, 1, 32);
			assertWithin("scrypt p", p, 1, 16);
			assertWithin("scrypt memory (128·N·r)", 128 * 2 ** log2N * r, 0, GIB);
			return;
		}
	}
}

function assertWithin(what: string, value: number, least: number, most: number): void {
	if (Number.isInteger(value) && value >= least && value <= most) return;
	throw new ProtectError(`asks for ${what} ${value}, outside ${least} to ${most}`);
}

/** A new raw key: 256 bits from the platform's CSPRNG, in the form that `raw` requires. */
export function generateRawPassphrase(): string {
	const key = randomBytes(KEY_LENGTH);
	const text = `P${bytesToHex(key)}P`;
	wipe(key);
	return text;
}

/** Whether `text` has the form of a raw key: `P`, 64 lower-case hex digits, `P`. */
export function isRawPassphrase(text: string): boolean {
	return /^P[0-9a-f]{64}P$/.test(text);
}
