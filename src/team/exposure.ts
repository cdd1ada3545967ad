/**
 * Who may still know the values of a domain after they were removed from it, as the audit log
 * tells. An owner knows all that was in the domain until they were removed; and as long as its
 * key was not rotated after that, all that was set since. A rotation seals the values anew and
 * changes none: what they knew, they know.
 */
import type { FileData } from "../format/data.ts";
import { parseAuditText, splitAuditEntry, splitTruncation } from "../model/audit-log.ts";
import { unionOfNames } from "./compare.ts";

/** A domain that has, or may have, former owners. */
export interface Exposure {
	readonly domain: string;
	/** Whether the log leaves something out, so that there may be more. */
	readonly isAtLeast: boolean;
	/** By code point. */
	readonly formerOwners: readonly FormerOwner[];
}

export interface FormerOwner {
	readonly name: string;
	/** When they were removed, as the log has it. */
	readonly removed: string;
	/** When the domain's key was first rotated after that; undefined where they still hold it. */
	readonly keyRotated: string | undefined;
	/** The secrets whose present values they may know. */
	readonly mayKnow: readonly string[];
}

/** Every domain with former owners, and every one whose log does not reach back to its start. */
export function findExposures(data: FileData): Exposure[] {
	const histories = readHistories(data);
	return unionOfNames(data.domains).flatMap((domain) => {
		const exposure = exposureOf(domain, data, histories.get(domain));
		return exposure.formerOwners.length > 0 || exposure.isAtLeast ? exposure : [];
	});
}

/** Something that happened, by its place in the log. */
interface Moment {
	readonly index: number;
	readonly time: string;
}

/** What the log tells of one domain, since it was created the last time. */
interface History {
	/** Whether its creation is in the log, and so all that came after. */
	readonly isWhole: boolean;
	readonly owners: Set<string>;
	/** By secret, when its value was set last. */
	readonly set: Map<string, Moment>;
	/** By former owner. */
	readonly removed: Map<string, { readonly at: Moment; rotated?: Moment }>;
}

function newHistory(isWhole: boolean): History {
	return { isWhole, owners: new Set(), set: new Map(), removed: new Map() };
}

function readHistories({ domains, auditLog }: FileData): ReadonlyMap<string, History> {
	const histories = new Map<string, History>();
	const of = (domain: string) => {
		const known = histories.get(domain) ?? newHistory(false);
		histories.set(domain, known);
		return known;
	};
	const remove = (owner: string, domain: string, at: Moment) => {
		const { owners, removed } = of(domain);
		// Two branches may each have removed them: out they are since the first time.
		if (!owners.delete(owner) && removed.has(owner)) return;
		removed.set(owner, { at });
	};
	for (const [index, entry] of splitTruncation(auditLog).entries.entries()) {
		const { time = "at an unknown time", text } = splitAuditEntry(entry);
		const moment = { index, time };
		const event = parseAuditText(text, (name) => domains.has(name));
		switch (event?.kind) {
			case "createdDomain":
				histories.set(event.domain, newHistory(true));
				of(event.domain).owners.add(event.owner);
				break;
			case "deletedDomain":
				histories.delete(event.domain);
				break;
			case "setSecret":
				of(event.domain).set.set(event.secret, moment);
				break;
			case "removedSecret":
				of(event.domain).set.delete(event.secret);
				break;
			case "addedOwner":
				of(event.domain).owners.add(event.owner);
				of(event.domain).removed.delete(event.owner);
				break;
			case "removedOwner":
				remove(event.owner, event.domain, moment);
				break;
			case "removedCustodian":
				for (const domain of event.domains) remove(event.custodian, domain, moment);
				break;
			case "rotatedKey":
				for (const former of of(event.domain).removed.values()) former.rotated ??= moment;
				break;
			case undefined:
				break;
		}
	}
	return histories;
}

function exposureOf(
	domain: string,
	{ domains }: FileData,
	history: History = newHistory(false),
): Exposure {
	const { owners = new Map(), secrets = new Map() } = domains.get(domain) ?? {};
	const former = [...history.removed].filter(([name]) => !owners.has(name));
	const isCovered =
		history.isWhole &&
		[...owners.keys()].every((owner) => history.owners.has(owner)) &&
		[...history.owners].every((owner) => owners.has(owner)) &&
		[...secrets.keys()].every((secret) => history.set.has(secret));
	return {
		domain,
		isAtLeast: !isCovered,
		formerOwners: unionOfNames(new Map(former)).flatMap((name) => {
			const { at, rotated } = history.removed.get(name) ?? {};
			if (!at) return [];
			const mayKnow = unionOfNames(secrets).filter((secret) => {
				const set = history.set.get(secret);
				return set === undefined || rotated === undefined || set.index < rotated.index;
			});
			return { name, removed: at.time, keyRotated: rotated?.time, mayKnow };
		}),
	};
}

/** Whether the former owner can read something that is in the domain, or will be. */
export function isExposed({ keyRotated, mayKnow }: FormerOwner): boolean {
	return keyRotated === undefined || mayKnow.length > 0;
}

/** Lines in words, for a person to read or to put into a report. */
export function describeExposure({ domain, isAtLeast, formerOwners }: Exposure): string[] {
	const people = formerOwners.map(
		(former) => `  ${describeFormerOwner(former, domain, isAtLeast)}`,
	);
	const gap = isAtLeast
		? [
				`  the audit log does not cover all of ${domain}: this is what is known at least, and there may be other former owners`,
			]
		: [];
	return [`${domain}:`, ...people, ...gap];
}

function describeFormerOwner(
	{ name, removed, keyRotated, mayKnow }: FormerOwner,
	domain: string,
	isAtLeast: boolean,
): string {
	const values = mayKnow.join(", ");
	const start = `${name}, removed ${removed}`;
	if (keyRotated === undefined) {
		const all = values === "" ? "" : `: ${values}`;
		return `${start}: holds the key of ${domain}, not rotated since, and so can read every present value and every one to come${all}`;
	}
	if (values === "") return `${start}, key rotated ${keyRotated}: knows no present value`;
	const least = isAtLeast ? "at least " : "";
	return `${start}, key rotated ${keyRotated}: may know ${least}these values, not set anew since: ${values}`;
}
