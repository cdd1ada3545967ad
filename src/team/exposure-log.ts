/**
 * Who was able to open what, as a file's audit log tells. An owner knows all that is in a domain
 * until they are removed, and as long as its key is not rotated after that, all that is set since.
 * A rotation seals the values anew and changes none: what they knew, they know.
 */
import type { FileData } from "../format/data.ts";
import {
	type AuditEvent,
	parseAuditText,
	splitAuditEntry,
	splitTruncation,
} from "../model/audit-log.ts";
import { TakenOver } from "./taken-over.ts";

/**
 * One of the custodians that a name stood for: a name that is removed and added again is another
 * person, or another key, than before.
 */
export interface Person {
	readonly name: string;
	/** Whether this one was removed since, as a custodian. */
	isFormer: boolean;
}

/** A value of a secret, wherever it was copied to. */
interface Value {
	readonly knowers: Set<Person>;
}

interface Removal {
	readonly time: string;
	/** When the domain's key was first rotated after that. */
	rotated?: string;
}

/** What the log tells of one domain, since it was created the last time. */
export interface DomainLog {
	/** Whether its creation is in the log, and so all that came after. */
	readonly isWhole: boolean;
	readonly owners: Set<Person>;
	/** Who has the present key: the owners, and whoever was one since it was made. */
	readonly holders: Set<Person>;
	/** By secret, its present value. */
	readonly values: Map<string, Value>;
	/** By former owner. */
	readonly removed: Map<Person, Removal>;
}

/** Somebody whose key is not only theirs since that time, though they stay. */
export interface Leak {
	readonly name: string;
	/** `YYYY-MM-DDTHH:MM:SSZ`; undefined for now. */
	readonly time: string | undefined;
}

const UNKNOWN_TIME = "at an unknown time";
export const NOW = "now";

/** By domain. */
export function readExposureLog(file: FileData, leak?: Leak): ReadonlyMap<string, DomainLog> {
	return new LogReplay(file, leak).replay();
}

/** What the log says of a domain that it does not name. */
export function emptyDomainLog(): DomainLog {
	return newDomainLog(false);
}

function newDomainLog(isWhole: boolean): DomainLog {
	return {
		isWhole,
		owners: new Set(),
		holders: new Set(),
		values: new Map(),
		removed: new Map(),
	};
}

class LogReplay {
	readonly #file: FileData;
	readonly #leak: Leak | undefined;
	readonly #domains = new Map<string, DomainLog>();
	/** By name, whom it stands for at this point of the log. */
	readonly #people = new Map<string, Person>();
	#isLeaked = false;
	readonly #takenOver = new TakenOver<Value>();

	constructor(file: FileData, leak: Leak | undefined) {
		this.#file = file;
		this.#leak = leak;
	}

	replay(): ReadonlyMap<string, DomainLog> {
		const isDomain = (name: string) => this.#file.domains.has(name);
		for (const entry of splitTruncation(this.#file.auditLog).entries) {
			const { time = UNKNOWN_TIME, text } = splitAuditEntry(entry);
			if (this.#leak?.time !== undefined && time > this.#leak.time) this.#applyLeak(this.#leak);
			const event = parseAuditText(text, isDomain);
			if (!event) continue;
			this.#takenOver.hear(event, time, (domain, secret) => this.#valueOf(domain, secret));
			this.#hear(event, time);
		}
		if (this.#leak) this.#applyLeak(this.#leak);
		return this.#domains;
	}

	#hear(event: AuditEvent, time: string): void {
		switch (event.kind) {
			case "createdDomain":
				this.#domains.set(event.domain, newDomainLog(true));
				this.#add(event.domain, this.#person(event.owner));
				return;
			case "deletedDomain":
				this.#domains.delete(event.domain);
				return;
			case "setSecret":
				this.#set(event.domain, event.secret);
				return;
			case "removedSecret":
				this.#domain(event.domain).values.delete(event.secret);
				return;
			case "addedOwner":
				this.#add(event.domain, this.#person(event.owner));
				return;
			case "removedOwner":
				this.#remove(this.#person(event.owner), event.domain, time);
				return;
			case "removedCustodian":
				this.#removeCustodian(event.custodian, event.domains, time);
				return;
			case "rotatedKey": {
				const { owners, holders, removed } = this.#domain(event.domain);
				holders.clear();
				for (const owner of owners) holders.add(owner);
				for (const removal of removed.values()) removal.rotated ??= time;
				return;
			}
			default:
				return;
		}
	}

	#domain(name: string): DomainLog {
		const known = this.#domains.get(name) ?? newDomainLog(false);
		this.#domains.set(name, known);
		return known;
	}

	#person(name: string): Person {
		const known = this.#people.get(name) ?? { name, isFormer: false };
		this.#people.set(name, known);
		return known;
	}

	#add(name: string, person: Person): void {
		const { owners, holders, values, removed } = this.#domain(name);
		owners.add(person);
		holders.add(person);
		removed.delete(person);
		for (const { knowers } of values.values()) knowers.add(person);
	}

	#remove(person: Person, name: string, time: string): void {
		const { owners, holders, values, removed } = this.#domain(name);
		if (!owners.delete(person)) {
			// Two branches may each have removed them: out they are since the first time.
			if ([...removed.keys()].some((former) => former.name === person.name)) return;
			// They were an owner before the log begins.
			holders.add(person);
			for (const { knowers } of values.values()) knowers.add(person);
		}
		removed.set(person, { time });
	}

	#removeCustodian(name: string, domains: readonly string[], time: string): void {
		const person = this.#person(name);
		for (const domain of domains) this.#remove(person, domain, time);
		person.isFormer = true;
		this.#people.delete(name);
	}

	#set(name: string, secret: string): void {
		const { holders, values } = this.#domain(name);
		const taken = this.#takenOver.valuesFor(name, secret);
		const [first] = taken;
		const value = taken.length === 1 && first ? first : joined(taken);
		for (const holder of holders) value.knowers.add(holder);
		values.set(secret, value);
	}

	#valueOf(domain: string, secret: string): Value {
		const { values, holders, removed } = this.#domain(domain);
		// A value from before the log begins: whoever was there since may know it.
		const value = values.get(secret) ?? { knowers: new Set([...holders, ...removed.keys()]) };
		values.set(secret, value);
		return value;
	}

	/** From here on the name stands for somebody else, who owns the same. */
	#applyLeak({ name, time = NOW }: Leak): void {
		if (this.#isLeaked) return;
		this.#isLeaked = true;
		const person = this.#person(name);
		person.isFormer = true;
		this.#people.delete(name);
		for (const [domain, { owners }] of this.#domains) {
			if (!owners.has(person)) continue;
			this.#remove(person, domain, time);
			this.#add(domain, this.#person(name));
		}
	}
}

function joined(values: readonly Value[]): Value {
	return { knowers: new Set(values.flatMap(({ knowers }) => [...knowers])) };
}

/** Whether the log tells all that there is to know of a domain of the file. */
export function isCovered(domain: string, { domains }: FileData, log?: DomainLog): boolean {
	const present = domains.get(domain);
	if (!present || !log?.isWhole) return false;
	const { owners, secrets } = present;
	const told = new Set([...log.owners].map(({ name }) => name));
	return (
		[...owners.keys()].every((owner) => told.has(owner)) &&
		[...told].every((owner) => owners.has(owner)) &&
		[...secrets.keys()].every((secret) => log.values.has(secret))
	);
}
