/**
 * Who was able to open what, as all versions of a file show that git has. Whoever has an entry for
 * a key in any of them holds that key, and opens every box that any of them has under it. No
 * version shows a value: two boxes are taken to hold the same one unless something speaks against
 * it, so that this says rather too much than too little.
 */
import type { FileData } from "../format/data.ts";
import { splitAuditEntry } from "../model/audit-log.ts";
import { DisjointSets } from "./disjoint-sets.ts";
import { isCovered, readExposureLog } from "./exposure-log.ts";
import { StepValues } from "./step-values.ts";
import { placeKey } from "./taken-over.ts";

/** A commit that touched the file, or that is a merge. */
export interface PastCommit {
	/** Its id. */
	readonly id: string;
	/** As messages call it. */
	readonly name: string;
	/** `YYYY-MM-DDTHH:MM:SSZ` */
	readonly time: string;
	/** One; two where the file has conflict markers; none where it is not there, or cannot be read. */
	readonly versions: readonly FileData[];
	/** Ids of the commits with a version that it was made from. */
	readonly parents: readonly string[];
	/** Ids of the commits whose values it puts back, or brings in, without their history. */
	readonly sources: readonly string[];
}

/** All versions that git has. */
export interface ExposureHistory {
	/** The file as it is counts as one, made from the last commit. */
	readonly commits: readonly PastCommit[];
	/** What could not be looked at, in words. */
	readonly unseen: readonly string[];
}

interface Holder {
	readonly name: string;
	/** By public key, the first commit with an entry for it. */
	readonly keys: Map<string, PastCommit>;
}

interface Introduction {
	readonly box: string;
	readonly publicKey: string;
	readonly commit: PastCommit;
}

export class HistoricalKnowledge {
	readonly #commits: readonly PastCommit[];
	readonly #byId: ReadonlyMap<string, PastCommit>;
	/** Boxes that may hold the same value. */
	readonly #values = new DisjointSets();
	/** By box, the public keys that it stood under. */
	readonly #sealedTo = new Map<string, Set<string>>();
	/** Keys of custodians that are one person's. */
	readonly #people = new DisjointSets();
	/** By custodian's name and key. */
	readonly #holders = new Map<string, Holder>();
	/** By domain and secret, where a box first came. */
	readonly #introductions = new Map<string, Introduction[]>();
	/** By box's set of values, the public keys of all its boxes. */
	#keysOfValue: Map<string, Set<string>> | undefined;
	readonly #ancestors = new Map<string, ReadonlySet<string>>();
	readonly #steps = new Map<FileData, Map<FileData, StepValues>>();
	readonly #gaps = new Set<string>();

	constructor({ commits }: ExposureHistory) {
		this.#commits = commits;
		this.#byId = new Map(commits.map((commit) => [commit.id, commit]));
		for (const commit of commits) {
			for (const version of commit.versions) {
				this.#readKeys(version, commit);
				this.#readBoxes(version);
			}
			this.#readSteps(commit);
		}
		this.#joinConcurrent();
	}

	/** Domains of which something happened that no version shows and that the log does not tell. */
	get gaps(): ReadonlySet<string> {
		return this.#gaps;
	}

