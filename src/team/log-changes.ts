/**
 * What one version's audit log tells beyond another's. After a rotation every box differs, and
 * the log is all that says, without credentials, which values are new.
 */
import { auditText, parseAuditText, splitAuditEntry, splitTruncation } from "../model/audit-log.ts";

/** Entries of a log, with a number that tells equal ones apart, so that a set can hold them. */
export type NumberedEntries = readonly string[];

const NUMBER_MARK = "\u0000";

/** Numbers the entries that say the same, in their order. */
export function numberEntries(entries: readonly string[]): NumberedEntries {
	const seen = new Map<string, number>();
	return entries.map((entry) => {
		const count = seen.get(entry) ?? 0;
		seen.set(entry, count + 1);
		return `${entry}${NUMBER_MARK}${count}`;
	});
}

/** The entries that are not among `others`. */
export function without(entries: NumberedEntries, others: ReadonlySet<string>): NumberedEntries {
	return entries.filter((entry) => !others.has(entry));
}

/** The entry without its number. */
export function withoutNumber(numbered: string): string {
	return numbered.slice(0, numbered.lastIndexOf(NUMBER_MARK));
}

/** How many entries all logs start with alike, which is most of them: they need no second look. */
export function commonPast(first: readonly string[], ...others: (readonly string[])[]): number {
	const differs = first.findIndex((entry, index) => others.some((other) => other[index] !== entry));
	return differs === -1 ? first.length : differs;
}

/** What happened since, as far as the log tells. */
export interface LogChanges {
	/** How many entries are new. */
	readonly added: number;
	/** How many of the earlier entries are gone. */
	readonly removed: number;
	/** Whether entries were changed or taken out, where a truncation takes the oldest and says so. */
	readonly isRewritten: boolean;
	/** How many of the earlier entries stand in another order. */
	readonly reordered: number;
	/** Whether the new entries tell of this, which is no evidence that it was so. */
	tells(event: ToldEvent): boolean;
	/** Whether the log tells of a rotation of this domain's key, and covers all since then. */
	tellsOfRotation(domain: string): boolean;
	/** Whether it tells of this secret being set or removed. */
	tellsOfSecret(domain: string, secret: string): boolean;
}

/** Something that pprotect writes into the log when it does it. */
export type ToldEvent =
	| { readonly kind: "domain"; readonly how: "added" | "removed"; readonly domain: string }
	| { readonly kind: "key"; readonly domain: string }
	| {
			readonly kind: "owner" | "secret";
			readonly how: "set" | "removed";
			readonly domain: string;
			readonly name: string;
	  }
	| {
			readonly kind: "custodian";
			readonly how: "added" | "removed" | "rekeyed";
			readonly name: string;
	  };

/** Compares the logs of two versions of which the second came from the first. */
export function compareLogs(before: readonly string[], after: readonly string[]): LogChanges {
	const old = splitTruncation(before);
	const recent = splitTruncation(after);
	const past = commonPast(old.entries, recent.entries);
	const known = numberEntries(old.entries.slice(past));
	const present = numberEntries(recent.entries.slice(past));
	const added = without(present, new Set(known));
	const removed = known.length + added.length - present.length;
	const isWhole = removed === 0 && old.truncated === recent.truncated;
	const { rotated, touched } = readEvents(added);
	const isTruncated =
		recent.truncated - old.truncated === removed &&
		commonPast(old.entries.slice(removed), recent.entries) === old.entries.length - removed;
	let sentences: ReadonlySet<string> | undefined;
	return {
		added: added.length,
		removed,
		isRewritten: removed > 0 && !isTruncated,
		reordered: outOfOrder(known, present),
		tells: (event) => {
			sentences ??= readSentences(added);
			return sentencesOf(event).some((sentence) => sentences?.has(sentence));
		},
		tellsOfRotation: (domain) => isWhole && rotated.has(domain),
		tellsOfSecret: (domain, secret) => touched.has(secretKey(domain, secret)),
	};
}

