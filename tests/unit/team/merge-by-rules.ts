/**
 * The merge as a person would do it who knows every value and every key: written down apart from
 * the code under test, over the model instead of the file.
 */
import type { Model, ModelDomain } from "./branch.ts";

export interface RuledMerge {
	readonly model: Pick<Model, "custodians" | "domains">;
	/** What nobody but a person can decide: `secret a/x`, `owner a/ann`, `domain a`, `custodian ann`. */
	readonly conflicts: ReadonlySet<string>;
}

type Maybe<Value> = Value | undefined;

/** What both say, or what one of them changed; `conflict` where both did. */
function threeWay<Value>(base: Maybe<Value>, ours: Maybe<Value>, theirs: Maybe<Value>) {
	if (ours === theirs || theirs === base) return { value: ours };
	return ours === base ? { value: theirs } : "conflict";
}

export function mergeByRules(base: Model, ours: Model, theirs: Model): RuledMerge {
	const conflicts = new Set<string>();
	const custodians = new Map<string, number>();
	const disputed = new Set<string>();
	for (const name of names(ours.custodians, theirs.custodians)) {
		const merged = threeWay(
			base.custodians.get(name),
			ours.custodians.get(name),
			theirs.custodians.get(name),
		);
		if (merged === "conflict") {
			disputed.add(name);
			conflicts.add(`custodian ${name}`);
		} else if (merged.value !== undefined) custodians.set(name, merged.value);
	}

	const domains = new Map<string, ModelDomain>();
	for (const name of names(ours.domains, theirs.domains)) {
		const result = mergeDomain(name, base, ours, theirs, custodians, disputed);
		if (result.domain) domains.set(name, result.domain);
		for (const conflict of result.conflicts) conflicts.add(conflict);
	}
	for (const revived of revivals({ custodians, domains }, base, ours, theirs)) {
		conflicts.add(revived);
	}
	for (const [name, { owners }] of domains) {
		for (const owner of owners.keys()) {
			if (conflicts.has(`custodian ${owner}`) && !disputed.has(owner)) {
				conflicts.add(`owner ${name}/${owner}`);
			}
		}
	}
	for (const name of domains.keys()) {
		if (conflicts.has(`domain ${name}`)) continue;
		const isOwned = [ours, theirs].map((side) =>
			names(domains.get(name)?.owners, side.domains.get(name)?.owners).some((owner) =>
				conflicts.has(`owner ${name}/${owner}`)
					? side.domains.get(name)?.owners.has(owner)
					: domains.get(name)?.owners.has(owner),
			),
		);
		if (isOwned.includes(false)) conflicts.add(`domain ${name}`);
	}
	for (const conflict of [...conflicts]) {
		for (const owner of ownersIn(conflict, ours, theirs)) {
			if (!custodians.has(owner) && !disputed.has(owner)) conflicts.add(`custodian ${owner}`);
		}
	}
	return { model: { custodians, domains }, conflicts };
}

/** What the base lacks, one side has and the other removed, of which the first has not heard. */
function revivals(merged: RuledMerge["model"], base: Model, ours: Model, theirs: Model): string[] {
	const all = [
		...[...merged.custodians.keys()].map((name) => [`custodian ${name}`]),
		...[...merged.domains].flatMap(([domain, { owners, secrets }]) => {
			const ways = [...names(owners).map((name) => `owner ${domain}/${name}`)];
			const values = [...names(secrets).map((name) => `secret ${domain}/${name}`)];
			const inside = [...ways, ...values].map((name) => [name, `domain ${domain}`]);
			return [[`domain ${domain}`], ...inside];
		}),
	];
	return all.flatMap(([name = "", ...parents]) => {
		const [weHave, theyHave] = [hasIn(ours, name), hasIn(theirs, name)];
		if (weHave === theyHave || hasIn(base, name)) return [];
		const [keeper, remover] = weHave ? [ours, theirs] : [theirs, ours];
		const [last] = [name, ...parents]
			.flatMap((what) => remover.removals.get(what) ?? [])
			.sort((a, b) => b.order - a.order);
		return last && !base.heard.has(last.id) && !keeper.heard.has(last.id) ? [name] : [];
	});
}

function hasIn({ custodians, domains }: Model, what: string): boolean {
	const [, kind, first = "", second = ""] = /^(\w+) ([^/]*)\/?(.*)$/.exec(what) ?? [];
	if (kind === "custodian") return custodians.has(first);
	const domain = domains.get(first);
	if (kind === "owner") return domain?.owners.has(second) === true;
	return kind === "secret" ? domain?.secrets.has(second) === true : domain !== undefined;
}

