/** Fingerprints of the keys that a protected file holds. */
import { fingerprint } from "../crypto/fingerprint.ts";
import { decodeEnvelope } from "../format/envelope.ts";
import { decodePwdkm } from "../format/pwdkm.ts";

/**
 * The fingerprint of a custodian's public key.
 *
 * @throws ProtectError for an entry that cannot be read.
 */
export function custodianFingerprint(pwdkm: string): string {
	return fingerprint(decodePwdkm(pwdkm).publicKey);
}

/**
 * The fingerprint of a domain's public key.
 *
 * @throws ProtectError for a key that cannot be read.
 */
export function domainFingerprint(publicKey: string): string {
	return fingerprint(decodeEnvelope(publicKey));
}
