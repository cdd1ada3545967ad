/**
 * Random histories in real Git, beside a ledger of what everybody did and a ring of all keys: no
 * clean merge, pick or rebase brings back or loses anything, `check` finds in a clean clone what a
 * person lost by hand, and `list-exposed` never says less than the truth.
 *
 * HISTORY_RUNS asks for more histories, HISTORY_SEED for others.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { ENVIRONMENT } from "../support/git-repository.ts";
import { KeyRing } from "../support/key-ring.ts";
import { PPROTECT } from "../support/pprotect.ts";
import {
	type Count,
	EDITS,
	type Loss,
	MOVES,
	RandomRepository,
	type Step,
} from "../support/random-repository.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const RUNS = Number(process.env.HISTORY_RUNS ?? 24);
const SEED = Number(process.env.HISTORY_SEED ?? 42);

const step: fc.Arbitrary<Step> = fc.record({
	kind: fc.constantFrom(...EDITS, ...MOVES),
	domain: fc.constantFrom("a", "b", "c"),
	name: fc.constantFrom("ben", "cleo", "dora"),
	secret: fc.constantFrom("x", "y", "z"),
	way: fc.nat(7),
});

const count: Count = { clean: 0, conflicts: 0, settled: 0, losses: 0 };

interface Finding {
	readonly level: string;
	readonly code: string;
	readonly what: string;
}

function run(cwd: string, program: string, ...args: readonly string[]): string {
	const { stdout, stderr } = Bun.spawnSync([program, ...args], {
		cwd,
		env: { ...ENVIRONMENT, HOME: cwd },
		stdout: "pipe",
		stderr: "pipe",
	});
	return stdout.toString() || stderr.toString();
}

/** What is said of each loss, in a clone in which Git merges as it does without pprotect. */
async function expectFound(made: RandomRepository, { commit, parents, entries, how }: Loss) {
	const clone = scratchFolder();
	const { cwd } = made.repository;
	run(cwd, "git", "branch", "--force", "lost", commit);
	run(clone, "git", "clone", "--quiet", "--branch", "lost", cwd, ".");
	run(cwd, "git", "branch", "-D", "lost");
	const ask = (...args: readonly string[]): Finding[] =>
		JSON.parse(run(clone, PPROTECT, "check", "--json", ...args));
	const findings = ask();
	const story = () =>
		[
			how,
			commit,
			...[...entries].map(([entry, words]) => `${entry}: ${[...words]}`),
			...findings.map(({ level, code, what }) => `${level} ${code} ${what}`),
			...made.told,
			cwd,
		].join("\n");
	const told = findings.filter(({ level }) => level !== "note");
	const isWhole = told.some(({ code }) => ["unreadable", "conflict-marker"].includes(code));
	if (isWhole) return;
	if (parents.length === 1) {
		expect(told.length, story()).toBeGreaterThan(0);
		return;
	}
	for (const entry of entries.keys()) {
		expect(
			told.some(({ what }) => isAbout(what, entry)),
			`${entry} is not found\n${story()}`,
		).toBe(true);
	}
}

/** A domain, or a custodian, stands for what hangs on it. */
function isAbout(what: string, entry: string): boolean {
	const [, kind = "", name = "", domain] = /^(\w+) (\S+)(?: of (\S+))?$/.exec(entry) ?? [];
	if (what.includes(entry)) return true;
	if (kind === "owner" && new RegExp(`\\b(?:custodian )?${name}\\b`).test(what)) return true;
	return new RegExp(`\\bdomain ${domain ?? name}\\b|\\bkey of ${domain ?? name}\\b`).test(what);
}

interface Told {
	readonly domain: string;
	readonly formerOwners: readonly {
		readonly name: string;
		readonly holdsKey: boolean;
		readonly mayKnow: readonly string[];
	}[];
}

/** What somebody is able to read is told of everybody who is no owner. */
function expectNothingUnsaid(made: RandomRepository, ring: KeyRing): void {
	const clone = join(scratchFolder(), "clone");
	const { cwd } = made.repository;
	run(cwd, "git", "clone", "--quiet", cwd, clone);
	const commits = run(clone, "git", "rev-list", "--all").trim().split("\n");
	const texts = new Set(
		commits.map((id) => run(clone, "git", "cat-file", "-p", `${id}:protected.yaml`)),
	);
	/** By person, the keys they were given, and by key, the values sealed to it. */
	const keys = new Map<number, Set<string>>();
	const names = new Map<number, string>();
	const values = new Map<string, Set<string>>();
	for (const text of texts) {
		for (const { person, name, key } of ring.holdersIn(text)) {
			keys.set(person, (keys.get(person) ?? new Set()).add(key));
			names.set(person, name);
		}
		const state = ring.stateOf(text) ?? new Map<string, string>();
		for (const [entry, value] of state) {
			const [, domain] = /^secret \S+ of (\S+)$/.exec(entry) ?? [];
			const key = domain && state.get(`domain ${domain}`);
			if (key) values.set(key, (values.get(key) ?? new Set()).add(value));
		}
	}
	const text = made.repository.read();
	const state = ring.stateOf(text) ?? new Map<string, string>();
	const owners = new Set(ring.holdersIn(text).map(({ person, key }) => `${person} ${key}`));
	const told: Told[] = JSON.parse(run(clone, PPROTECT, "list-exposed", "--json"));
	for (const [person, held] of keys) {
		const known = new Set([...held].flatMap((key) => [...(values.get(key) ?? [])]));
		for (const [entry, value] of state) {
			const [, secret, domain = entry.replace("domain ", "")] =
				/^secret (\S+) of (\S+)$/.exec(entry) ?? [];
			const key = state.get(`domain ${domain}`) ?? "";
			if (/^(?:custodian|owner) /.test(entry) || owners.has(`${person} ${key}`)) continue;
			const isTrue = secret === undefined ? held.has(key) : known.has(value);
			if (!isTrue) continue;
			const rows = told.flatMap((one) => (one.domain === domain ? one.formerOwners : []));
			const mine = rows.filter(({ name }) => name === names.get(person));
			const isTold = mine.some((row) =>
				secret === undefined ? row.holdsKey : row.mayKnow.includes(secret),
			);
			expect(
				isTold,
				`${names.get(person)} can read ${entry}\n${made.told.join("\n")}\n${cwd}`,
			).toBe(true);
		}
	}
}

test("in any history, nothing comes back, is lost unseen, or is known unsaid", async () => {
	const history = async (steps: readonly Step[]) => {
		const ring = new KeyRing();
		const made: RandomRepository = await RandomRepository.create(ring, count, (loss) =>
			expectFound(made, loss),
		);
		for (const one of steps) await made.take(one);
		expectNothingUnsaid(made, ring);
	};
	const steps = fc.array(step, { minLength: 15, maxLength: 40 });
	await fc.assert(fc.asyncProperty(steps, history), {
		numRuns: RUNS,
		seed: SEED,
		endOnFailure: process.env.HISTORY_SHRINK === undefined,
	});
	if (process.env.HISTORY_RUNS) console.log(count);
}, 3_600_000);
