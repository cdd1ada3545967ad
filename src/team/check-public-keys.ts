/** Public keys that protect nothing: whatever is sealed to one of low order, anybody can open. */
import { isLowOrder } from "../crypto/x25519.ts";
import { ProtectError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import { decodeEnvelope } from "../format/envelope.ts";
import { decodePwdkm } from "../format/pwdkm.ts";
import type { Finding } from "./finding.ts";
import type { Locations } from "./locations.ts";

export function checkPublicKeys({ domains, custodians }: FileData, at: Locations): Finding[] {
	const ofDomains = [...domains].flatMap(([domain, { publicKey }]) =>
		isWeak(() => decodeEnvelope(publicKey))
			? weakKey(`the public key of ${domain}`, at.publicKey(domain))
			: [],
	);
	const ofCustodians = [...custodians].flatMap(([name, pwdkm]) =>
		isWeak(() => decodePwdkm(pwdkm).publicKey)
			? weakKey(`the public key of key custodian ${name}`, at.place({ kind: "custodian", name }))
			: [],
	);
	return [...ofDomains, ...ofCustodians];
}

/** What cannot be read was found elsewhere. */
function isWeak(read: () => Uint8Array): boolean {
	try {
		return isLowOrder(read());
	} catch (error) {
		if (error instanceof ProtectError) return false;
		throw error;
	}
}

function weakKey(which: string, line: number): Finding {
	return {
		line,
		level: "problem",
		code: "weak-public-key",
		what: `${which} is of low order: no tool makes such a key, and anybody could open what is sealed to it`,
		todo: "restore it from version control; git log tells who changed it",
	};
}
