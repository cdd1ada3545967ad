/** Compares the values of two versions of a domain, as an owner of both can. */
import { wipe } from "../crypto/bytes.ts";
import type { KeyPair } from "../crypto/x25519.ts";
import { DecryptionError } from "../errors.ts";
import type { DomainData, FileData } from "../format/data.ts";
import { encodeEnvelope } from "../format/envelope.ts";
import { openDomainKey, openSecret } from "../model/domain.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { ComparedValues } from "./knowledge.ts";

/** A version with whoever opens it; undefined where their passphrase is not that version's. */
export interface OpenedVersion {
	readonly data: FileData;
	readonly custodian: UnlockedCustodian | undefined;
}

export interface ComparedDomains {
	/** By domain that could be opened in both versions. */
	readonly values: ReadonlyMap<string, ComparedValues>;
	/** The domains of both versions that differ and could not be opened. */
	readonly closed: readonly string[];
}

/** Opens each domain of both versions whose boxes differ. */
export function compareValues(before: OpenedVersion, after: OpenedVersion): ComparedDomains {
	const values = new Map<string, ComparedValues>();
	const closed: string[] = [];
	for (const [name, recent] of after.data.domains) {
		const old = before.data.domains.get(name);
		if (!old || !isDifferent(old, recent)) continue;
		const compared = compareDomainValues(name, [before, old], [after, recent]);
		if (compared) values.set(name, compared);
		else closed.push(name);
	}
	return { values, closed };
}

function isDifferent(old: DomainData, recent: DomainData): boolean {
	return (
		old.publicKey !== recent.publicKey ||
		[...recent.secrets].some(([name, box]) => old.secrets.get(name) !== box)
	);
}

function compareDomainValues(
	name: string,
	[before, old]: [OpenedVersion, DomainData],
	[after, recent]: [OpenedVersion, DomainData],
): ComparedValues | undefined {
	const isSameKey = old.publicKey === recent.publicKey;
	const newKey = openKey(name, recent, after.custodian);
	const oldKey = openKey(name, old, before.custodian);
	try {
		const problem = problemOf(name, recent, after.custodian, newKey);
		if (problem) return { differing: new Set(), unreadable: new Set(), problems: [problem] };
		const [from, to] = isSameKey ? [oldKey ?? newKey, newKey ?? oldKey] : [oldKey, newKey];
		if (!from || !to || from === "dead" || to === "dead") return undefined;
		return { ...compareBoxes(name, old, from, recent, to), problems: [] };
	} finally {
		for (const key of [oldKey, newKey]) if (key && key !== "dead") wipe(key.privateKey);
	}
}

/** Undefined for a domain that is not the custodian's, dead where their entry does not open. */
function openKey(
	name: string,
	domain: DomainData,
	custodian: UnlockedCustodian | undefined,
): KeyPair | "dead" | undefined {
	if (!custodian || !domain.owners.has(custodian.name)) return undefined;
	try {
		return openDomainKey(name, domain, custodian);
	} catch (error) {
		if (error instanceof DecryptionError) return "dead";
		throw error;
	}
}

function problemOf(
	domain: string,
	{ publicKey }: DomainData,
	custodian: UnlockedCustodian | undefined,
	key: KeyPair | "dead" | undefined,
): ComparedValues["problems"][number] | undefined {
	if (!custodian || !key) return undefined;
	if (key === "dead") return { what: "owner", how: "dead", domain, name: custodian.name };
	if (encodeEnvelope(key.publicKey) === publicKey) return undefined;
	return { what: "key", how: "foreign", domain };
}

function compareBoxes(
	name: string,
	old: DomainData,
	oldKey: KeyPair,
	recent: DomainData,
	newKey: KeyPair,
): { differing: Set<string>; unreadable: Set<string> } {
	const differing = new Set<string>();
	const unreadable = new Set<string>();
	for (const [secret, box] of recent.secrets) {
		const oldBox = old.secrets.get(secret);
		if (oldBox === box) continue;
		const value = open(name, secret, box, newKey);
		if (value === undefined) unreadable.add(secret);
		if (oldBox === undefined) continue;
		const before = open(name, secret, oldBox, oldKey);
		if (value === undefined || value !== before) differing.add(secret);
	}
	return { differing, unreadable };
}

function open(name: string, secret: string, box: string, key: KeyPair): string | undefined {
	try {
		return openSecret(name, secret, box, key);
	} catch (error) {
		if (error instanceof DecryptionError) return undefined;
		throw error;
	}
}
