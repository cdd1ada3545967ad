/**
 * Random histories in real Git repositories, beside a model that knows who was able to open what:
 * list-exposed never says less than the truth. `EXPOSURE_RUNS` asks for more of them.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { exposurePast } from "../../../src/commands/exposure-past.ts";
import { generateRawPassphrase } from "../../../src/crypto/key-derivation.ts";
import { writeProtected } from "../../../src/format/write.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey, type UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { findExposures } from "../../../src/team/exposure.ts";
import { mergeAuditLogs } from "../../../src/team/merge-audit-logs.ts";
import { ENVIRONMENT } from "../../support/git-repository.ts";
import { scratchFolder } from "../../support/scratch-folder.ts";

const RUNS = Number(process.env.EXPOSURE_RUNS ?? 150);
const NAMES = ["ann", "ben", "cleo"] as const;
const DOMAINS = ["a", "b"] as const;
const SECRETS = ["x", "y", "z"] as const;

interface Person {
	readonly id: number;
	readonly key: UnlockedCustodian;
}

interface Domain {
	readonly key: number;
	/** Owners, by name. */
	readonly owners: ReadonlySet<string>;
	/** Values, by secret. */
	readonly values: ReadonlyMap<string, number>;
}

/** A version of the file, and what no reader of it can see. */
interface Version {
	readonly file: KeyFile;
	readonly people: ReadonlyMap<string, Person>;
	readonly domains: ReadonlyMap<string, Domain>;
}

interface Commit extends Version {
	readonly path: string;
	readonly parents: readonly number[];
	readonly branch: number;
	/** Whose author and time it has, as what Git picks does. */
	readonly pickOf?: number | undefined;
}

