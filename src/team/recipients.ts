/** Who gets the key of a domain with a change. */
import type { FileData } from "../format/data.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";

/** By domain, the owners to whom the change sealed its key. */
export type Recipients = ReadonlyMap<string, readonly string[]>;

export function recipientsOf(before: FileData, after: FileData): Recipients {
	const recipients = new Map<string, readonly string[]>();
	for (const [domain, { owners }] of after.domains) {
		const old = before.domains.get(domain)?.owners;
		const names = [...owners].filter(([name, box]) => old?.get(name) !== box);
		if (names.length > 0)
			recipients.set(
				domain,
				names.map(([name]) => name),
			);
	}
	return recipients;
}

/** A sentence for each domain, with the fingerprint of each key. */
export function describeRecipients(
	recipients: Recipients,
	custodians: FileData["custodians"],
): string[] {
	return [...recipients].map(([domain, names]) => {
		const people = names.map(
			(name) => `${name} (${custodianFingerprint(custodians.get(name) ?? "")})`,
		);
		return `the key of ${domain} was sealed to ${people.join(", ")}`;
	});
}
