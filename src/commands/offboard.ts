import { Command } from "clipanion";
import { flag, positional, rest } from "../cli/options.ts";
import { NameError, ProtectError } from "../errors.ts";
import { shellOption } from "../format/quote.ts";
import type { Creds } from "../model/creds.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { guardMemory } from "../system/core-dumps.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { resultScreen } from "../system/terminal/result-screen.ts";
import { warning } from "../system/voice.ts";
import {
	domainsStillHeld,
	isComplete,
	type OffboardingPlan,
	offboard,
	planOffboarding,
	readableInHistory,
	sharedMachines,
	valuesToChange,
} from "../team/offboard.ts";
import { adviceToRotate } from "../team/rotation-advice.ts";
import { typedCommand } from "../team/typed-command.ts";
import { exposurePastOf } from "./exposure-past.ts";
import { SealingCommand } from "./sealing.ts";
import { assertOneWay, trackedFiles } from "./several-files.ts";

/** What is done to one file. */
interface Job {
	readonly path: string;
	readonly keyFile: KeyFile;
	/** Undefined where nobody's key is needed, or the acting user has none in this file. */
	readonly acting: UnlockedCustodian | undefined;
}

/** A file afterwards. */
interface Outcome {
	readonly plan: OffboardingPlan;
	readonly before: KeyFile;
	readonly after: KeyFile;
	readonly acting: string | undefined;
}

class OffboardCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "remove someone everywhere, and list the values that they may know",
		details:
			"Removes them as owner, rotates the keys of those domains and removes them as key custodian, in one step. Domains that the acting user does not own are left to their owners, who each run the same: until then the person stays a custodian, and the exit code is 1. With `--partial` they are removed there too, and only those keys stay as they are.\n\nIt also says which machines' keys they may have had, and which secrets they can still read from Git's history with their old passphrase. With several files, or `--all`, nothing is written unless all of it can be.",
		examples: [
			["Preview", "$0 offboard bob@example.com --dry-run"],
			["Do it", "$0 offboard bob@example.com"],
			["In every protected file that Git tracks", "$0 offboard bob@example.com --all"],
		],
	});

	dryRun = flag("--dry-run", "say what would be done, and write nothing");
	partial = flag("--partial", "also remove them where the key cannot be rotated");
	all = flag("--all", "in every protected file that Git tracks");
	first = positional("EMAIL");
	others = rest("FILE");

	#creds: Creds | undefined;

	async execute(): Promise<number> {
		const { all, fileOption } = this;
		const files = this.#files;
		assertOneWay({ files, all, fileOption });
		const [first] = files;
		if (all || files.length > 1) return this.#fromSeveral();
		if (first !== undefined) this.workOn(first);
		const keyFile = this.load();
		const name = await this.#whom();
		keyFile.assertCustodian(name);
		const ownsAny = keyFile.domainsOwnedBy(name).length > 0;
		const acting = ownsAny ? await this.#unlocked(keyFile) : undefined;
		const plan = planOffboarding(keyFile, name, acting?.name, this.partial);
		if (isNothing(plan)) throw nothingToDo(plan, acting);
		const outcome = await this.#carryOut({ path: this.filePath, keyFile, acting }, name);
		if (!outcome) return 0;
		this.#print(this.#describe(outcome));
		return isComplete(outcome.plan) ? 0 : 1;
	}

	/** All names together: clipanion gives every one to the last field. */
	get #names(): readonly string[] {
		return [this.first, ...this.others].filter((name) => name !== undefined);
	}

	get #files(): readonly string[] {
		return this.#names.slice(1);
	}

	/** Plans everything before anything is written. */
	async #fromSeveral(): Promise<number> {
		const paths = this.all ? trackedFiles(this.filePath) : this.#files;
		const name = await this.#whom();
		const jobs: Job[] = [];
		for (const path of paths) {
			this.workOn(path);
			const keyFile = this.load();
			if (!keyFile.custodianNames.includes(name)) continue;
			const ownsAny = keyFile.domainsOwnedBy(name).length > 0;
			jobs.push({ path, keyFile, acting: ownsAny ? await this.#tryUnlock(keyFile) : undefined });
		}
		if (jobs.length === 0) {
			throw new NameError(`no file has a key custodian named ${JSON.stringify(name)}`);
		}
		for (const job of jobs) this.#assertPossible(job, name);
		let isDone = true;
		for (const job of jobs) {
			this.workOn(job.path);
			const outcome = await this.#carryOut(job, name);
			isDone &&= outcome !== undefined && isComplete(outcome.plan);
			const lines = outcome ? this.#describe(outcome) : ["left as it is"];
			this.#print([`${job.path}:`, ...lines.map((line) => `  ${line}`)]);
		}
		return isDone ? 0 : 1;
	}

	async #whom(): Promise<string> {
		const [name] = await this.answers(["Who is leaving? "], this.#names[0]);
		return name;
	}

	async #unlocked(keyFile: KeyFile): Promise<UnlockedCustodian> {
		this.#creds ??= await this.credentials(undefined, [keyFile.data.custodians]);
		guardMemory();
		return this.unlockWith(keyFile, this.#creds);
	}

	/** Undefined where the acting user is no custodian of this file. */
	async #tryUnlock(keyFile: KeyFile): Promise<UnlockedCustodian | undefined> {
		this.#creds ??= await this.credentials(undefined, [keyFile.data.custodians]);
		if (!keyFile.custodianNames.includes(this.#creds.name)) return undefined;
		return this.#unlocked(keyFile);
	}

	#assertPossible({ path, keyFile, acting }: Job, name: string): void {
		try {
			const acts = acting?.name ?? this.#creds?.name;
			const plan = planOffboarding(keyFile, name, acts, this.partial);
			if (!isNothing(plan)) this.vetted(keyFile, (file) => this.#offboarded(file, plan, acting));
		} catch (error) {
			if (!(error instanceof ProtectError)) throw error;
			const { message, hint } = error;
			throw new ProtectError(`${path}: ${message}; nothing was written`, {
				...(hint !== undefined && { hint }),
				cause: error,
			});
		}
	}

	/** Undefined where the user does not want it. */
	async #carryOut({ keyFile, acting }: Job, name: string): Promise<Outcome | undefined> {
		const planFor = (file: KeyFile) => planOffboarding(file, name, acting?.name, this.partial);
		const nothing = { plan: planFor(keyFile), before: keyFile, after: keyFile };
		let outcome: Outcome = { ...nothing, acting: acting?.name };
		if (isNothing(outcome.plan)) return outcome;
		const change = (before: KeyFile) => {
			const plan = planFor(before);
			outcome = { ...outcome, plan, before, after: this.#offboarded(before, plan, acting) };
			return outcome.after;
		};
		if (this.dryRun) this.vetted(keyFile, change);
		else if (!(await this.saveSealing(change))) return undefined;
		else if (isComplete(outcome.plan)) await this.forgetRemoved(name, keyFile);
		return outcome;
	}

	#offboarded(file: KeyFile, plan: OffboardingPlan, acting: UnlockedCustodian | undefined) {
		const sealed = acting ? plan.rotated : [];
		return this.whileSealing(file, sealed, () => offboard(file, plan, acting));
	}

	#print(lines: readonly string[]): void {
		const screen = resultScreen(this.context.environment);
		const shown = lines.map((line) => {
			const text = printableLine(line);
			const indent = text.length - text.trimStart().length;
			return screen ? screen.line(text.trimStart(), { indent }) : `${text}\n`;
		});
		writeStdout(shown.join(""));
	}

	/** What was done, what is left, and what to change: to be kept as the record of it. */
	#describe({ plan, before, after, acting }: Outcome): string[] {
		const { name } = plan;
		const history = exposurePastOf(this.filePath, after.data);
		for (const what of history?.unseen ?? []) {
			warning(`${this.filePath}: ${name} may know more than is told here: ${what}`);
		}
		return [
			...describePlan(plan, this.dryRun, this.hintFile),
			...describeHeld(plan, domainsStillHeld(after, plan, history), this.hintFile),
			...section(
				`values that ${name} may know, to be changed at their source:`,
				valuesToChange(after, name, history),
			),
			...section(
				`values that ${name} can still read in Git's history with their old passphrase, older ones included:`,
				history ? readableInHistory(history, name) : new Map(),
			),
			...describeMachines(sharedMachines(before, plan, acting), name, this.hintFile),
		];
	}
}

