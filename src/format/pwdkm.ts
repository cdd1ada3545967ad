/**
 * A custodian's entry: how the key is derived and the public key that must come out, as base64
 * of one of
 *
 *   0  salt(8) publicKey(32)                                       Argon2id, 4 passes, 256 MiB
 *   1  opslimit(u32 LE) memlimit(u32 LE, bytes) salt(8) publicKey(32)            Argon2id
 *   2  salt(8) publicKey(32)                                       raw key, no KDF
 *   3  log2N(u8) r(u8) p(u8) salt(16) publicKey(32)                scrypt
 *
 * after a version byte. Versions 0 to 2 are Python PocketProtector's.
 */
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { concatBytes } from "../crypto/bytes.ts";
import { ARGON2ID_HARD, assertBounds, type KdfParameters } from "../crypto/key-derivation.ts";
import { KEY_LENGTH } from "../crypto/x25519.ts";
import { ProtectError } from "../errors.ts";

/** A custodian's entry, taken apart. */
export interface Pwdkm {
	/** 0 holds ARGON2ID_HARD only, 1 any Argon2id, 2 a raw key, 3 scrypt. */
	readonly version: 0 | 1 | 2 | 3;
	readonly kdf: KdfParameters;
	/** 8 bytes; 16 in version 3. */
	readonly salt: Uint8Array;
	/** 32 bytes. */
	readonly publicKey: Uint8Array;
}

type Version = Pwdkm["version"];

/** What each version holds between its byte and the public key, in bytes. */
const LAYOUTS: Readonly<Record<Version, { parameters: number; salt: number }>> = {
	0: { parameters: 0, salt: 8 },
	1: { parameters: 8, salt: 8 },
	2: { parameters: 0, salt: 8 },
	3: { parameters: 3, salt: 16 },
};

/** The version in which new entries of this key derivation are written. */
export function pwdkmVersion(kdf: KdfParameters): Version {
	switch (kdf.kdf) {
		case "argon2id":
			return isHardArgon2id(kdf) ? 0 : 1;
		case "raw":
			return 2;
		case "scrypt":
			return 3;
	}
}

/** The key derivations of a file's custodians, by their entries. */
export function kdfsOf(custodians: ReadonlyMap<string, string>): Set<KdfParameters["kdf"]> {
	return new Set(Array.from(custodians.values(), (text) => decodePwdkm(text).kdf.kdf));
}

/** How long the salt of an entry of this version is, in bytes. */
export function saltLength(version: Version): number {
	return LAYOUTS[version].salt;
}

/**
 * Takes an entry apart. What comes out encodes to the same text.
 *
 * @throws ProtectError, to be read after "custodian NAME ", for text that is not canonical
 * base64, an unknown version, a wrong length, and parameters out of bounds.
 */
export function decodePwdkm(text: string): Pwdkm {
	const bytes = decodeText(text);
	const version = knownVersion(bytes[0]);
	const layout = LAYOUTS[version];
	const saltStart = 1 + layout.parameters;
	const keyStart = saltStart + layout.salt;
	assertLength(bytes, version, keyStart + KEY_LENGTH);
	const kdf = decodeParameters(version, new DataView(bytes.buffer, 1, layout.parameters));
	assertBounds(kdf);
	return {
		version,
		kdf,
		salt: bytes.slice(saltStart, keyStart),
		publicKey: bytes.slice(keyStart),
	};
}

/**
 * The text of an entry.
 *
 * @throws ProtectError for parts that do not belong together, which no reader would accept.
 */
export function encodePwdkm({ version, kdf, salt, publicKey }: Pwdkm): string {
	assertBounds(kdf);
	if (salt.length !== saltLength(version) || publicKey.length !== KEY_LENGTH) {
		throw new ProtectError(`a salt or public key of the wrong length for version ${version}`);
	}
	const parameters = encodeParameters(version, kdf);
	return encodeBase64(concatBytes(Uint8Array.of(version), parameters, salt, publicKey));
}

function decodeText(text: string): Uint8Array {
	try {
		return decodeBase64(text);
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
		throw new ProtectError(`has a pwdkm that ${error.message}`, { cause: error });
	}
}

function knownVersion(byte: number | undefined): Version {
	if (byte === undefined) throw new ProtectError("has an empty pwdkm");
	if (byte === 0 || byte === 1 || byte === 2 || byte === 3) return byte;
	throw new ProtectError(
		`uses key format version ${byte}, which this pprotect does not know`,
		"a newer pprotect may know it",
	);
}

function assertLength(bytes: Uint8Array, version: Version, length: number): void {
	if (bytes.length === length) return;
	throw new ProtectError(
		`has a pwdkm of ${bytes.length} bytes, where key format version ${version} takes ${length}`,
	);
}

function decodeParameters(version: Version, view: DataView): KdfParameters {
	switch (version) {
		case 0:
			return ARGON2ID_HARD;
		case 1:
			return {
				kdf: "argon2id",
				opslimit: view.getUint32(0, true),
				memlimit: view.getUint32(4, true),
			};
		case 2:
			return { kdf: "raw" };
		case 3:
			return {
				kdf: "scrypt",
				log2N: view.getUint8(0),
				r: view.getUint8(1),
				p: view.getUint8(2),
			};
	}
}

/** The other way round. That the numbers fit their fields follows from their bounds. */
function encodeParameters(version: Version, kdf: KdfParameters): Uint8Array {
	if (version === 0 && isHardArgon2id(kdf)) return new Uint8Array();
	if (version === 1 && kdf.kdf === "argon2id") {
		const view = new DataView(new ArrayBuffer(8));
		view.setUint32(0, kdf.opslimit, true);
		view.setUint32(4, kdf.memlimit, true);
		return new Uint8Array(view.buffer);
	}
	if (version === 2 && kdf.kdf === "raw") return new Uint8Array();
	if (version === 3 && kdf.kdf === "scrypt") return Uint8Array.of(kdf.log2N, kdf.r, kdf.p);
	throw new ProtectError(`key format version ${version} does not hold these ${kdf.kdf} parameters`);
}

function isHardArgon2id(kdf: KdfParameters): boolean {
	const { opslimit, memlimit } = ARGON2ID_HARD;
	return kdf.kdf === "argon2id" && kdf.opslimit === opslimit && kdf.memlimit === memlimit;
}