/** How many of the entries of both lists stand at another place among them. */
function outOfOrder(known: NumberedEntries, present: NumberedEntries): number {
	const [inKnown, inPresent] = [new Set(known), new Set(present)];
	const before = known.filter((entry) => inPresent.has(entry));
	const after = present.filter((entry) => inKnown.has(entry));
	return after.filter((entry, index) => entry !== before[index]).length;
}

function readEvents(entries: Iterable<string>): { rotated: Set<string>; touched: Set<string> } {
	const rotated = new Set<string>();
	const touched = new Set<string>();
	for (const entry of entries) {
		const { text } = splitAuditEntry(withoutNumber(entry));
		// Secrets' names have no blank, so their sentences read in one way whatever the domains are.
		const event = parseAuditText(text, () => false);
		if (event?.kind === "rotatedKey") rotated.add(event.domain);
		if (event?.kind === "setSecret" || event?.kind === "removedSecret") {
			touched.add(secretKey(event.domain, event.secret));
		}
	}
	return { rotated, touched };
}

/** Where a sentence ends, or begins, that names more than what is asked for. */
const ENDS = [" with owner ", " (was owner of ", " (updated domains -> "] as const;
const START = " added owner ";
/** So often may one of those stand in an entry, as part of a name. */
const MAX_CUTS = 4;

/** The entries' sentences, each also cut off where it names more than one thing. */
function readSentences(entries: Iterable<string>): ReadonlySet<string> {
	const sentences = new Set<string>();
	for (const entry of entries) {
		const { text } = splitAuditEntry(withoutNumber(entry));
		sentences.add(text);
		for (const end of ENDS) {
			for (const at of placesOf(end, text)) sentences.add(text.slice(0, at + end.length));
		}
		for (const at of placesOf(START, text)) sentences.add(text.slice(at));
	}
	return sentences;
}

function placesOf(part: string, text: string): number[] {
	const places: number[] = [];
	let at = text.indexOf(part);
	while (at !== -1 && places.length < MAX_CUTS) {
		places.push(at);
		at = text.indexOf(part, at + 1);
	}
	return places;
}

/** The sentences, as {@link readSentences} has them, each of which tells of the event. */
function sentencesOf(event: ToldEvent): string[] {
	switch (event.kind) {
		case "domain":
			return event.how === "added"
				? [auditText.createdDomain(event.domain, "")]
				: [auditText.deletedDomain(event.domain)];
		case "key":
			return [auditText.rotatedKey(event.domain), auditText.createdDomain(event.domain, "")];
		case "owner":
			return ownerSentences(event.how, event.domain, event.name);
		case "secret":
			return event.how === "set"
				? [auditText.addedSecret, auditText.setSecret, auditText.updatedSecret].map((say) =>
						say(event.name, event.domain),
					)
				: [
						auditText.removedSecret(event.name, event.domain),
						auditText.deletedDomain(event.domain),
					];
		case "custodian":
			return custodianSentences(event.how, event.name);
	}
}

function ownerSentences(how: "set" | "removed", domain: string, name: string): string[] {
	if (how === "set")
		return [auditText.addedOwner("", name, domain), auditText.createdDomain(domain, name)];
	return [
		auditText.removedOwner(name, domain),
		auditText.deletedDomain(domain),
		...custodianSentences("removed", name),
	];
}

function custodianSentences(how: "added" | "removed" | "rekeyed", name: string): string[] {
	const created = [auditText.createdCustodian(name), auditText.createdRawCustodian(name)];
	if (how === "added") return created;
	// Up to the list of domains, which the bracket closes.
	if (how === "removed") return [auditText.removedCustodian(name, []).slice(0, -1)];
	const changed = [auditText.updatedPassphrase(name, []), auditText.rekeyedCustodian(name, [])];
	return [...changed.map((sentence) => sentence.slice(0, -1)), ...created];
}

function secretKey(domain: string, secret: string): string {
	return `${secret} ${domain}`;
}