	/** The names of all who had an entry in any version. */
	get names(): ReadonlySet<string> {
		return new Set([...this.#holders.values()].map(({ name }) => name));
	}

	/**
	 * The keys that the name's custodians hold, by public key, with the commit that shows it.
	 *
	 * @param isMeant which of the custodians of that name, by the key.
	 */
	keysOf(
		name: string,
		isMeant: (pwdkm: string) => boolean,
		until?: string,
	): ReadonlyMap<string, string> {
		const found = new Map<string, string>();
		for (const [id, holder] of this.#holders) {
			if (holder.name !== name || !isMeant(pwdkmOf(id, name))) continue;
			for (const [key, commit] of holder.keys) {
				if (until === undefined || isBefore(commit, until)) found.set(key, commit.name);
			}
		}
		return found;
	}

	/** Whether two keys of custodians of one name are one person's. */
	isSamePerson(name: string, pwdkm: string, other: string): boolean {
		return this.#people.isSame(personId(name, pwdkm), personId(name, other));
	}

	/** Whether whoever holds one of the keys was able to open a box with the value of this one. */
	opens(keys: ReadonlyMap<string, string>, box: string): boolean {
		const value = this.#values.find(box);
		const sealed = this.#valueKeys().get(value) ?? new Set();
		return [...keys.keys()].some((key) => sealed.has(key));
	}

	/** By domain, the secrets of which a version has a box under one of the keys. */
	readable(keys: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlySet<string>> {
		const found = new Map<string, Set<string>>();
		for (const { versions } of this.#commits) {
			for (const { domains } of versions) {
				for (const [domain, { publicKey, secrets }] of domains) {
					if (!keys.has(publicKey) || secrets.size === 0) continue;
					const names = found.get(domain) ?? new Set();
					for (const secret of secrets.keys()) names.add(secret);
					found.set(domain, names);
				}
			}
		}
		return found;
	}

	#valueKeys(): ReadonlyMap<string, Set<string>> {
		if (this.#keysOfValue) return this.#keysOfValue;
		this.#keysOfValue = new Map();
		for (const [box, keys] of this.#sealedTo) {
			const value = this.#values.find(box);
			const all = this.#keysOfValue.get(value) ?? new Set();
			for (const key of keys) all.add(key);
			this.#keysOfValue.set(value, all);
		}
		return this.#keysOfValue;
	}

	#readKeys({ domains, custodians }: FileData, commit: PastCommit): void {
		for (const { publicKey, owners } of domains.values()) {
			for (const name of owners.keys()) {
				const id = personId(name, custodians.get(name) ?? "");
				const holder = this.#holders.get(id) ?? { name, keys: new Map() };
				const known = holder.keys.get(publicKey);
				if (!known || commit.time < known.time) holder.keys.set(publicKey, commit);
				this.#holders.set(id, holder);
			}
		}
	}

	#readBoxes({ domains }: FileData): void {
		for (const { publicKey, secrets } of domains.values()) {
			for (const box of secrets.values()) {
				const keys = this.#sealedTo.get(box) ?? new Set();
				keys.add(publicKey);
				this.#sealedTo.set(box, keys);
			}
		}
	}

	#readSteps(commit: PastCommit): void {
		const before = commit.parents.flatMap((id) => this.#byId.get(id)?.versions ?? []);
		for (const version of commit.versions) {
			const steps = before.map((old) => [old, this.#step(old, version)] as const);
			for (const [old, step] of steps) {
				this.#joinPeople(old, version, step);
				if (step.isCut) for (const domain of version.domains.keys()) this.#gaps.add(domain);
			}
			this.#readGaps(version, before);
			const sources = commit.sources.flatMap((id) => this.#byId.get(id)?.versions ?? []);
			for (const [domain, present] of version.domains) {
				for (const [secret, box] of present.secrets) {
					if (before.some((old) => boxIn(old, domain, secret) === box)) continue;
					this.#introduce({ box, publicKey: present.publicKey, commit }, domain, secret);
					for (const source of sources) {
						const other = boxIn(source, domain, secret);
						if (other !== undefined) this.#values.join(box, other);
					}
					const isMerge = before.length > 1;
					for (const [, step] of steps) {
						for (const other of step.sameAs({ domain, secret, isMerge })) {
							this.#values.join(box, other);
						}
					}
				}
			}
		}
	}

	/** A domain that comes with its first version has a past that only the log tells. */
	#readGaps(version: FileData, before: readonly FileData[]): void {
		const isNew = (domain: string) => !before.some(({ domains }) => domains.has(domain));
		const added = [...version.domains.keys()].filter(isNew);
		if (added.length === 0) return;
		const log = readExposureLog(version);
		for (const domain of added) {
			if (!isCovered(domain, version, log.get(domain))) this.#gaps.add(domain);
		}
	}

	#step(old: FileData, version: FileData): StepValues {
		const known = this.#steps.get(old) ?? new Map<FileData, StepValues>();
		this.#steps.set(old, known);
		const step = known.get(version) ?? new StepValues(old, version);
		known.set(version, step);
		return step;
	}

	#introduce(introduction: Introduction, domain: string, secret: string): void {
		const place = placeKey(domain, secret);
		const known = this.#introductions.get(place) ?? [];
		known.push(introduction);
		this.#introductions.set(place, known);
	}

	/** A change of the passphrase leaves the person; any other new key is taken for another's. */
	#joinPeople(old: FileData, version: FileData, step: StepValues): void {
		for (const [name, pwdkm] of version.custodians) {
			const before = old.custodians.get(name);
			if (before === undefined || before === pwdkm) continue;
			if (!step.changed.has(name) || step.removed.has(name)) continue;
			this.#people.join(personId(name, before), personId(name, pwdkm));
		}
	}

	/**
	 * What was set on one branch, and on another under another key, may be one value: a conflict
	 * that a person resolved, or a commit that was rebased.
	 */
	#joinConcurrent(): void {
		for (const all of this.#introductions.values()) {
			if (new Set(all.map(({ publicKey }) => publicKey)).size < 2) continue;
			for (const [index, one] of all.entries()) {
				for (const other of all.slice(index + 1)) {
					if (one.box === other.box || one.publicKey === other.publicKey) continue;
					if (this.#values.isSame(one.box, other.box)) continue;
					const isInPast = (box: string, commit: PastCommit) =>
						all.some((known) => known.box === box && this.#isAncestor(known.commit, commit));
					if (isInPast(one.box, other.commit) || isInPast(other.box, one.commit)) continue;
					this.#values.join(one.box, other.box);
				}
			}
		}
	}

	#isAncestor(commit: PastCommit, of: PastCommit): boolean {
		const known = this.#ancestors.get(of.id);
		if (known) return known.has(commit.id);
		const found = new Set<string>();
		const open = [...of.parents];
		for (let id = open.pop(); id !== undefined; id = open.pop()) {
			if (found.has(id)) continue;
			found.add(id);
			open.push(...(this.#byId.get(id)?.parents ?? []));
		}
		this.#ancestors.set(of.id, found);
		return found.has(commit.id);
	}
}

/** By its own time, or by the last entry of its log. */
function isBefore({ time, versions }: PastCommit, until: string): boolean {
	const times = versions.flatMap(
		({ auditLog }) => splitAuditEntry(auditLog.at(-1) ?? "").time ?? [],
	);
	return [time, ...times].some((one) => one <= until);
}

function boxIn({ domains }: FileData, domain: string, secret: string): string | undefined {
	return domains.get(domain)?.secrets.get(secret);
}

function personId(name: string, pwdkm: string): string {
	return `${pwdkm} ${name}`;
}

function pwdkmOf(id: string, name: string): string {
	return id.slice(0, -name.length - 1);
}