const step = fc.record({
	kind: fc.constantFrom(
		...(["set", "set", "set", "drop", "rename", "copy", "addOwner", "addOwner"] as const),
		...(["removeOwner", "removeOwner", "rotate", "rotate", "fire", "hire", "rekey"] as const),
		...([
			"commit",
			"commit",
			"commit",
			"branch",
			"switch",
			"merge",
			"pick",
			"cut",
			"move",
		] as const),
	),
	domain: fc.nat(DOMAINS.length - 1),
	name: fc.nat(NAMES.length - 1),
	secret: fc.nat(SECRETS.length - 1),
	/** Which of several ways. */
	way: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

let lastNumber = 0;
const newNumber = () => ++lastNumber;

class History {
	readonly commits: Commit[] = [];
	#seconds = 0;
	#path = "protected.yaml";
	#branch = 0;
	/** Whether a log was cut by entries that no commit has: then nothing shows what was copied. */
	hidesEntries = false;
	/** By branch, the index of its last commit. */
	readonly #tips: number[] = [];
	#now: Version;

	private constructor(file: KeyFile) {
		this.#now = { file, people: new Map(), domains: new Map() };
	}

	static async make(steps: readonly Step[]): Promise<History> {
		const clock = { history: undefined as History | undefined };
		const now = () => new Date((clock.history?.tick() ?? 0) * 1000);
		const history = new History(KeyFile.create({ now }));
		clock.history = history;
		await history.#start();
		for (const one of steps) await history.#take(one);
		history.#commit();
		return history;
	}

	/** Two entries may have one time. */
	tick(): number {
		return Math.floor(this.#seconds++ / 2);
	}

	get last(): Commit {
		const last = this.commits.at(-1);
		if (!last) throw new Error("no commit");
		return last;
	}

	async #start(): Promise<void> {
		await this.#hire("ann");
		await this.#hire("ben");
		for (const domain of DOMAINS) {
			const values = new Map([["x", newNumber()]]);
			const file = this.#now.file
				.addDomain(domain, "ann")
				.addSecret(domain, "x", `v${values.get("x")}`);
			this.#put(domain, { key: newNumber(), owners: new Set(["ann"]), values }, file);
		}
		this.#commit();
	}

	async #take({ kind, domain: d, name: n, secret: s, way }: Step): Promise<void> {
		const [domain = "a", name = "ann", secret = "x"] = [DOMAINS[d], NAMES[n], SECRETS[s]];
		const known = this.#now.domains.get(domain);
		const { file, people } = this.#now;
		if (!known) return;
		const { owners, values } = known;
		const others = [...owners].filter((owner) => owner !== name);
		switch (kind) {
			case "set":
				this.#set(domain, secret, newNumber());
				return;
			case "drop":
				if (values.has(secret)) {
					this.#put(
						domain,
						{ ...known, values: without(values, secret) },
						file.removeSecret(domain, secret),
					);
				}
				return;
			case "rename": {
				const to = SECRETS.find((one) => !values.has(one));
				const value = values.get(secret);
				if (to === undefined || value === undefined) return;
				const renamed = new Map(without(values, secret)).set(to, value);
				this.#put(domain, { ...known, values: renamed }, file.renameSecret(domain, secret, to));
				return;
			}
			case "copy": {
				const to = domain === "a" ? "b" : "a";
				const target = this.#now.domains.get(to);
				const value = values.get(secret);
				if (!target || value === undefined) return;
				const copied = file.copySecret(secret, domain, to, this.#anOwner(known), { update: true });
				this.#put(to, { ...target, values: new Map(target.values).set(secret, value) }, copied);
				return;
			}
			case "addOwner":
				if (!people.has(name) || owners.has(name)) return;
				this.#put(
					domain,
					{ ...known, owners: new Set([...owners, name]) },
					file.addOwner(domain, name, this.#anOwner(known)),
				);
				return;
			case "removeOwner":
				if (!owners.has(name) || others.length === 0) return;
				this.#put(domain, { ...known, owners: new Set(others) }, file.removeOwner(domain, name));
				return;
			case "rotate":
				this.#put(
					domain,
					{ ...known, key: newNumber() },
					file.rotateDomainKey(domain, this.#anOwner(known)),
				);
				return;
			case "fire":
				this.#fire(name);
				return;
			case "hire":
				if (!people.has(name)) await this.#hire(name);
				return;
			case "rekey":
				await this.#rekey(name);
				return;
			case "commit":
				this.#commit();
				return;
			case "branch":
				this.#commit();
				this.#tips.push(this.commits.length - 1);
				this.#branch = this.#tips.length - 1;
				return;
			case "switch":
				this.#commit();
				this.#switch(way % this.#tips.length);
				return;
			case "merge":
				this.#commit();
				this.#merge(way % this.#tips.length, s);
				return;
			case "pick":
				this.#commit();
				this.#pick(this.#tips[way % this.#tips.length] ?? 0);
				return;
			case "cut":
				this.hidesEntries ||= this.#uncommittedEntries() > way;
				this.#now = { ...this.#now, file: file.truncateAuditLog(way) };
				this.#commit();
				return;
			case "move":
				this.#commit();
				this.#path = this.#path === "protected.yaml" ? "svc/protected.yaml" : "protected.yaml";
				this.#commit();
				return;
		}
	}

	#uncommittedEntries(): number {
		const committed = this.commits[this.#tips[this.#branch] ?? -1]?.file.data.auditLog ?? [];
		return this.#now.file.data.auditLog.filter((entry) => !committed.includes(entry)).length;
	}

	#put(domain: string, changed: Domain, file: KeyFile): void {
		const domains = new Map(this.#now.domains).set(domain, changed);
		this.#now = { ...this.#now, domains, file };
	}

	#set(domain: string, secret: string, value: number): void {
		const known = this.#now.domains.get(domain);
		if (!known) return;
		const { file } = this.#now;
		const changed = known.values.has(secret)
			? file.updateSecret(domain, secret, `v${value}`)
			: file.addSecret(domain, secret, `v${value}`);
		this.#put(domain, { ...known, values: new Map(known.values).set(secret, value) }, changed);
	}

	#anOwner({ owners }: Domain): UnlockedCustodian {
		const [key] = [...owners].flatMap((name) => this.#now.people.get(name)?.key ?? []);
		if (!key) throw new Error("nobody has the key of the domain");
		return key;
	}

	async #hire(name: string): Promise<void> {
		const creds = new Creds(name, generateRawPassphrase());
		const file = this.#now.file.addKeyCustodian(await createCustodianKey(creds, { kdf: "raw" }));
		const person = { id: newNumber(), key: await file.unlock(creds) };
		this.#now = { ...this.#now, file, people: new Map(this.#now.people).set(name, person) };
	}

	async #rekey(name: string): Promise<void> {
		const person = this.#now.people.get(name);
		if (!person) return;
		const creds = new Creds(name, generateRawPassphrase());
		const key = await createCustodianKey(creds, { kdf: "raw" });
		const file = this.#now.file.rekeyCustodian(person.key, key);
		const people = new Map(this.#now.people);
		people.set(name, { id: person.id, key: await file.unlock(creds) });
		this.#now = { ...this.#now, file, people };
	}

	#fire(name: string): void {
		const { file, people, domains } = this.#now;
		const isLast = [...domains.values()].some(
			({ owners }) => owners.has(name) && owners.size === 1,
		);
		if (!people.has(name) || isLast) return;
		const left = [...domains].map(([domain, { owners, ...rest }]): [string, Domain] => [
			domain,
			{ ...rest, owners: new Set([...owners].filter((owner) => owner !== name)) },
		]);
		this.#now = {
			file: file.removeKeyCustodian(name),
			people: without(people, name),
			domains: new Map(left),
		};
	}

	#pick(picked: number): void {
		this.#resolve(picked);
		this.#commit(undefined, picked);
	}

	#commit(parents?: readonly number[], pickOf?: number): void {
		const tip = this.#tips[this.#branch];
		this.commits.push({
			...this.#now,
			path: this.#path,
			parents: parents ?? (tip === undefined ? [] : [tip]),
			branch: this.#branch,
			pickOf,
		});
		this.#tips[this.#branch] = this.commits.length - 1;
	}

	#switch(branch: number): void {
		const commit = this.commits[this.#tips[branch] ?? 0];
		if (!commit) return;
		this.#branch = branch;
		this.#path = commit.path;
		this.#now = { file: commit.file, people: commit.people, domains: commit.domains };
	}

	/** One side is taken whole, with both logs; then some of the other's values are set again. */
	#merge(branch: number, way: number): void {
		const [tip, other] = [this.#tips[this.#branch] ?? 0, this.#tips[branch] ?? 0];
		const theirs = this.commits[other];
		if (!theirs || tip === other) return;
		const { file } = this.#now;
		const auditLog =
			way === 0
				? file.data.auditLog
				: mergeAuditLogs(this.#common(tip, other), file.data.auditLog, theirs.file.data.auditLog);
		const text = writeProtected(undefined, { ...file.data, auditLog }, "");
		const now = () => new Date(this.tick() * 1000);
		this.#now = { ...this.#now, file: KeyFile.parse(text, { now }) };
		if (way === 2) this.#resolve(other);
		this.#commit([tip, other]);
	}

	/** The log of the last version that is in the past of both. */
	#common(one: number, other: number): readonly string[] {
		const past = this.#past(other);
		const common = Math.max(...[...this.#past(one)].filter((index) => past.has(index)));
		return this.commits[common]?.file.data.auditLog ?? [];
	}

	#past(commit: number): Set<number> {
		const found = new Set<number>();
		const open = [commit];
		for (let index = open.pop(); index !== undefined; index = open.pop()) {
			if (found.has(index)) continue;
			found.add(index);
			open.push(...(this.commits[index]?.parents ?? []));
		}
		return found;
	}

	/** Sets what the other version has, under the present key: as after a conflict. */
	#resolve(commit: number): void {
		for (const [domain, { key, values }] of this.commits[commit]?.domains ?? []) {
			const present = this.#now.domains.get(domain);
			if (!present || present.key === key) continue;
			for (const [secret, value] of values) {
				if (present.values.get(secret) !== value) this.#set(domain, secret, value);
			}
		}
	}
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): Map<string, Value> {
	return new Map([...map].filter(([name]) => name !== key));
}

