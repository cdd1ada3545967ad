/**
 * Merges a domain whose key both sides rotated, for somebody who can open all three versions: by
 * the values themselves, and by who the owners are. The outcome gets a key that neither side has,
 * so that nobody keeps one whom the other side removed.
 */
import type { DomainData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";

/** A version of the domain, and the values in it. */
export interface OpenedDomain {
	readonly domain: DomainData;
	readonly values: ReadonlyMap<string, string>;
}

export interface DomainUnion {
	/** By secret, where ours has another: its value, or undefined for one that is gone. */
	readonly secrets: ReadonlyMap<string, string | undefined>;
	/** Secrets that both sides changed, each in its way. */
	readonly disputed: readonly string[];
	/** Owners whom a side added, and whom theirs removed. */
	readonly added: readonly string[];
	readonly removed: readonly string[];
}

/** What makes ours of the domain the merged one. */
export function uniteDomain(
	base: OpenedDomain,
	ours: OpenedDomain,
	theirs: OpenedDomain,
): DomainUnion {
	const secrets = new Map<string, string | undefined>();
	const disputed: string[] = [];
	for (const name of unionOfNames(base.values, ours.values, theirs.values)) {
		const [was, our, their] = [base, ours, theirs].map(({ values }) => values.get(name));
		if (their === was || our === their) continue;
		if (our === was) secrets.set(name, their);
		else disputed.push(name);
	}
	const had = (name: string) => base.domain.owners.has(name);
	const owners = unionOfNames(ours.domain.owners, theirs.domain.owners);
	return {
		secrets,
		disputed,
		added: owners.filter((name) => !had(name)),
		removed: [...ours.domain.owners.keys()].filter(
			(name) => had(name) && !theirs.domain.owners.has(name),
		),
	};
}