/** Owners whom a decision could keep: their custodian has to be there to be kept as well. */
function ownersIn(conflict: string, ours: Model, theirs: Model): string[] {
	const [, domain, owner] = /^(?:domain (.*)|owner .*\/(.*))$/.exec(conflict) ?? [];
	if (owner !== undefined) return [owner];
	if (domain === undefined) return [];
	return names(ours.domains.get(domain)?.owners, theirs.domains.get(domain)?.owners);
}

function mergeDomain(
	name: string,
	base: Model,
	ours: Model,
	theirs: Model,
	custodians: ReadonlyMap<string, number>,
	disputed: ReadonlySet<string>,
): { domain?: ModelDomain; conflicts: string[] } {
	const old = base.domains.get(name);
	const our = ours.domains.get(name);
	const their = theirs.domains.get(name);
	const there = our ?? their;
	const whole = { conflicts: [`domain ${name}`] };
	if (!there) return { conflicts: [] };
	if (old && !(our && their)) return hasMore(there, old) ? whole : { conflicts: [] };
	const nothing = { key: there.key, owners: new Map(), secrets: new Map() };
	const sides = [
		{ version: ours, domain: our ?? nothing },
		{ version: theirs, domain: their ?? nothing },
	] as const;
	const [{ domain: a }, { domain: b }] = sides;

	const key = threeWay(old?.key, a.key, b.key);
	if (key === "conflict" || key.value === undefined) return whole;

	const conflicts: string[] = [];
	const owners = new Map<string, number>();
	/** Whether each side would have an owner, should it be taken wherever a person has to decide. */
	const staysOwned = [false, false];
	let isOpenable = false;
	let deadEntries = 0;
	for (const owner of names(a.owners, b.owners)) {
		if (disputed.has(owner)) {
			conflicts.push(`owner ${name}/${owner}`);
			isOpenable = true;
			for (const [index, { domain }] of sides.entries()) {
				staysOwned[index] ||= domain.owners.has(owner);
			}
			continue;
		}
		const before = old?.owners.get(owner);
		const has = sides.filter(({ domain }) => domain.owners.has(owner));
		const [first] = has;
		const grant = first?.domain.owners.get(owner) ?? 0;
		const holdsKey = has.some(
			({ version, domain }) =>
				domain.key === key.value &&
				custodians.has(owner) &&
				version.custodians.get(owner) === custodians.get(owner),
		);
		if (has.length === 1 && before !== undefined) {
			const rotatedAlone = first?.domain.key !== old?.key && a.key !== b.key;
			if (grant === before && !rotatedAlone) continue;
			conflicts.push(`owner ${name}/${owner}`);
			isOpenable = true;
		} else if (holdsKey) {
			owners.set(owner, grant);
			isOpenable = true;
		} else {
			conflicts.push(`owner ${name}/${owner}`);
			deadEntries++;
		}
	}
	if (!isOpenable && deadEntries > 0) return whole;
	for (const [index, { domain }] of sides.entries()) {
		const decided = names(owners, domain.owners).some(
			(owner) =>
				owners.has(owner) ||
				(domain.owners.has(owner) && conflicts.includes(`owner ${name}/${owner}`)),
		);
		staysOwned[index] ||= decided;
	}
	if (isOpenable && staysOwned.includes(false)) return whole;
	if (!isOpenable)
		conflicts.push(...names(a.owners, b.owners).map((owner) => `owner ${name}/${owner}`));

	const secrets = new Map<string, string>();
	for (const secret of names(a.secrets, b.secrets)) {
		const [x, y] = [a.secrets.get(secret), b.secrets.get(secret)];
		const merged = threeWay(old?.secrets.get(secret), x, y);
		if (merged === "conflict") conflicts.push(`secret ${name}/${secret}`);
		else if (merged.value !== undefined) {
			const isSealed = sides.some(
				({ domain }) => domain.key === key.value && domain.secrets.get(secret) === merged.value,
			);
			if (isSealed) secrets.set(secret, merged.value);
			else conflicts.push(`secret ${name}/${secret}`);
		}
	}
	return { domain: { key: key.value, owners, secrets }, conflicts };
}

/** Whether there is something in the domain that was not there before. */
function hasMore(now: ModelDomain, before: ModelDomain): boolean {
	return (
		now.key !== before.key ||
		[...now.owners].some(([owner, grant]) => before.owners.get(owner) !== grant) ||
		[...now.secrets].some(([secret, value]) => before.secrets.get(secret) !== value)
	);
}

function names(...maps: readonly Maybe<ReadonlyMap<string, unknown>>[]): string[] {
	return [...new Set(maps.flatMap((map) => [...(map?.keys() ?? [])]))];
}