/** A repository with these commits, each branch with its ref, and the last commit in HEAD. */
function repositoryOf({ commits, last }: History): string {
	const root = scratchFolder();
	const stream: (string | Uint8Array)[] = [];
	const author = (index: number) => `A <a@example.com> ${index} +0000`;
	const authorOf = (index: number): string => {
		const pickOf = commits[index]?.pickOf;
		return pickOf === undefined ? author(index) : authorOf(pickOf);
	};
	for (const [index, { file, path, parents, branch }] of commits.entries()) {
		const bytes = file.encode();
		const [parent, merged] = parents;
		stream.push(
			`commit refs/heads/b${branch}\nmark :${index + 1}\nauthor ${authorOf(index)}\ncommitter ${author(index)}\ndata 0\n`,
			parent === undefined ? "" : `from :${parent + 1}\n`,
			merged === undefined ? "" : `merge :${merged + 1}\n`,
			`deleteall\nM 100644 inline ${path}\ndata ${bytes.length}\n`,
			bytes,
			"\n",
		);
	}
	const run = (args: readonly string[], stdin?: Uint8Array) => {
		const { exitCode, stderr } = Bun.spawnSync(["git", ...args], {
			cwd: root,
			env: ENVIRONMENT,
			stdin: stdin ?? "ignore",
		});
		expect(exitCode, stderr.toString()).toBe(0);
	};
	run(["init", "--quiet"]);
	run(
		["fast-import", "--quiet", "--force"],
		Buffer.concat(stream.map((part) => Buffer.from(part))),
	);
	run(["symbolic-ref", "HEAD", `refs/heads/b${last.branch}`]);
	return root;
}

