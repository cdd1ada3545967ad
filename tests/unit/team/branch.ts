/**
 * A branch of a protected file's history, kept twice: as the file, with real keys (raw, so that
 * they cost nothing), and as a model in which every value, key and grant has a number. The model
 * knows what no reader of the file can: which boxes hold the same.
 */
import fc from "fast-check";
import { generateRawPassphrase } from "../../../src/crypto/key-derivation.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey, type UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";

export interface ModelDomain {
	readonly key: number;
	/** By owner, which act made them one. */
	readonly owners: ReadonlyMap<string, number>;
	/** By secret, its value. */
	readonly secrets: ReadonlyMap<string, string>;
}

export interface Model {
	/** By custodian, which key is theirs. */
	readonly custodians: ReadonlyMap<string, number>;
	readonly domains: ReadonlyMap<string, ModelDomain>;
	/** What was removed last, by what it is: `owner a/ann`, `domain a`. */
	readonly removals: ReadonlyMap<string, Removal>;
	/** Every removal that this version knows of. */
	readonly heard: ReadonlySet<string>;
}

export interface Removal {
	/** The time and the words, as the log has them. */
	readonly id: string;
	readonly order: number;
}

const DOMAINS = ["a", "b", "it's: c"] as const;
const CUSTODIANS = ["ann", "ben", "cleo"] as const;
const SECRETS = ["x", "y", "z"] as const;

const KINDS = [
	"addSecret",
	"addSecret",
	"updateSecret",
	"updateSecret",
	"removeSecret",
	"addDomain",
	"removeDomain",
	"addOwner",
	"addOwner",
	"removeOwner",
	"rotate",
	"addCustodian",
	"rekey",
	"removeCustodian",
] as const;

export interface Step {
	readonly kind: (typeof KINDS)[number];
	readonly domain: string;
	readonly custodian: string;
	readonly secret: string;
	/** Seconds that pass before it. */
	readonly pause: number;
}

export const step: fc.Arbitrary<Step> = fc.record({
	kind: fc.constantFrom(...KINDS),
	domain: fc.constantFrom(...DOMAINS),
	custodian: fc.constantFrom(...CUSTODIANS),
	secret: fc.constantFrom(...SECRETS),
	pause: fc.nat(2),
});

export const steps = (maxLength: number) => fc.array(step, { maxLength });

let lastNumber = 0;
const newNumber = () => ++lastNumber;

