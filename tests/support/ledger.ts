/**
 * What is to become of the entries of a file when branches come together, as somebody would say
 * who saw each change happen: independent of how a merge looks for it, of Git's common ancestors
 * and of the audit log.
 */

/** Something that happened to one entry. */
interface Event {
	readonly entry: string;
	/** What it held then; undefined for a removal. */
	readonly value: string | undefined;
	/** All that had happened before, as far as whoever did this knew. */
	readonly seen: ReadonlySet<number>;
}

/** What a version holds, by entry. */
export type State = ReadonlyMap<string, string>;

/** Events by number. */
export type Heard = ReadonlySet<number>;

export class Ledger {
	readonly #events: Event[] = [];
	readonly #open = new Set<string>();

	/** Notes what makes one state of another, and gives the events' numbers. */
	record(before: State, after: State, seen: Heard): number[] {
		return entriesOf(before, after)
			.filter((entry) => before.get(entry) !== after.get(entry))
			.map((entry) => this.#events.push({ entry, value: after.get(entry), seen }) - 1);
	}

	/**
	 * Takes these entries out: who reverts a commit takes its entries of the log back too, so that a
	 * branch that has the commit in another way brings it again, as with any other file.
	 */
	leaveOpen(entries: readonly string[]): void {
		for (const entry of entries) this.#open.add(entry);
	}

	/** Whether the entry has held this at any time. */
	hasHeld(entry: string, value: string): boolean {
		return this.#events.some((event) => event.entry === entry && event.value === value);
	}

	/**
	 * What an entry may hold where all of this was heard of: the last word, or several where nobody
	 * who had a say knew of the others'. Undefined stands for an entry that is gone.
	 */
	outcomes(heard: Heard): ReadonlyMap<string, ReadonlySet<string | undefined>> {
		const outcomes = new Map<string, Set<string | undefined>>();
		const events = [...heard].flatMap((id) => {
			const event = this.#events[id];
			return event ? [{ id, ...event }] : [];
		});
		for (const [entry, all] of Map.groupBy(events, (event) => event.entry)) {
			if (this.#open.has(entry)) continue;
			const last = all.filter(({ id }) => !all.some(({ seen }) => seen.has(id)));
			outcomes.set(entry, new Set(last.map(({ value }) => value)));
		}
		return outcomes;
	}
}

/** The names of all entries that one of the states has. */
export function entriesOf(...states: readonly ReadonlyMap<string, unknown>[]): string[] {
	return [...new Set(states.flatMap((state) => [...state.keys()]))];
}
