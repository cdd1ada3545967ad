/** Adds to a change what the keys, the boxes, the log and the history tell of it. */
import type { FileData } from "../format/data.ts";
import type { Change, CustodianChange, KeyChange, SecretChange } from "./change.ts";
import type { Knowledge } from "./knowledge.ts";
import type { LogChanges, ToldEvent } from "./log-changes.ts";
import { type ReplacedKey, replacedKeysBetween } from "./replaced-keys.ts";

interface Place {
	readonly domain: string;
	readonly name: string;
}

export class Explanation {
	readonly #before: FileData;
	readonly #after: FileData;
	readonly #log: LogChanges;
	readonly #knowledge: Knowledge;
	readonly #replaced: readonly ReplacedKey[];
	#places: ReadonlyMap<string, readonly Place[]> | undefined;

	constructor(before: FileData, after: FileData, log: LogChanges, knowledge: Knowledge) {
		this.#before = before;
		this.#after = after;
		this.#log = log;
		this.#knowledge = knowledge;
		this.#replaced = replacedKeysBetween(before, after);
	}

	/** The change with what is known of it; nothing where it proved to be none. */
	change(change: Change): Change[] {
		switch (change.what) {
			case "key":
				return [this.#withLog(this.#key(change))];
			case "custodian":
				return [this.#withLog(this.#custodian(change))];
			case "secret":
				return this.#secret(change).map((secret) => this.#withLog(secret));
			default:
				return [this.#withLog(change)];
		}
	}

	// Keys

	#key(change: KeyChange): KeyChange {
		const { domain } = change;
		const values = this.#sealedAnew(domain);
		const differing = this.#knowledge.values?.get(domain)?.differing.size;
		const counted = { ...change, values, ...(differing !== undefined && { differing }) };
		const replaced = this.#replaced.find((key) => key.kind === "domain" && key.domain === domain);
		const kept = replaced?.kept ?? [];
		const recent = this.#after.domains.get(domain);
		const past = this.#pastWith(recent?.publicKey);
		const older = past?.data.domains.get(domain);
		if (past && older && older.publicKey === recent?.publicKey) {
			const isAsThen = kept.every((owner) => older.owners.get(owner) === recent.owners.get(owner));
			const formerOwners = [...older.owners.keys()].filter((name) => !recent.owners.has(name));
			if (isAsThen) return { ...counted, how: "restored", from: past.name, formerOwners };
		}
		return replaced ? { ...change, how: "replaced", kept } : counted;
	}

	/** How many secrets of both versions have another box. */
	#sealedAnew(domain: string): number {
		const old = this.#before.domains.get(domain)?.secrets;
		const recent = this.#after.domains.get(domain)?.secrets ?? [];
		return [...recent].filter(([name]) => old?.has(name)).length;
	}

	#custodian(change: CustodianChange): CustodianChange {
		const { name, how } = change;
		if (how !== "rekeyed") return change;
		const replaced = this.#replaced.find((key) => key.kind === "custodian" && key.name === name);
		const kept = replaced?.kept ?? [];
		const pwdkm = this.#after.custodians.get(name);
		const past = this.#pastWith(pwdkm);
		if (past && past.data.custodians.get(name) === pwdkm) {
			const entryIn = ({ domains }: FileData, domain: string) =>
				domains.get(domain)?.owners.get(name);
			const isAsThen = kept.every(
				(domain) => entryIn(past.data, domain) === entryIn(this.#after, domain),
			);
			if (isAsThen) return { ...change, how: "restored", from: past.name };
		}
		return replaced ? { ...change, how: "replaced", kept } : change;
	}

	#pastWith(text: string | undefined) {
		return text === undefined ? undefined : this.#knowledge.past?.newestWith(text);
	}

	// Secrets

	#secret(change: SecretChange): SecretChange[] {
		const { domain, name, how } = change;
		const effect = how === "added" ? this.#knowledge.effectOf?.(name) : undefined;
		const about = { ...change, ...(effect !== undefined && { effect }) };
		const values = this.#knowledge.values?.get(domain);
		const unreadable = values?.unreadable.has(name) && ({ unreadable: true } as const);
		if (how === "removed") return [about];
		if (values && how !== "added" && !values.differing.has(name) && !unreadable) return [];
		const known = values && how === "unclear" ? { ...about, how: "changed" as const } : about;
		return [{ ...known, ...unreadable, ...this.#origin(domain, name) }];
	}

	/** Where the box came from, if it was not sealed for this. */
	#origin(domain: string, name: string): Pick<SecretChange, "copyOf" | "from"> {
		const box = this.#after.domains.get(domain)?.secrets.get(name);
		if (box === undefined) return {};
		const copyOf = this.#placesOf(box).find(
			(place) => place.domain !== domain || place.name !== name,
		);
		if (copyOf) return { copyOf };
		const isSameKey =
			this.#before.domains.get(domain)?.publicKey === this.#after.domains.get(domain)?.publicKey;
		const past = isSameKey ? this.#pastWith(box) : undefined;
		if (!past) return {};
		if (past.data.domains.get(domain)?.secrets.get(name) === box) return { from: past.name };
		const other = placesOfBoxes([past.data]).get(box)?.[0];
		return { from: past.name, ...(other && { copyOf: other }) };
	}

	#placesOf(box: string): readonly Place[] {
		this.#places ??= placesOfBoxes([this.#before, this.#after]);
		return this.#places.get(box) ?? [];
	}

	// The log

	#withLog<Some extends Change>(change: Some): Some | (Some & { unlogged: true }) {
		const event = toldEvent(change);
		return !event || this.#log.tells(event) ? change : { ...change, unlogged: true };
	}
}

function placesOfBoxes(versions: readonly FileData[]): Map<string, Place[]> {
	const places = new Map<string, Place[]>();
	for (const { domains } of versions) {
		for (const [domain, { secrets }] of domains) {
			for (const [name, box] of secrets) {
				const known = places.get(box);
				if (known) known.push({ domain, name });
				else places.set(box, [{ domain, name }]);
			}
		}
	}
	return places;
}

/** What the log should have of the change; undefined where it need not have anything. */
function toldEvent(change: Change): ToldEvent | undefined {
	switch (change.what) {
		case "domain":
			return { kind: "domain", how: change.how, domain: change.domain };
		case "key":
			return change.how === "rotated" ? { kind: "key", domain: change.domain } : undefined;
		case "owner": {
			const how = change.how === "removed" ? "removed" : "set";
			return { kind: "owner", how, domain: change.domain, name: change.name };
		}
		case "secret": {
			// A rotation seals every value anew, and has a line of its own.
			if (change.how === "unclear") return undefined;
			const how = change.how === "removed" ? "removed" : "set";
			return { kind: "secret", how, domain: change.domain, name: change.name };
		}
		case "custodian": {
			const { how, name } = change;
			return how === "added" || how === "removed" || how === "rekeyed"
				? { kind: "custodian", how, name }
				: undefined;
		}
		default:
			return undefined;
	}
}
