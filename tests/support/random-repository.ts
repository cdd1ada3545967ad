/** A repository in which a made-up team works at random, with all that Git offers. */
import { expect } from "bun:test";
import type { DomainData } from "../../src/format/data.ts";
import type { UnlockedCustodian } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { ENVIRONMENT, Repository } from "./git-repository.ts";
import { DEAD, type KeyRing, tryParse } from "./key-ring.ts";
import { entriesOf, type Heard, Ledger, type State } from "./ledger.ts";
import { PPROTECT } from "./pprotect.ts";

export const EDITS = [
	...(["set", "set", "set", "drop", "rename", "copy", "addDomain", "dropDomain"] as const),
	...(["addOwner", "addOwner", "removeOwner", "removeOwner", "rotate", "rotate"] as const),
	...(["fire", "hire", "rekey", "cut"] as const),
];
export const MOVES = [
	...(["switch", "switch", "switch", "switch", "merge", "merge", "merge", "merge"] as const),
	...([
		"squash",
		"pick",
		"pick",
		"revert",
		"rebase",
		"stash",
		"am",
		"octopus",
		"oursOnly",
	] as const),
];

type Edit = (typeof EDITS)[number];
type Move = (typeof MOVES)[number];

export interface Step {
	readonly kind: Edit | Move;
	readonly domain: string;
	readonly name: string;
	readonly secret: string;
	/** Which of several ways. */
	readonly way: number;
}

/** Owns all there is, and is never removed: whoever settles a conflict. */
const OWNER = "ann";
const FILE = "protected.yaml";
/** The files' times: long ago, and never two alike. */
const START = Date.UTC(2024, 0, 1);

interface Commit {
	/** All that its version has heard of. */
	readonly heard: Heard;
	/** What it brought: what a pick of it brings elsewhere. */
	readonly own: readonly number[];
}

/** A commit of a person who gave something up by hand. */
export interface Loss {
	/** The commit, which no branch has. */
	readonly commit: string;
	readonly parents: readonly string[];
	/** By entry, what it was to hold; undefined for what was to be gone. */
	readonly entries: ReadonlyMap<string, ReadonlySet<string | undefined>>;
	readonly how: string;
}

export interface Count {
	clean: number;
	conflicts: number;
	settled: number;
	losses: number;
}

export class RandomRepository {
	readonly repository: Repository;
	readonly #ring: KeyRing;
	readonly #ledger = new Ledger();
	readonly #commits = new Map<string, Commit>();
	readonly #onLoss: (loss: Loss) => Promise<void>;
	readonly count: Count;
	#seconds = 0;
	#values = 0;
	#branch = "main";
	readonly #branches = ["main", "one", "two"];
	/** What was done, for whoever looks into a failure. */
	readonly told: string[] = [];

	private constructor(
		repository: Repository,
		ring: KeyRing,
		count: Count,
		onLoss: (loss: Loss) => Promise<void>,
	) {
		this.repository = repository;
		this.#ring = ring;
		this.#onLoss = onLoss;
		this.count = count;
	}

	static async create(
		ring: KeyRing,
		count: Count,
		onLoss: (loss: Loss) => Promise<void>,
	): Promise<RandomRepository> {
		const empty = await Repository.create("");
		const made = new RandomRepository(empty, ring, count, onLoss);
		await made.#start();
		return made;
	}

