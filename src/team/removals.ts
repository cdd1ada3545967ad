/**
 * Finds what a merge would bring back: an entry of one side that the other side removed, where
 * the common ancestor does not show it. A branch that was squashed and goes on, a cherry-pick and
 * a file that both sides added all have an ancestor from before the entry.
 *
 * The logs are read for a conflict alone, never to decide one.
 */
import { auditText, splitAuditEntry, splitTruncation } from "../model/audit-log.ts";
import type { Place } from "./conflict.ts";
import { commonPast, numberEntries, without } from "./log-changes.ts";

type Log = readonly string[];

/** What the log of the side without an entry tells about it. */
export type Removal =
	/** It removed the entry, and the side that has it has not heard of that. */
	| "removed"
	/** It cut entries of its own, which may tell that. */
	| "unknown";

/** What one side's log tells of entries that only the other side has. */
export class Removals {
	readonly #base: ReadonlySet<string>;
	readonly #keeper: LogIndex;
	readonly #remover: LogIndex;
	readonly #isCut: boolean;

	constructor(base: Log, remover: Log, keeper: Log) {
		this.#base = new Set(base);
		this.#remover = new LogIndex(remover);
		this.#keeper = new LogIndex(keeper);
		this.#isCut = hasCutItsOwn(base, remover, keeper);
	}

	/** Undefined where nothing speaks against taking the entry over. */
	of(place: Place): Removal | undefined {
		const removal = this.#remover.lastRemoval(place);
		if (removal) {
			// Known before the sides parted: whoever has the entry now has put it there since.
			if (this.#base.has(removal)) return undefined;
			return this.#keeper.addedAfter(place, removal) ? undefined : "removed";
		}
		return this.#isCut && !this.#remover.startsBefore(this.#keeper.lastAddition(place))
			? "unknown"
			: undefined;
	}
}

/** Whether the log was cut by more than the ancestor's entries, and by more than the other log. */
function hasCutItsOwn(base: Log, log: Log, other: Log): boolean {
	const [old, recent] = [splitTruncation(base), splitTruncation(log)];
	if (recent.truncated <= splitTruncation(other).truncated) return false;
	const past = commonPast(old.entries, recent.entries);
	const left = new Set(numberEntries(recent.entries.slice(past)));
	const lost = without(numberEntries(old.entries.slice(past)), left).length;
	return recent.truncated - old.truncated > lost;
}

/** A log's entries by what they say. */
class LogIndex {
	readonly #entries: Log;
	readonly #positions = new Map<string, number>();
	/** By text without the time, where its last entry stands. */
	readonly #byText = new Map<string, number>();
	/** The texts by which a custodian or an owner comes or goes, which are not known beforehand. */
	readonly #others: { readonly text: string; readonly position: number }[] = [];

	constructor(log: Log) {
		this.#entries = log;
		for (const [position, entry] of log.entries()) {
			const { text } = splitAuditEntry(entry);
			this.#positions.set(entry, position);
			this.#byText.set(text, position);
			if (OF_SOMEBODY.test(text)) this.#others.push({ text, position });
		}
	}

	/** The last entry that tells of the place's removal. */
	lastRemoval(place: Place): string | undefined {
		return this.#entries[Math.max(...this.#removals(place))];
	}

	/** The last entry that tells of the place's making. */
	lastAddition(place: Place): string | undefined {
		return this.#entries[Math.max(...this.#additions(place))];
	}

	/** Whether the log has this removal, and after it the making of the place. */
	addedAfter(place: Place, removal: string): boolean {
		const position = this.#positions.get(removal);
		return position !== undefined && this.#additions(place).some((added) => added > position);
	}

	/** Whether the log's first entry is older than `entry`. */
	startsBefore(entry: string | undefined): boolean {
		const first = splitAuditEntry(splitTruncation(this.#entries).entries[0] ?? "").time;
		const { time } = splitAuditEntry(entry ?? "");
		return first !== undefined && time !== undefined && first < time;
	}

	#removals(place: Place): number[] {
		switch (place.kind) {
			case "domain":
				return this.#at(auditText.deletedDomain(place.domain));
			case "secret":
				return this.#at(
					auditText.removedSecret(place.name, place.domain),
					auditText.deletedDomain(place.domain),
				);
			case "owner":
				return [
					...this.#at(
						auditText.removedOwner(place.name, place.domain),
						auditText.deletedDomain(place.domain),
					),
					...this.#matching((text) => isRemovalFrom(text, place.name, place.domain)),
				];
			case "custodian":
				return this.#matching((text) => text.startsWith(removalOf(place.name)));
		}
	}

	#additions(place: Place): number[] {
		switch (place.kind) {
			case "domain":
				return this.#matching((text) => text.startsWith(auditText.createdDomain(place.domain, "")));
			case "secret":
				return this.#at(
					auditText.addedSecret(place.name, place.domain),
					auditText.setSecret(place.name, place.domain),
					auditText.updatedSecret(place.name, place.domain),
				);
			case "owner":
				return [
					...this.#at(auditText.createdDomain(place.domain, place.name)),
					...this.#matching((text) =>
						text.endsWith(auditText.addedOwner("", place.name, place.domain)),
					),
				];
			case "custodian":
				return this.#at(
					auditText.createdCustodian(place.name),
					auditText.createdRawCustodian(place.name),
				);
		}
	}

	#at(...texts: readonly string[]): number[] {
		return texts.flatMap((text) => this.#byText.get(text) ?? []);
	}

	#matching(isMeant: (text: string) => boolean): number[] {
		return this.#others.flatMap(({ text, position }) => (isMeant(text) ? position : []));
	}
}

const OF_SOMEBODY = /^removed key custodian | added owner |^created domain /;

/** How the entry of a custodian's removal begins; the domains that they owned follow. */
function removalOf(custodian: string): string {
	return auditText.removedCustodian(custodian, []).slice(0, -1);
}

/** A name may hold a comma, so that the list is not split but searched. */
function isRemovalFrom(text: string, custodian: string, domain: string): boolean {
	const start = removalOf(custodian);
	if (!text.startsWith(start)) return false;
	return `, ${text.slice(start.length, -1)}, `.includes(`, ${domain}, `);
}
