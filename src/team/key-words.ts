/** A custodian's key in words: `scrypt, hard`. */
import {
	ARGON2ID_HARD,
	type KdfParameters,
	memoryOf,
	SCRYPT_HARD,
} from "../crypto/key-derivation.ts";
import { ProtectError } from "../errors.ts";
import { decodePwdkm } from "../format/pwdkm.ts";

const MIB = 1024 * 1024;

/** Whether a guess at the passphrase costs less than with the key type `hard`. */
export function isWeakerThanHard(kdf: KdfParameters): boolean {
	switch (kdf.kdf) {
		case "argon2id":
			return kdf.memlimit * kdf.opslimit < ARGON2ID_HARD.memlimit * ARGON2ID_HARD.opslimit;
		case "scrypt":
			return (
				2 ** kdf.log2N * kdf.r * kdf.p < 2 ** SCRYPT_HARD.log2N * SCRYPT_HARD.r * SCRYPT_HARD.p
			);
		case "raw":
			return false;
	}
}

/** `raw`, or the key derivation with what a guess takes: `scrypt, 256 MiB a guess`. */
export function describeKey(pwdkm: string): string {
	const kdf = readKdf(pwdkm);
	if (kdf === undefined) return "unreadable";
	return kdf.kdf === "raw" ? "raw" : `${kdf.kdf}, ${describeMemory(memoryOf(kdf))} a guess`;
}

/** How the key is derived; undefined where the entry cannot be read. */
export function readKdf(pwdkm: string): KdfParameters | undefined {
	try {
		return decodePwdkm(pwdkm).kdf;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

function describeMemory(bytes: number): string {
	return bytes < MIB ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / MIB)} MiB`;
}