export class Branch {
	file: KeyFile;
	#model: {
		custodians: Map<string, number>;
		domains: Map<string, ModelDomain>;
		removals: Map<string, Removal>;
		heard: Set<string>;
	};
	readonly #keys: Map<string, UnlockedCustodian>;
	readonly #clock: { seconds: number };

	private constructor(
		file: KeyFile,
		model: Model,
		keys: ReadonlyMap<string, UnlockedCustodian>,
		clock: { seconds: number },
	) {
		this.file = file;
		this.#model = {
			custodians: new Map(model.custodians),
			domains: new Map(model.domains),
			removals: new Map(model.removals),
			heard: new Set(model.heard),
		};
		this.#keys = new Map(keys);
		this.#clock = clock;
	}

	/** A file in which ann owns the domains a and b, with a secret each, and ben is a custodian. */
	static async start(): Promise<Branch> {
		const clock = { seconds: 0 };
		const file = KeyFile.create({ now: () => new Date(clock.seconds * 1000) });
		const model = {
			custodians: new Map(),
			domains: new Map(),
			removals: new Map(),
			heard: new Set<string>(),
		};
		const branch = new Branch(file, model, new Map(), clock);
		const common = { domain: "a", custodian: "ann", secret: "x", pause: 1 };
		await branch.take([
			{ ...common, kind: "addCustodian" },
			{ ...common, kind: "addCustodian", custodian: "ben" },
			{ ...common, kind: "addDomain" },
			{ ...common, kind: "addSecret" },
			{ ...common, kind: "addDomain", domain: "b" },
			{ ...common, kind: "addSecret", domain: "b" },
		]);
		return branch;
	}

	/** Another branch, from here on. */
	fork(): Branch {
		const clock = { seconds: this.#clock.seconds };
		const file = KeyFile.parse(this.file.encode(), {
			now: () => new Date(clock.seconds * 1000),
		});
		return new Branch(file, this.#model, this.#keys, clock);
	}

	get model(): Model {
		return this.#model;
	}

	get keys(): ReadonlyMap<string, UnlockedCustodian> {
		return this.#keys;
	}

	get bytes(): Uint8Array {
		return this.file.encode();
	}

	/** Takes the steps that can be taken. */
	async take(all: readonly Step[]): Promise<this> {
		for (const one of all) {
			this.#clock.seconds += one.pause;
			await this.#take(one);
		}
		return this;
	}

	async #take({ kind, domain, custodian, secret }: Step): Promise<void> {
		const { domains, custodians } = this.#model;
		const known = domains.get(domain);
		const key = custodians.get(custodian);
		switch (kind) {
			case "addCustodian":
				if (key === undefined) await this.#addCustodian(custodian);
				return;
			case "rekey":
				if (key !== undefined) await this.#rekey(custodian);
				return;
			case "removeCustodian":
				if (key !== undefined) this.#removeCustodian(custodian);
				return;
			case "addDomain":
				if (!known && key !== undefined) this.#addDomain(domain, custodian);
				return;
			default:
				break;
		}
		if (!known) return;
		const has = known.secrets.has(secret);
		switch (kind) {
			case "addSecret":
				if (!has) this.#setSecret(domain, known, secret);
				return;
			case "updateSecret":
				if (has) this.#setSecret(domain, known, secret);
				return;
			case "removeSecret":
				if (!has) return;
				this.file = this.file.removeSecret(domain, secret);
				domains.set(domain, { ...known, secrets: without(known.secrets, secret) });
				this.#removed(`secret ${domain}/${secret}`);
				return;
			case "removeDomain":
				this.file = this.file.removeDomain(domain);
				domains.delete(domain);
				this.#removed(`domain ${domain}`);
				return;
			case "addOwner": {
				if (known.owners.has(custodian) || key === undefined) return;
				this.file = this.file.addOwner(domain, custodian, this.#anOwnerOf(known));
				const owners = new Map(known.owners).set(custodian, newNumber());
				domains.set(domain, { ...known, owners });
				return;
			}
			case "removeOwner":
				if (!known.owners.has(custodian) || known.owners.size === 1) return;
				this.file = this.file.removeOwner(domain, custodian);
				domains.set(domain, { ...known, owners: without(known.owners, custodian) });
				this.#removed(`owner ${domain}/${custodian}`);
				return;
			case "rotate":
				this.file = this.file.rotateDomainKey(domain, this.#anOwnerOf(known));
				domains.set(domain, { ...known, key: newNumber() });
				return;
			default:
				return;
		}
	}

	#removed(...what: readonly string[]): void {
		const id = `${this.#clock.seconds} ${what.join()}`;
		this.#model.heard.add(id);
		for (const name of what) this.#model.removals.set(name, { id, order: newNumber() });
	}

	#anOwnerOf({ owners }: ModelDomain): UnlockedCustodian {
		const [key] = [...owners.keys()].flatMap((owner) => this.#keys.get(owner) ?? []);
		if (!key) throw new Error("nobody has the key of the domain");
		return key;
	}

	#setSecret(domain: string, known: ModelDomain, secret: string): void {
		const value = `value ${newNumber()}`;
		this.file = known.secrets.has(secret)
			? this.file.updateSecret(domain, secret, value)
			: this.file.addSecret(domain, secret, value);
		const secrets = new Map(known.secrets).set(secret, value);
		this.#model.domains.set(domain, { ...known, secrets });
	}

	#addDomain(domain: string, owner: string): void {
		this.file = this.file.addDomain(domain, owner);
		const owners = new Map([[owner, newNumber()]]);
		this.#model.domains.set(domain, { key: newNumber(), owners, secrets: new Map() });
	}

	async #addCustodian(name: string): Promise<void> {
		const creds = new Creds(name, generateRawPassphrase());
		const key = await createCustodianKey(creds, { kdf: "raw" });
		this.file = this.file.addKeyCustodian(key);
		await this.#remember(creds);
	}

	async #rekey(name: string): Promise<void> {
		const old = this.#keys.get(name);
		if (!old) return;
		const creds = new Creds(name, generateRawPassphrase());
		const key = await createCustodianKey(creds, { kdf: "raw" });
		this.file = this.file.rekeyCustodian(old, key);
		await this.#remember(creds);
	}

	async #remember(creds: Creds): Promise<void> {
		this.#keys.set(creds.name, await this.file.unlock(creds));
		this.#model.custodians.set(creds.name, newNumber());
	}

	#removeCustodian(name: string): void {
		const owned = [...this.#model.domains].filter(([, { owners }]) => owners.has(name));
		if (owned.some(([, { owners }]) => owners.size === 1)) return;
		this.file = this.file.removeKeyCustodian(name);
		this.#keys.delete(name);
		this.#model.custodians.delete(name);
		for (const [domain, known] of owned) {
			this.#model.domains.set(domain, { ...known, owners: without(known.owners, name) });
		}
		this.#removed(`custodian ${name}`, ...owned.map(([domain]) => `owner ${domain}/${name}`));
	}
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): Map<string, Value> {
	const rest = new Map(map);
	rest.delete(key);
	return rest;
}
