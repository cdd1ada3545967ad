/**
 * Keys that somebody put in the place of another's. An owner who makes a new key for a domain seals
 * it to every owner anew, and a custodian who makes a new key for themselves seals every entry of
 * theirs anew. Where such an entry stayed as it was, the new key comes from somebody who could do
 * neither: whatever is sealed to it next is for them.
 */
import type { FileData } from "../format/data.ts";
import type { NamedVersion } from "./named-version.ts";

export type ReplacedKey =
	| {
			readonly kind: "domain";
			readonly domain: string;
			/** The owners whose entries stayed. */
			readonly kept: readonly string[];
			/** The version with the key before, in words. */
			readonly seenIn: string;
	  }
	| {
			readonly kind: "custodian";
			readonly name: string;
			/** The domains in which their entry stayed. */
			readonly kept: readonly string[];
			readonly seenIn: string;
	  };

/**
 * The keys of `file` that are replaced, as one of the versions shows. A key that another of the
 * versions made in the proper way is not: there a wrong choice in a merge left an old entry behind.
 */
export function findReplacedKeys(file: FileData, versions: readonly NamedVersion[]): ReplacedKey[] {
	const domains = [...file.domains.keys()].flatMap((domain): ReplacedKey[] => {
		const key = ({ domains: all }: FileData) => all.get(domain)?.publicKey;
		const found = findKept(file, versions, key, (data, other) =>
			ownersWithKeptEntry(domain, data, other),
		);
		return found ? [{ kind: "domain", domain, ...found }] : [];
	});
	const custodians = [...file.custodians.keys()].flatMap((name): ReplacedKey[] => {
		const key = ({ custodians: all }: FileData) => all.get(name);
		const found = findKept(file, versions, key, (data, other) =>
			domainsWithKeptEntry(name, data, other),
		);
		return found ? [{ kind: "custodian", name, ...found }] : [];
	});
	return [...domains, ...custodians];
}

/** The same between two versions, of which the second came from the first. */
export function replacedKeysBetween(before: FileData, after: FileData): ReplacedKey[] {
	return findReplacedKeys(after, [{ name: "the version before", data: before }]);
}

/** The owners whose entry stayed though the domain has another key. */
function ownersWithKeptEntry(domain: string, before: FileData, after: FileData): string[] {
	const [old, recent] = [before.domains.get(domain), after.domains.get(domain)];
	if (!old || !recent || old.publicKey === recent.publicKey) return [];
	return [...old.owners.keys()].filter(
		(owner) => old.owners.get(owner) === recent.owners.get(owner),
	);
}

/** The domains in which the custodian's entry stayed though they have another key. */
function domainsWithKeptEntry(name: string, before: FileData, after: FileData): string[] {
	const [old, recent] = [before.custodians.get(name), after.custodians.get(name)];
	if (old === undefined || recent === undefined || old === recent) return [];
	return [...before.domains.keys()].filter((domain) => {
		const entry = before.domains.get(domain)?.owners.get(name);
		return entry !== undefined && after.domains.get(domain)?.owners.get(name) === entry;
	});
}

function findKept(
	file: FileData,
	versions: readonly NamedVersion[],
	keyIn: (data: FileData) => string | undefined,
	keptBetween: (before: FileData, after: FileData) => string[],
): { kept: string[]; seenIn: string } | undefined {
	const withKey = versions.filter(({ data }) => keyIn(data) === keyIn(file));
	for (const { name: seenIn, data } of versions) {
		const kept = keptBetween(data, file);
		const isMade = withKey.some((other) => keptBetween(data, other.data).length === 0);
		if (kept.length > 0 && !isMade) return { kept, seenIn };
	}
	return undefined;
}

/** What happened, and what to do: nothing that seals anything to the key. */
export function describeReplacedKey(key: ReplacedKey): { what: string; todo: string } {
	const kept = key.kept.join(", ");
	if (key.kind === "domain") {
		return {
			what: `the key of ${key.domain} was replaced, and not rotated: the entries of its owners stayed as in ${key.seenIn} (${kept}). Its owners cannot open what is sealed to this key; whoever put it there can`,
			todo: `set nothing in ${key.domain}, and restore its public-key from ${key.seenIn}; git log tells who changed it`,
		};
	}
	return {
		what: `the key of custodian ${key.name} was replaced, and not changed with their passphrase: their entry stayed as in ${key.seenIn} (${kept}). Whoever put the key there can open whatever is sealed to ${key.name} next`,
		todo: `rotate nothing and make ${key.name} an owner of nothing, and restore the pwdkm of ${key.name} from ${key.seenIn}; git log tells who changed it`,
	};
}
