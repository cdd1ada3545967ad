/** What happened between two versions of a file of which one was made from the other. */
import type { FileData } from "../format/data.ts";
import { parseAuditText, splitAuditEntry, splitTruncation } from "../model/audit-log.ts";
import { commonPast, numberEntries, without, withoutNumber } from "./log-changes.ts";
import { placeKey, TakenOver } from "./taken-over.ts";

/** A box that the later version has and none before. */
interface NewBox {
	readonly domain: string;
	readonly secret: string;
	/** What is new in a merge's log is the other side's: it tells nothing of this value. */
	readonly isMerge: boolean;
}

/** A value of the earlier version, by its place, or one that was set since, by a number. */
type ValueId = string;
type ValueIds = ReadonlySet<ValueId>;

export class StepValues {
	/** The custodians who changed their passphrase or key, and those who were removed. */
	readonly changed = new Set<string>();
	readonly removed = new Set<string>();
	/** Whether the later version's log was cut by entries that the earlier one does not have. */
	readonly isCut: boolean;
	readonly #before: FileData;
	readonly #after: FileData;
	/** By place, where it is not the earlier version's value. */
	readonly #values = new Map<string, ValueIds>();
	#placesOfValue: Map<ValueId, Set<string>> | undefined;
	#lastNumber = 0;

	constructor(before: FileData, after: FileData) {
		this.#before = before;
		this.#after = after;
		const old = splitTruncation(before.auditLog);
		const recent = splitTruncation(after.auditLog);
		const past = commonPast(old.entries, recent.entries);
		const known = numberEntries(old.entries.slice(past));
		const present = numberEntries(recent.entries.slice(past));
		const added = without(present, new Set(known));
		this.isCut = recent.truncated - old.truncated > known.length + added.length - present.length;
		this.#replay(added.map(withoutNumber));
	}

	/** The boxes that may hold the value of the new one. */
	sameAs({ domain, secret, isMerge }: NewBox): string[] {
		const place = placeKey(domain, secret);
		const now = this.#after.domains.get(domain)?.publicKey;
		const isSealedAnew = this.#before.domains.get(domain)?.publicKey !== now;
		const ids = new Set(this.#of(place));
		if (isMerge) ids.add(place);
		const found: (string | undefined)[] = [];
		for (const id of ids) {
			// Under one key, another box is another value.
			if (id !== place || isSealedAnew) found.push(boxAt(this.#before, id));
			for (const other of this.#placesOf(id)) {
				if (other !== place) found.push(boxAt(this.#after, other));
			}
		}
		return found.filter((box) => box !== undefined);
	}

	#replay(entries: readonly string[]): void {
		const isDomain = (name: string) =>
			this.#before.domains.has(name) || this.#after.domains.has(name);
		const takenOver = new TakenOver<ValueIds>();
		for (const entry of entries) {
			const { time, text } = splitAuditEntry(entry);
			const event = parseAuditText(text, isDomain);
			if (!event) continue;
			takenOver.hear(event, time, (domain, secret) => this.#of(placeKey(domain, secret)));
			if (event.kind === "changedCustodian") this.changed.add(event.custodian);
			if (event.kind === "removedCustodian") this.removed.add(event.custodian);
			if (event.kind !== "setSecret") continue;
			const { domain, secret } = event;
			const taken = takenOver.valuesFor(domain, secret).flatMap((ids) => [...ids]);
			const fresh = `#${++this.#lastNumber}`;
			this.#values.set(placeKey(domain, secret), new Set(taken.length > 0 ? taken : [fresh]));
		}
	}

	#of(place: string): ValueIds {
		return this.#values.get(place) ?? new Set([place]);
	}

	/** Where the later version has the value. */
	#placesOf(id: ValueId): ReadonlySet<string> {
		if (!this.#placesOfValue) {
			this.#placesOfValue = new Map();
			for (const [place, ids] of this.#values) {
				for (const value of ids) {
					const places = this.#placesOfValue.get(value) ?? new Set();
					this.#placesOfValue.set(value, places.add(place));
				}
			}
		}
		const places = this.#placesOfValue.get(id) ?? new Set<string>();
		return this.#values.has(id) ? places : new Set([...places, id]);
	}
}

/** Undefined where nothing is there, as for the number of a value. */
function boxAt({ domains }: FileData, place: string): string | undefined {
	const space = place.indexOf(" ");
	return domains.get(place.slice(space + 1))?.secrets.get(place.slice(0, space));
}