/** What each person holds and was able to open, by the model alone. */
function truthOf({ commits }: History) {
	const keys = new Map<number, Set<number>>();
	for (const { domains, people } of commits) {
		for (const { key, owners } of domains.values()) {
			for (const owner of owners) {
				const id = people.get(owner)?.id ?? 0;
				keys.set(id, (keys.get(id) ?? new Set()).add(key));
			}
		}
	}
	const values = new Map<number, Set<number>>();
	for (const [id, held] of keys) {
		const known = commits.flatMap(({ domains }) =>
			[...domains.values()].flatMap((domain) =>
				held.has(domain.key) ? [...domain.values.values()] : [],
			),
		);
		values.set(id, new Set(known));
	}
	return { keys, values };
}

/** Holds that the history of these steps tells of everybody who knows a present value. */
async function expectNothingUnsaid(steps: readonly Step[]): Promise<void> {
	const history = await History.make(steps);
	const { keys, values } = truthOf(history);
	const { last, commits } = history;
	const root = repositoryOf(history);
	const past = exposurePast({ root, path: last.path }, last.file.data);
	expect(past?.unseen).toEqual([]);
	const found = findExposures(last.file.data, { history: past });
	const everybody = new Map(
		commits.flatMap(({ people }) => [...people].map(([name, { id }]) => [id, name] as const)),
	);
	for (const [domain, { key, owners, values: present }] of last.domains) {
		const { formerOwners: told = [], isAtLeast = false } =
			found.find((one) => one.domain === domain) ?? {};
		if (history.hidesEntries && isAtLeast) continue;
		for (const [id, name] of everybody) {
			const isPresent = last.people.get(name)?.id === id;
			if (isPresent && owners.has(name)) continue;
			const rows = told.filter(
				(row) => row.name === name && row.isEarlier === (!isPresent && last.people.has(name)),
			);
			const known = [...present].filter(([, value]) => values.get(id)?.has(value));
			const mayKnow = rows.flatMap((row) => row.mayKnow);
			expect(mayKnow).toEqual(expect.arrayContaining(known.map(([secret]) => secret)));
			if (keys.get(id)?.has(key)) expect(rows.some((row) => row.holdsKey)).toBe(true);
		}
	}
}

/** Other histories are tried with EXPOSURE_SEED, and more of them with EXPOSURE_RUNS. */
const SEED = Number(process.env.EXPOSURE_SEED ?? 42);

test("in any history, nothing that somebody knows goes unsaid", async () => {
	const steps = fc.array(step, { minLength: 5, maxLength: 40 });
	await fc.assert(fc.asyncProperty(steps, expectNothingUnsaid), { numRuns: RUNS, seed: SEED });
}, 600_000);

test("an old value that is picked again after a leaver's key was rotated is known to them", async () => {
	const kinds = ["addOwner", "branch", "fire", "rotate", "set", "pick"] as const;
	await expectNothingUnsaid(
		kinds.map((kind) => ({
			kind,
			domain: 0,
			name: kind === "addOwner" || kind === "fire" ? 1 : 0,
			secret: 0,
			way: 0,
		})),
	);
});
