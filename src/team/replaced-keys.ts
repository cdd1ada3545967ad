/**
 * Keys that somebody put in the place of another's. An owner who makes a new key for a domain seals
 * it to every owner anew, and a custodian who makes a new key for themselves seals every entry of
 * theirs anew. Where such an entry stayed as it was, the new key comes from somebody who could do
 * neither: whatever is sealed to it next is for them. A custodian who has no such entry leaves one
 * trace when they change their key, the log's entry; where that is missing, too, somebody else did.
 */
import type { FileData } from "../format/data.ts";
import { compareLogs } from "./log-changes.ts";
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
			/** The domains in which their entry stayed; empty where they have none that could tell. */
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
			signsOfReplacement(name, data, other),
		);
		return found ? [{ kind: "custodian", name, ...found }] : [];
	});
	return [...domains, ...custodians];
}

/** The same between two versions, of which the second came from the first. */
export function replacedKeysBetween(before: FileData, after: FileData): ReplacedKey[] {
	return findReplacedKeys(after, [{ name: "the version before", data: before }]);
}

/** The owners whose entry stayed though the domain has another key; undefined where none did. */
function ownersWithKeptEntry(
	domain: string,
	before: FileData,
	after: FileData,
): string[] | undefined {
	const [old, recent] = [before.domains.get(domain), after.domains.get(domain)];
	if (!old || !recent || old.publicKey === recent.publicKey) return undefined;
	const kept = [...old.owners.keys()].filter(
		(owner) => old.owners.get(owner) === recent.owners.get(owner),
	);
	return kept.length > 0 ? kept : undefined;
}

/**
 * The domains in which the custodian's entry stayed though they have another key: none where they
 * have no entry that could tell, and the log does not tell of the change either. Undefined where
 * they may have changed it themselves.
 */
function signsOfReplacement(name: string, before: FileData, after: FileData): string[] | undefined {
	const [old, recent] = [before.custodians.get(name), after.custodians.get(name)];
	if (old === undefined || recent === undefined || old === recent) return undefined;
	const entryIn = ({ domains }: FileData, domain: string) => domains.get(domain)?.owners.get(name);
	const inBoth = [...before.domains.keys()].filter(
		(domain) => entryIn(before, domain) !== undefined && entryIn(after, domain) !== undefined,
	);
	const kept = inBoth.filter((domain) => entryIn(before, domain) === entryIn(after, domain));
	if (kept.length > 0) return kept;
	return inBoth.length > 0 || mayTell(name, before, after) ? undefined : [];
}

/** Whether the log tells of the custodian's new key, or lost the entries that would. */
function mayTell(name: string, before: FileData, after: FileData): boolean {
	const { tells, removed, isRewritten } = compareLogs(before.auditLog, after.auditLog);
	if (removed > 0 && !isRewritten) return true;
	return tells({ kind: "custodian", how: "rekeyed", name });
}

function findKept(
	file: FileData,
	versions: readonly NamedVersion[],
	keyIn: (data: FileData) => string | undefined,
	keptBetween: (before: FileData, after: FileData) => string[] | undefined,
): { kept: string[]; seenIn: string } | undefined {
	const withKey = versions.filter(({ data }) => keyIn(data) === keyIn(file));
	for (const { name: seenIn, data } of versions) {
		const kept = keptBetween(data, file);
		const isMade = withKey.some((other) => keptBetween(data, other.data) === undefined);
		if (kept && !isMade) return { kept, seenIn };
	}
	return undefined;
}

/** What happened, and what to do: nothing that seals anything to the key. */
export function describeReplacedKey(key: ReplacedKey): { what: string; todo: string } {
	const kept = key.kept.join(", ");
	if (key.kind === "domain") {
		return {
			what: `the key of ${key.domain} was replaced, and not rotated: the entries of its owners stayed as in ${key.seenIn} (${kept}). Its owners cannot open what is sealed to this key; whoever put it there can`,
			todo: `set nothing in ${key.domain}, restore its public-key from ${key.seenIn}, and have an owner confirm it with check --decrypt; git log tells who changed it`,
		};
	}
	const sign =
		kept === ""
			? `it is another than in ${key.seenIn}, and the audit log does not tell of it`
			: `their entry stayed as in ${key.seenIn} (${kept})`;
	return {
		what: `the key of custodian ${key.name} was replaced, and not changed with their passphrase: ${sign}. Whoever put the key there can open whatever is sealed to ${key.name} next`,
		todo: `rotate nothing and make ${key.name} an owner of nothing, restore the pwdkm of ${key.name} from ${key.seenIn}, and have ${key.name} confirm that their passphrase opens it; git log tells who changed it`,
	};
}