	async #start(): Promise<void> {
		let file = KeyFile.create({ now: this.#now });
		for (const name of [OWNER, "ben", "cleo"]) {
			file = file.addKeyCustodian(await this.#ring.make(name));
		}
		for (const domain of ["a", "b"]) {
			file = file.addDomain(domain, OWNER).addSecret(domain, "x", this.#newValue());
		}
		const owner = this.#ring.of(file, OWNER)?.unlocked;
		if (owner) file = file.addOwner("a", "ben", owner);
		this.repository.write(new TextDecoder().decode(file.encode()));
		await this.repository.pprotect(["git-setup"], { notices: /^/ });
		const before = new Map<string, string>();
		this.#git("add", "--all");
		this.#git("commit", "--quiet", "--amend", "--message", "start");
		const own = this.#ledger.record(before, this.#state(), new Set());
		this.#commits.set(this.head, { heard: new Set(own), own });
		for (const branch of this.#branches.slice(1)) this.#git("branch", branch);
	}

	async take(step: Step): Promise<void> {
		this.told.push(JSON.stringify(step));
		if (isMove(step.kind)) await this.#move(step.kind, step);
		else if (await this.#edit(step.kind, step)) this.#commitEdit(step.kind);
	}

	get head(): string {
		return this.#git("rev-parse", "HEAD").trim();
	}

	// Edits

	/** @returns whether anything changed. */
	async #edit(kind: Edit, step: Step): Promise<boolean> {
		const before = this.#file();
		const after = await this.#edited(before, kind, step);
		if (!after || after === before) return false;
		this.repository.write(new TextDecoder().decode(after.encode()));
		return true;
	}

	async #edited(file: KeyFile, kind: Edit, step: Step): Promise<KeyFile | undefined> {
		const { domain, name, way } = step;
		const known = file.data.domains.get(domain);
		const owner = this.#ring.of(file, OWNER)?.unlocked;
		const isCustodian = file.data.custodians.has(name);
		if (!owner) throw new Error(`nobody knows the key of ${OWNER}`);
		switch (kind) {
			case "addDomain":
				return known ? undefined : file.addDomain(domain, OWNER);
			case "hire":
				return isCustodian ? undefined : file.addKeyCustodian(await this.#ring.make(name));
			case "rekey": {
				const who = way === 0 ? OWNER : name;
				const current = this.#ring.of(file, who);
				if (!current) return undefined;
				return file.rekeyCustodian(current.unlocked, await this.#ring.make(who, current));
			}
			case "fire":
				return isCustodian ? file.removeKeyCustodian(name) : undefined;
			case "cut":
				return file.truncateAuditLog(way * 4);
			default:
				return known && this.#editedDomain(file, known, owner, kind, step);
		}
	}

	#editedDomain(
		file: KeyFile,
		known: DomainData,
		owner: UnlockedCustodian,
		kind: Exclude<Edit, "addDomain" | "hire" | "rekey" | "fire" | "cut">,
		{ domain, name, secret }: Step,
	): KeyFile | undefined {
		switch (kind) {
			case "set":
				return file.setSecret(domain, secret, this.#newValue());
			case "drop":
				return known.secrets.has(secret) ? file.removeSecret(domain, secret) : undefined;
			case "rename": {
				const to = ["x", "y", "z"].find((one) => !known.secrets.has(one));
				if (to === undefined || !known.secrets.has(secret)) return undefined;
				return file.renameSecret(domain, secret, to);
			}
			case "copy": {
				const to = [...file.data.domains.keys()].find((one) => one !== domain);
				if (to === undefined || !known.secrets.has(secret)) return undefined;
				return file.copySecret(secret, domain, to, owner, { update: true });
			}
			case "dropDomain":
				return file.removeDomain(domain);
			case "addOwner":
				if (!file.data.custodians.has(name) || known.owners.has(name)) return undefined;
				return file.addOwner(domain, name, owner);
			case "removeOwner":
				return known.owners.has(name) ? file.removeOwner(domain, name) : undefined;
			case "rotate":
				return file.rotateDomainKey(domain, owner);
		}
	}

	#commitEdit(what: string): void {
		const { heard } = this.#commitOf("HEAD");
		const own = this.#ledger.record(this.#stateAt("HEAD"), this.#state(), heard);
		this.#git("commit", "--quiet", "--all", "--message", what);
		this.#commits.set(this.head, { heard: new Set([...heard, ...own]), own });
	}

	// What Git does

	async #move(kind: Move, step: Step): Promise<void> {
		const { way } = step;
		const other = this.#branches[way % this.#branches.length] ?? "main";
		switch (kind) {
			case "switch":
				this.#branch = other;
				this.#git("switch", "--quiet", other);
				return;
			case "merge":
			case "squash":
			case "oursOnly":
				return this.#merge(kind, this.#before(other, way), step);
			case "octopus":
				return this.#octopus();
			case "pick":
			case "am": {
				const picked = this.#choice(
					this.#git("rev-list", "--no-merges", "--min-parents=1", "--branches"),
					step,
				);
				return picked ? this.#bring(kind, picked, step) : undefined;
			}
			case "revert": {
				const picked = this.#choice(
					this.#git("rev-list", "--no-merges", "--min-parents=1", "HEAD"),
					step,
				);
				return picked ? this.#revert(picked, step) : undefined;
			}
			case "rebase":
				return this.#rebase(other);
			case "stash":
				return this.#stash(other, step);
		}
	}

	/** A branch's tip, or a commit a little before it. */
	#before(branch: string, way: number): string {
		const commits = this.#git("rev-list", "--first-parent", branch).trim().split("\n");
		return commits[way < 4 ? 0 : Math.min(way - 4, commits.length - 1)] ?? branch;
	}

