/**
 * What one version's audit log tells beyond another's. After a rotation every box differs, and
 * the log is all that says, without credentials, which values are new.
 */
import { parseAuditText, splitAuditEntry, splitTruncation } from "../model/audit-log.ts";

/** Entries of a log, each told apart from its like by a number, so that a set can hold them. */
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
	/** Whether the log tells of a rotation of this domain's key, and covers all since then. */
	tellsOfRotation(domain: string): boolean;
	/** Whether it tells of this secret being set or removed. */
	tellsOfSecret(domain: string, secret: string): boolean;
}

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
	return {
		added: added.length,
		removed,
		tellsOfRotation: (domain) => isWhole && rotated.has(domain),
		tellsOfSecret: (domain, secret) => touched.has(secretKey(domain, secret)),
	};
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

function secretKey(domain: string, secret: string): string {
	return `${secret} ${domain}`;
}
