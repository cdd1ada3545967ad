/** Who can read what, as a protected file tells without credentials. */

import { ProtectError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import { custodianFingerprint, domainFingerprint } from "../model/fingerprints.ts";
import { unionOfNames } from "./compare.ts";
import { findExposures } from "./exposure.ts";
import { describeKey } from "./key-words.ts";

export interface DomainStatus {
	readonly name: string;
	/** Of its public key; undefined where that cannot be read. */
	readonly fingerprint: string | undefined;
	readonly owners: readonly string[];
	/** How many there are. */
	readonly secrets: number;
	/** Former owners who hold the present key, as the audit log tells. */
	readonly formerOwners: readonly string[];
}

export interface CustodianStatus {
	readonly name: string;
	/** How their key is derived: `raw`, or `scrypt, 256 MiB a guess`. */
	readonly key: string;
	readonly fingerprint: string | undefined;
	readonly domains: readonly string[];
}

export interface Status {
	readonly domains: readonly DomainStatus[];
	/** Every custodian; with `only`, those who own one of its domains. */
	readonly custodians: readonly CustodianStatus[];
}

/** @param only the domains to tell of; all, if there is none. */
export function statusOf(data: FileData, only: readonly string[] = []): Status {
	const exposures = new Map(findExposures(data).map((exposure) => [exposure.domain, exposure]));
	const names = unionOfNames(data.domains).filter(
		(name) => only.length === 0 || only.includes(name),
	);
	const domains = names.flatMap((name): DomainStatus[] => {
		const domain = data.domains.get(name);
		if (!domain) return [];
		const former = exposures.get(name)?.formerOwners ?? [];
		return [
			{
				name,
				fingerprint: readable(() => domainFingerprint(domain.publicKey)),
				owners: [...domain.owners.keys()],
				secrets: domain.secrets.size,
				formerOwners: former
					.filter(({ keyRotated }) => keyRotated === undefined)
					.map((owner) => owner.name),
			},
		];
	});
	const custodians = [...data.custodians].map(
		([name, pwdkm]): CustodianStatus => ({
			name,
			key: describeKey(pwdkm),
			fingerprint: readable(() => custodianFingerprint(pwdkm)),
			domains: domains.filter(({ owners }) => owners.includes(name)).map((domain) => domain.name),
		}),
	);
	return {
		domains,
		custodians: custodians.filter((one) => only.length === 0 || one.domains.length > 0),
	};
}

function readable(read: () => string): string | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