/** Whether the acting user can do nothing of it. */
function isNothing(plan: OffboardingPlan): boolean {
	return plan.rotated.length === 0 && !isComplete(plan);
}

function nothingToDo({ name, foreign }: OffboardingPlan, acting: UnlockedCustodian | undefined) {
	const domains = foreign.map(({ domain, owners }) => `${domain} (${owners.join(", ")})`);
	return new ProtectError(
		`${acting?.name ?? "the acting user"} owns none of the domains of ${name}, and so can rotate no key of theirs`,
		`their owners have to run it: ${domains.join(", ")}; or add --partial, which rotates nothing`,
	);
}

function describePlan(
	plan: OffboardingPlan,
	isDryRun: boolean,
	file: string | undefined,
): string[] {
	const typed = typedCommand(file);
	const { name, rotated, foreign } = plan;
	const [was, would] = isDryRun ? ["would be", "would be "] : ["was", ""];
	return [
		isComplete(plan)
			? `${name} ${was} removed from the key custodians`
			: `${name} ${isDryRun ? "would stay" : "is still"} a key custodian, and an owner of what is left below`,
		...rotated.map((domain) => `${domain}: ${would}removed as owner, key ${would}rotated`),
		...foreign.map(({ domain, owners }) =>
			plan.isPartial
				? `${domain}: ${would}removed as owner, key not rotated; left for one of ${owners.join(", ")}: ${adviceToRotate(typed, domain)}`
				: `${domain}: left for one of ${owners.join(", ")}, provided that all of them are to own it: ${typed("offboard", name)}`,
		),
	];
}

/** The domains whose keys they took along when they were removed as owner, earlier. */
function describeHeld(
	{ name }: OffboardingPlan,
	domains: readonly string[],
	file: string | undefined,
): string[] {
	const typed = typedCommand(file);
	return domains.map(
		(domain) =>
			`${domain}: ${name} was removed as owner before, and still holds its key; for an owner: ${adviceToRotate(typed, domain)}`,
	);
}

function section(
	heading: string,
	secretsByDomain: ReadonlyMap<string, readonly string[]>,
): string[] {
	if (secretsByDomain.size === 0) return [];
	return [
		heading,
		...[...secretsByDomain].map(([domain, secrets]) => `  ${domain}: ${secrets.join(", ")}`),
	];
}

function describeMachines(
	machines: ReadonlyMap<string, readonly string[]>,
	name: string,
	file: string | undefined,
): string[] {
	if (machines.size === 0) return [];
	const typed = typedCommand(file);
	return [
		`custodians with raw keys who own the same domains; if ${name} may have had such a key, give them a new one, see that everybody who owns the domains is to own them, and only then rotate:`,
		...[...machines].map(([machine, domains]) => {
			const rotations = domains.map((domain) => typed("rotate-domain-keys", domain));
			const rekey = `${typed("rekey-custodian")} ${shellOption("--user", machine)}`;
			return `  ${machine}: ${[rekey, ...rotations].join("; ")}`;
		}),
	];
}

export { OffboardCommand as command };