	#choice(list: string, { way, secret, domain }: Step): string | undefined {
		const commits = list.trim().split("\n").filter(Boolean);
		const spread = way * 5 + secret.charCodeAt(0) * 3 + domain.charCodeAt(0);
		return commits[spread % commits.length];
	}

	async #merge(kind: "merge" | "squash" | "oursOnly", theirs: string, step: Step): Promise<void> {
		const commit = this.#commitOf(theirs);
		const heard = union(this.#commitOf("HEAD").heard, commit.heard);
		if (this.#try("merge-base", "--is-ancestor", theirs, "HEAD").exitCode === 0) return;
		const isFastForward = this.#try("merge-base", "--is-ancestor", "HEAD", theirs).exitCode === 0;
		if (isFastForward) {
			this.#git("merge", "--quiet", "--ff-only", theirs);
			return;
		}
		const parents = [this.head, theirs];
		if (kind === "oursOnly") {
			this.#git("merge", "--quiet", "--no-edit", "--strategy=ours", theirs);
			await this.#lose({ heard, parents, how: "merge --strategy=ours" });
			return;
		}
		const how = kind === "squash" ? ["--squash"] : ["--no-edit"];
		const { exitCode } = this.#try("merge", "--quiet", ...how, theirs);
		if (exitCode === 0) {
			if (kind === "squash") this.#git("commit", "--quiet", "--allow-empty", "--message", "squash");
			this.#expectLastWords(heard, kind);
			const own = kind === "squash" ? [...commit.heard] : [];
			this.#commits.set(this.head, { heard, own });
			return;
		}
		await this.#inConflict({ heard, parents, step, own: [...commit.heard] });
	}

	/** Git merges several branches only where no two change the file: it calls no driver. */
	#octopus(): void {
		const others = this.#branches.filter((branch) => branch !== this.#branch);
		if (others.length < 2) return;
		const heard = union(
			this.#commitOf("HEAD").heard,
			...others.map((one) => this.#commitOf(one).heard),
		);
		const before = this.head;
		if (this.#try("merge", "--quiet", "--no-edit", ...others).exitCode === 0) {
			if (this.head === before) return;
			this.#expectLastWords(heard, "octopus");
			this.#commits.set(this.head, { heard, own: [] });
		} else this.#reset(before);
	}

	async #bring(kind: "pick" | "am", picked: string, step: Step): Promise<void> {
		const { own } = this.#commitOf(picked);
		const heard = new Set([...this.#commitOf("HEAD").heard, ...own]);
		const parents = [this.head];
		const isIn = this.#try("merge-base", "--is-ancestor", picked, "HEAD").exitCode === 0;
		// What is here already comes again as it was then: a person's wish, which nobody can judge.
		if (isIn) return;
		const patch = this.#git("format-patch", "-1", "--stdout", picked);
		if (kind === "am") this.repository.writeOther(".git/patch", patch);
		const result =
			kind === "am"
				? this.#try("am", "--quiet", "--3way", ".git/patch")
				: this.#try("cherry-pick", "--allow-empty", "--keep-redundant-commits", picked);
		if (result.exitCode === 0) {
			if (this.head === parents[0]) return;
			this.#expectLastWords(heard, kind);
			this.#commits.set(this.head, { heard, own });
			return;
		}
		await this.#inConflict({ heard, parents, step, own });
	}

	async #revert(commit: string, step: Step): Promise<void> {
		const { heard } = this.#commitOf("HEAD");
		const before = this.#stateAt("HEAD");
		const [was, then] = [this.#stateAt(commit), this.#stateAt(`${commit}^`)];
		const parents = [this.head];
		const { exitCode } = this.#try("revert", "--no-edit", commit);
		if (exitCode !== 0) {
			await this.#inConflict({ heard, parents, step, isRevert: true, own: [] });
			return;
		}
		const after = this.#state();
		for (const entry of entriesOf(before, after)) {
			const now = after.get(entry);
			if (now === before.get(entry)) continue;
			expect(was.get(entry), this.#story(`a revert changed ${entry}`)).not.toBe(then.get(entry));
			expect(now, this.#story(`a revert put back ${entry}`)).toBe(then.get(entry));
		}
		this.#ledger.leaveOpen(
			entriesOf(before, after).filter((one) => before.get(one) !== after.get(one)),
		);
		this.#settle(heard);
	}

	#rebase(onto: string): void {
		const mine = this.#git("rev-list", "--no-merges", `${onto}..HEAD`).trim().split("\n");
		if (onto === this.#branch || mine[0] === "") return;
		const brought = mine.flatMap((commit) => this.#commitOf(commit).own);
		const base = this.#commitOf(onto).heard;
		if (this.#try("rebase", "--quiet", onto).exitCode !== 0) {
			this.#git("rebase", "--abort");
			return;
		}
		const made = this.#git("rev-list", "--reverse", `${onto}..HEAD`).trim().split("\n");
		const heard = new Set([...base, ...brought]);
		this.#expectLastWords(heard, "rebase");
		// A commit that is gone has nothing new: what is left keeps its order, and its time.
		const byTime = new Map(
			mine.map((commit) => [
				this.#git("log", "-1", "--format=%at", commit),
				this.#commitOf(commit).own,
			]),
		);
		let sum: Heard = base;
		for (const commit of made.filter(Boolean)) {
			const own = byTime.get(this.#git("log", "-1", "--format=%at", commit)) ?? [];
			sum = commit === made.at(-1) ? heard : new Set([...sum, ...own]);
			this.#commits.set(commit, { heard: sum, own });
		}
	}

	async #stash(other: string, step: Step): Promise<void> {
		const { heard: known } = this.#commitOf("HEAD");
		const before = this.#stateAt("HEAD");
		if (!(await this.#edit("set", step))) return;
		const own = this.#ledger.record(before, this.#state(), known);
		this.#git("stash", "--quiet");
		this.#branch = other;
		this.#git("switch", "--quiet", other);
		const heard = new Set([...this.#commitOf("HEAD").heard, ...own]);
		const parents = [this.head];
		const { exitCode } = this.#try("stash", "pop", "--quiet");
		if (exitCode === 0) {
			this.#git("commit", "--quiet", "--all", "--message", "stash");
			this.#expectLastWords(heard, "stash");
			this.#commits.set(this.head, { heard, own });
			return;
		}
		await this.#inConflict({ heard, parents, step, own });
		this.#try("stash", "drop", "--quiet");
	}

	// Conflicts

	/** A person gives up, settles it with pprotect, or puts something there that loses a part. */
	async #inConflict(conflict: Conflict): Promise<void> {
		this.count.conflicts++;
		const { heard, parents, step, own } = conflict;
		const [before = ""] = parents;
		const marked = this.repository.read();
		for (const [how, text] of this.#byHand(marked, step)) {
			this.repository.write(text);
			this.#git("add", FILE);
			const isMerge = this.#try("rev-parse", "--quiet", "--verify", "MERGE_HEAD").exitCode === 0;
			const tree = this.#git("write-tree").trim();
			const made = isMerge ? parents : parents.slice(0, 1);
			const args = made.flatMap((parent) => ["-p", parent]);
			const commit = this.#git("commit-tree", tree, ...args, "-m", how).trim();
			if (!conflict.isRevert) await this.#judgeLoss(commit, { heard, parents: made, how });
		}
		this.#git("checkout", "--merge", "--", FILE);
		const isSettled = step.way % 2 === 0 && (await this.#resolve(step));
		if (!isSettled) {
			this.#giveUp(before);
			return;
		}
		this.count.settled++;
		this.#git("add", FILE);
		const { exitCode } = this.#try(
			"-c",
			"core.editor=true",
			"commit",
			"--allow-empty",
			"--no-edit",
		);
		if (exitCode !== 0) this.#git("commit", "--quiet", "--allow-empty", "--message", "settled");
		this.#try("am", "--quit");
		if (conflict.isRevert) {
			const [was, now] = [this.#stateAt("HEAD^"), this.#state()];
			this.#ledger.leaveOpen(entriesOf(was, now).filter((one) => was.get(one) !== now.get(one)));
		} else this.#expectChoice(heard, parents);
		this.#settle(heard, own);
	}

	/** What a person may make of the text. */
	#byHand(marked: string, { way }: Step): readonly (readonly [string, string])[] {
		const side = (kept: string) =>
			marked.replace(
				/^<{7} .*\n((?:.*\n)*?)(?:\|{7}.*\n(?:.*\n)*?)?={7}\n((?:.*\n)*?)>{7} .*\n/gm,
				kept,
			);
		const stage = (number: number) => {
			const { exitCode, output } = this.#try("cat-file", "-p", `:${number}:${FILE}`);
			return exitCode === 0 ? output : "";
		};
		const ways = [
			["all of ours", stage(2)],
			["all of theirs", stage(3)],
			["the lines of both sides", side("$1$2")],
			["our lines", side("$1")],
			["their lines", side("$2")],
		] as const;
		const chosen = [ways[way % ways.length], ways[(way + 2) % ways.length]];
		return chosen.filter((one) => one !== undefined);
	}

	async #resolve({ way }: Step): Promise<boolean> {
		const ours = tryParse(this.#git("cat-file", "-p", "HEAD:protected.yaml"));
		const key = ours && this.#ring.of(ours, OWNER);
		const answers = ["o", "t", "t", "o", "t", "o", "o", "t"];
		const { exitCode } = Bun.spawnSync([PPROTECT, "resolve", "--yes"], {
			cwd: this.repository.cwd,
			env: {
				...ENVIRONMENT,
				HOME: this.repository.cwd,
				PPROTECT_USER: OWNER,
				PPROTECT_PASSPHRASE: key?.passphrase ?? "",
			},
			stdin: new Blob([`${answers.slice(way).join("\n")}\n${answers.join("\n")}\n`]),
			stdout: "pipe",
			stderr: "pipe",
		});
		return exitCode === 0;
	}

	#giveUp(before: string): void {
		for (const command of ["am", "cherry-pick", "revert", "merge"]) this.#try(command, "--abort");
		this.#reset(before);
	}

	#reset(before: string): void {
		this.#git("reset", "--quiet", "--hard", before);
	}

	// Judging

	/** Holds that each entry is as the last word on it says, and that there was no other word. */
	#expectLastWords(heard: Heard, how: string): void {
		this.count.clean++;
		const state = this.#state();
		const dead = [...state].filter(([, value]) => value === DEAD);
		expect(dead, this.#story(`after a clean ${how}`)).toEqual([]);
		for (const [entry, outcomes] of this.#ledger.outcomes(heard)) {
			const was = [...outcomes];
			expect([state.get(entry)], this.#story(`${entry} after a clean ${how}`)).toEqual(was);
		}
	}

	/** Holds that each entry is as somebody wanted it; only a domain's key may be a new one. */
	#expectChoice(heard: Heard, parents: readonly string[]): void {
		const state = this.#state();
		const before = parents.length === 1 ? parents.map((parent) => this.#stateAt(parent)) : [];
		for (const [entry, outcomes] of this.#ledger.outcomes(heard)) {
			const now = state.get(entry);
			const isNewKey =
				entry.startsWith("domain ") && now !== undefined && !this.#ledger.hasHeld(entry, now);
			// Whoever picks a commit may keep what is there.
			const isKept = before.some((version) => version.get(entry) === now);
			if (isNewKey || isKept || outcomes.has(now)) continue;
			expect(now, this.#story(`${entry} after pprotect resolve`)).toBe([...outcomes][0]);
		}
	}

	/** Takes what is committed for what was wanted. */
	#settle(heard: Heard, own: readonly number[] = []): void {
		const outcomes = this.#ledger.outcomes(heard);
		const state = this.#state();
		// An entry with one last word that stands needs no other.
		const before = new Map(state);
		for (const entry of entriesOf(outcomes, state)) {
			const words = outcomes.get(entry) ?? new Set([undefined]);
			const now = state.get(entry);
			if (words.size === 1 && words.has(now)) continue;
			const other = [...words].find((word) => word !== now);
			if (other === undefined) before.delete(entry);
			else before.set(entry, other);
		}
		const decided = this.#ledger.record(before, state, heard);
		this.#commits.set(this.head, {
			heard: new Set([...heard, ...decided]),
			own: [...own, ...decided],
		});
	}

	async #lose(made: Omit<Loss, "commit" | "entries"> & { readonly heard: Heard }): Promise<void> {
		const commit = this.head;
		this.#reset(made.parents[0] ?? "");
		await this.#judgeLoss(commit, made);
	}

	async #judgeLoss(
		commit: string,
		{ heard, parents, how }: Omit<Loss, "commit" | "entries"> & { readonly heard: Heard },
	): Promise<void> {
		// What was already as it is cannot be lost: of a pick, only what it undoes counts.
		const told = parents.length > 1 ? heard : this.#commitOf(parents[0] ?? "").heard;
		const brought = parents.length > 1 ? new Map() : this.#ledger.outcomes(heard);
		const state = this.#ring.stateOf(this.#text(commit)) ?? new Map<string, string>();
		const last = this.#ledger.outcomes(told);
		// What hangs on something that may be gone goes with it.
		const isGone = (entry: string) => !state.has(entry) && last.get(entry)?.has(undefined) === true;
		const entries = [...last].filter(
			([entry, words]) =>
				!words.has(state.get(entry)) &&
				!holdersOf(entry).some(isGone) &&
				!brought.get(entry)?.has(state.get(entry)),
		);
		if (entries.length === 0) return;
		this.count.losses++;
		await this.#onLoss({ commit, parents, how, entries: new Map(entries) });
	}

	#story(what: string): string {
		return `${what}\n${this.told.join("\n")}\n${this.repository.cwd}`;
	}

	// Reading

	readonly #now = (): Date => new Date(START + ++this.#seconds * 1000);

	#newValue(): string {
		return `value ${++this.#values}`;
	}

	#file(): KeyFile {
		return KeyFile.parse(this.repository.read(), { now: this.#now });
	}

	#state(): State {
		return this.#ring.stateOf(this.repository.read()) ?? new Map();
	}

	#stateAt(revision: string): State {
		return this.#ring.stateOf(this.#text(revision)) ?? new Map();
	}

	#text(revision: string): string {
		const { exitCode, output } = this.#try("cat-file", "-p", `${revision}:${FILE}`);
		return exitCode === 0 ? output : "";
	}

	#commitOf(revision: string): Commit {
		const id = this.#git("rev-parse", revision).trim();
		const commit = this.#commits.get(id);
		if (!commit) throw new Error(this.#story(`unknown commit ${revision}`));
		return commit;
	}

	#git(...args: readonly string[]): string {
		const { exitCode, output } = this.#try(...args);
		expect(exitCode, this.#story(`git ${args.join(" ")}\n${output}`)).toBe(0);
		return output;
	}

	#try(...args: readonly string[]): { exitCode: number; output: string } {
		const date = this.#now().toISOString();
		const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], {
			cwd: this.repository.cwd,
			env: {
				...ENVIRONMENT,
				HOME: this.repository.cwd,
				GIT_AUTHOR_DATE: date,
				GIT_COMMITTER_DATE: date,
			},
			stdout: "pipe",
			stderr: "pipe",
		});
		return {
			exitCode,
			output: exitCode === 0 ? stdout.toString() : stdout.toString() + stderr.toString(),
		};
	}
}

interface Conflict {
	readonly heard: Heard;
	readonly parents: readonly string[];
	readonly step: Step;
	readonly own: readonly number[];
	readonly isRevert?: boolean;
}

/** The domain and the custodian that an entry belongs to. */
function holdersOf(entry: string): string[] {
	const [, kind, name, domain] = /^(owner|secret) (.+) of (.+)$/.exec(entry) ?? [];
	return kind === "owner" ? [`domain ${domain}`, `custodian ${name}`] : [`domain ${domain}`];
}

function isMove(kind: Step["kind"]): kind is Move {
	return MOVES.some((move) => move === kind);
}

function union(...all: readonly Heard[]): Heard {
	return new Set(all.flatMap((one) => [...one]));
}
