import { posix } from "node:path";
import { Command } from "clipanion";
import { flag, rest, text } from "../cli/options.ts";
import { memoryOf } from "../crypto/key-derivation.ts";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import type { Creds } from "../model/creds.ts";
import { type UnlockedCustodian, unlockCustodian } from "../model/key-custodian.ts";
import { guardMemory } from "../system/core-dumps.ts";
import { commitOf } from "../system/git/commits.ts";
import {
	gitRefusal,
	locateInGit,
	nameInCommit,
	protectedPaths,
	readObjects,
	stagedLinks,
	stagedPaths,
	type TrackedPath,
} from "../system/git/git.ts";
import { leadsOutOfWorkTree, linkLeadsOutside } from "../system/git/link.ts";
import { mergeDriverIn, mergeDriverOf } from "../system/git/merge-driver-of.ts";
import { assertMemory } from "../system/memory-limit.ts";
import { writeStdout } from "../system/output.ts";
import { loadPiped } from "../system/store/piped.ts";
import { load } from "../system/store/store.ts";
import { resultScreen } from "../system/terminal/result-screen.ts";
import { note } from "../system/voice.ts";
import { checkFile, inOrder, safeToFollow } from "../team/check.ts";
import { checkByOpening } from "../team/check-decrypt.ts";
import type { SecretVariables } from "../team/check-names.ts";
import { type FilePast, NO_PAST } from "../team/file-history.ts";
import type { Finding } from "../team/finding.ts";
import { DRIVER } from "../team/git-setup-files.ts";
import { readKdf } from "../team/key-words.ts";
import { typedCommand } from "../team/typed-command.ts";
import { toJson } from "../values/json.ts";
import { codeNameOfSecret, variableName } from "../values/variable-name.ts";
import { BaseCommand } from "./base.ts";
import { checkPast, findInGit, unseenPast } from "./check-past.ts";
import { noteMissingDriver } from "./driver-note.ts";
import { findRawKeys } from "./find-raw-keys.ts";
import { type FileFinding, findingCounts, findingLines, findingScreen } from "./finding-report.ts";
import { newFiles } from "./new-files.ts";
import { assertOneWay, nameOf, PROTECTED, trackedFiles } from "./several-files.ts";

/** A file to look at. */
interface Target {
	/** As messages call it. */
	readonly name: string;
	/** Undefined for a link that is not followed. */
	readonly bytes: Uint8Array | undefined;
	/** Where git has it. */
	readonly place: TrackedPath | undefined;
	/** Whether it lies nowhere. */
	readonly isPiped?: boolean;
}

const VARIABLES: SecretVariables = {
	uppercase: (secret) => variableName(secret, { uppercase: true }),
	running: codeNameOfSecret,
};

const LINK_OUTSIDE: Finding = {
	line: 1,
	level: "problem",
	code: "link-outside",
	what: "is a link that leads out of the work tree, and was not read",
	todo: "put the file itself in its place, or name it by its own path",
};

class CheckCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "look for what is wrong or risky in protected files; needs no credentials",
		details:
			"Prints a line for each finding, FILE:LINE: what: what to do, and exits with 1 if there is a problem. Warnings and notes do not make it fail. In a Git work tree, it compares the file with the commits that it was made from, which shows keys that somebody replaced, values that are sealed to an older key, and what a merge lost.",
		examples: [
			["Before a commit", "$0 check"],
			["A pull request, in CI", "$0 check --base origin/main"],
			["Also the faults that only an owner can see", "$0 check --decrypt"],
			["Files that are about to be committed", "$0 check --staged"],
			["Every protected file that Git tracks", "$0 check --all"],
		],
	});

	json = flag("--json", "print JSON");
	decrypt = flag(
		"--decrypt",
		"also open every domain that the acting user owns, now and in earlier commits",
	);
	strict = flag("--strict", "exit with 1 for a warning too");
	staged = flag("--staged", "look at what Git would commit, in every protected file");
	all = flag("--all", "look at every protected file that Git tracks");
	base = text("--base", "REV", "also compare with where the branch left this revision");
	files = rest("FILE");

	#creds: Creds | undefined;

	async execute(): Promise<number> {
		this.#assertOptions();
		const findings = this.staged ? this.#stagedKeys() : [];
		const targets = this.#targets();
		for (const target of targets) {
			const found = safeToFollow(inOrder(await this.#check(target)));
			findings.push(...found.map((finding) => ({ file: target.name, ...finding })));
		}
		const { base } = this;
		if (base !== undefined && !this.staged) {
			findings.push(...newFiles(this.#workTree("leave out --base"), base));
		}
		const fails = (level: Finding["level"]) =>
			level === "problem" || (this.strict && level === "warning");
		this.#print(findings.filter(({ level }) => !this.quiet || fails(level)));
		if (targets.length > 0 || findings.length > 0) this.#printCounts(findings);
		if (!this.staged) noteMissingDriver(this.filePath);
		return findings.some(({ level }) => fails(level)) ? 1 : 0;
	}

	#assertOptions(): void {
		if (this.all && this.staged) {
			throw new ConflictingOptionsError("--staged looks at every file", "leave --all out");
		}
		assertOneWay(this);
	}

	async #check(target: Target): Promise<Finding[]> {
		const { name, bytes, place } = target;
		if (!bytes) return [LINK_OUTSIDE];
		const past = this.#past(target, bytes);
		const typed = typedCommand(name === this.#default ? undefined : name);
		const checked = checkFile(bytes, name, { past, typed, variables: VARIABLES });
		const { source } = checked;
		const findings = [...this.#attributes(place), ...checked.findings];
		if (!this.decrypt || !source) return findings;
		const custodian = await this.#unlocked(source.data.custodians);
		const steps = [...past.origins, ...past.recent.slice(0, 1)];
		const versions = steps.flatMap(({ before }) => before);
		return [...findings, ...checkByOpening(source, custodian, { versions, typed })];
	}

	/** A branch that turns our merges off: the next merge is plain text, which loses secrets. */
	#attributes(place: TrackedPath | undefined): Finding[] {
		const { base } = this;
		const commit = place && base !== undefined ? commitOf(place.root, base) : undefined;
		if (!place || base === undefined || commit === undefined) return [];
		if (mergeDriverIn(place, commit) !== DRIVER) return [];
		const driver = mergeDriverOf(place);
		if (driver === DRIVER) return [];
		return [
			{
				line: 1,
				level: "problem",
				code: "not-merged",
				what: `Git merges the file with pprotect in ${base}, and here ${driver === undefined ? "as plain text" : `as merge=${driver} says`}`,
				todo: "restore its line of .gitattributes; pprotect git-setup writes it",
			},
		];
	}

	#past({ name, place, isPiped }: Target, bytes: Uint8Array): FilePast {
		const { base, staged: isStaged } = this;
		if (place) return checkPast(place, bytes, { base, isStaged });
		if (base === undefined) return isPiped ? NO_PAST : unseenPast(name);
		throw this.#notInGit("leave out --base");
	}

	/** The file's acting custodian. */
	async #unlocked(custodians: ReadonlyMap<string, string>): Promise<UnlockedCustodian> {
		this.#creds ??= await this.credentials(undefined, [custodians]);
		const creds = this.#creds;
		const pwdkm = custodians.get(creds.name);
		const kdf = pwdkm === undefined ? undefined : readKdf(pwdkm);
		assertMemory(kdf ? memoryOf(kdf) : 0, `the key of ${creds.name}`);
		guardMemory();
		return this.wipedAtEnd(await this.whileDeriving(() => unlockCustodian(creds, pwdkm)));
	}

	/** The file that a command works on where none is named. */
	get #default(): string {
		return this.fileOption === undefined ? this.filePath : "protected.yaml";
	}

	get #names(): readonly string[] {
		return this.files.length > 0 ? this.files : [this.filePath];
	}

	#targets(): Target[] {
		if (this.staged) return this.#stagedTargets();
		const names = this.all ? trackedFiles(this.filePath) : this.#names;
		return names.map((name): Target => {
			const piped = loadPiped(name);
			if (piped) {
				return { name: piped.path, bytes: piped.bytes, place: undefined, isPiped: true };
			}
			if (leadsOutOfWorkTree(name)) return { name, bytes: undefined, place: undefined };
			return { name, bytes: load(name).bytes, place: findInGit(name) };
		});
	}

	#stagedTargets(): Target[] {
		const { root } = this.#workTree("leave out --staged");
		const asked = this.files.length > 0 || this.fileOption !== undefined ? this.#names : [];
		const paths = new Set([
			...asked.map((name) => inIndex(locateInGit(name)) ?? name),
			...(this.files.length > 0 ? [] : protectedPaths(root, stagedPaths(root), PROTECTED)),
		]);
		const objects = readObjects(
			root,
			[...paths].map((path) => `:0:${path}`),
		);
		const links = stagedLinks(root);
		const targets = [...paths].flatMap((path, index): Target[] => {
			const bytes = objects[index];
			if (!bytes) return [];
			const name = nameOf(root, path);
			if (!links.has(path)) return [{ name, bytes, place: { root, path } }];
			const target = new TextDecoder().decode(bytes);
			const isOutside = linkLeadsOutside(root, path, target);
			if (isOutside) return [{ name, bytes: undefined, place: undefined }];
			const behind = posix.join(posix.dirname(path), target);
			const [found] = readObjects(root, [`:0:${behind}`]);
			return found ? [{ name, bytes: found, place: { root, path: behind, link: path } }] : [];
		});
		if (targets.length === 0) note("no protected file is staged, so nothing was checked");
		return targets;
	}

	#stagedKeys(): FileFinding[] {
		const { root } = this.#workTree("leave out --staged");
		return [...findRawKeys(root, stagedPaths(root))].flatMap(([path, findings]) =>
			findings.map((finding) => ({ file: nameOf(root, path), ...finding })),
		);
	}

	#workTree(hint: string): TrackedPath {
		const place = locateInGit(this.#names[0] ?? this.filePath);
		if (place) return place;
		throw this.#notInGit(hint);
	}

	#notInGit(hint: string): ProtectError {
		const name = this.#names[0] ?? this.filePath;
		return new ProtectError(`${name} is not in a Git work tree: ${gitRefusal(name)}`, hint);
	}

	#print(findings: readonly FileFinding[]): void {
		if (this.json) {
			writeStdout(toJson(findings));
			return;
		}
		const screen = resultScreen(this.context.environment);
		const text = screen ? findingScreen(findings, screen) : findingLines(findings);
		if (text !== "") writeStdout(text);
	}

	/** Ends what a person reads. */
	#printCounts(findings: readonly FileFinding[]): void {
		if (this.json || this.quiet) return;
		const screen = resultScreen(this.context.environment);
		if (screen) writeStdout(screen.line(findingCounts(findings)));
	}
}

function inIndex(place: TrackedPath | undefined): string | undefined {
	return place && nameInCommit(place);
}

export { CheckCommand as command };
