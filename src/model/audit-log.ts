/**
 * The words of the audit log. Other tools read them, and `list-exposed` reads them back, so
 * each sentence is written in one place.
 */
const names = (list: readonly string[]): string => list.join(", ");

export const auditText = {
	created: () => "created",
	createdCustodian: (custodian: string) => `created key custodian ${custodian}`,
	createdRawCustodian: (custodian: string) => `created raw-key custodian ${custodian}`,
	removedCustodian: (custodian: string, owned: readonly string[]) =>
		`removed key custodian ${custodian} (was owner of ${names(owned)})`,
	createdDomain: (domain: string, owner: string) => `created domain ${domain} with owner ${owner}`,
	deletedDomain: (domain: string) => `deleted domain ${domain}`,
	addedSecret: (secret: string, domain: string) => `added secret ${secret} in ${domain}`,
	setSecret: (secret: string, domain: string) => `set secret ${secret} in ${domain}`,
	updatedSecret: (secret: string, domain: string) => `updated secret ${secret} in ${domain}`,
	removedSecret: (secret: string, domain: string) => `removed secret ${secret} from ${domain}`,
	addedOwner: (by: string, owner: string, domain: string) =>
		`${by} added owner ${owner} to ${domain}`,
	removedOwner: (owner: string, domain: string) => `removed owner ${owner} from ${domain}`,
	rotatedKey: (domain: string) => `rotated key for domain ${domain}`,
	updatedPassphrase: (custodian: string, domains: readonly string[]) =>
		`updated key custodian passphrase for ${custodian} (updated domains -> ${names(domains)})`,
	rekeyedCustodian: (custodian: string, domains: readonly string[]) =>
		`rekeyed custodian for ${custodian} (updated domains -> ${names(domains)})`,
} as const;

/** `YYYY-MM-DDTHH:MM:SSZ -- TEXT`, in UTC. */
export function auditEntry(time: Date, text: string): string {
	return `${time.toISOString().slice(0, "YYYY-MM-DDTHH:MM:SS".length)}Z -- ${text}`;
}

/** The entry that stands for `count` removed ones; it has no time. */
export function truncationEntry(count: number): string {
	return `truncated ${count} audit log entries`;
}
