import { Command } from "clipanion";
import { flag, positional } from "../cli/options.ts";
import { report } from "../cli/report.ts";
import { memoryOf } from "../crypto/key-derivation.ts";
import { ConflictingOptionsError, CredentialsError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import type { Creds } from "../model/creds.ts";
import { type UnlockedCustodian, unlockCustodian } from "../model/key-custodian.ts";
import { guardMemory } from "../system/core-dumps.ts";
import { locateInGit } from "../system/git/git.ts";
import { assertMemory } from "../system/memory-limit.ts";
import { writeStdout } from "../system/output.ts";
import type { Colour } from "../system/paint.ts";
import { printableLine } from "../system/printable.ts";
import { resultScreen } from "../system/terminal/result-screen.ts";
import { note } from "../system/voice.ts";
import type { Change } from "../team/change.ts";
import { compareVersions } from "../team/compare.ts";
import { compareComments } from "../team/compare-comments.ts";
import { compareValues } from "../team/compare-values.ts";
import { changeItem, changeLine, codeSpan, withoutCounted } from "../team/describe-changes.ts";
import { readKdf } from "../team/key-words.ts";
import type { Knowledge } from "../team/knowledge.ts";
import { toJson } from "../values/json.ts";
import { codeNameOfSecret } from "../values/variable-name.ts";
import { BaseCommand } from "./base.ts";
import { type ComparedVersions, VersionFinder } from "./compared-versions.ts";
import { assertOneWay, nameOf, trackedFiles } from "./several-files.ts";

/** What git exits with where it cannot compare, so that it is not taken for a difference. */
const TROUBLE = 128;

class DiffCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "say what changed between two versions, without showing a value",
		details:
			"OLD and NEW are files or Git revisions (REV or REV:PATH; OLD..NEW and OLD...NEW as in Git). By default the file is compared with what Git has staged of it, or else with the last commit. Names before `--` are revisions, and names after it are files. No credentials are needed, except with `--decrypt`: an owner of both versions learns which values differ where a key was rotated.",
		examples: [
			["Changes that are not staged yet", "$0 diff"],
			["Changes that are about to be committed", "$0 diff --staged"],
			["Since the last commit", "$0 diff HEAD"],
			["The changes of a branch, for a pull request", "$0 diff main...feature --markdown"],
			["The values that a branch changes, as an owner", "$0 diff main...feature --decrypt"],
			["Two files", "$0 diff old.yaml new.yaml --json"],
			["Every protected file that Git tracks", "$0 diff main...feature --all"],
		],
	});

	json = flag("--json", "print JSON");
	markdown = flag("--markdown", "print a Markdown list");
	staged = flag("--staged", "compare the staged file with the last commit, or with OLD");
	decrypt = flag("--decrypt", "open both versions, and say which values differ");
	all = flag("--all", "compare every protected file that Git tracks");
	exitCode = flag("--exit-code", "exit with 1 if there are changes, and with 128 on an error");
	old = positional("OLD");
	recent = positional("NEW");

	async execute(): Promise<number> {
		try {
			return await this.#compare();
		} catch (error) {
			if (!this.exitCode) throw error;
			report(error, this.context.environment.PPROTECT_DEBUG === "1");
			return TROUBLE;
		}
	}

	async #compare(): Promise<number> {
		if (this.json && this.markdown) {
			throw new ConflictingOptionsError("--json and --markdown are two formats", "leave one out");
		}
		return this.all ? this.#compareAll() : this.#compareOne();
	}

	async #compareOne(): Promise<number> {
		const changes = await this.#changes();
		const text = this.json ? toJson(changes) : this.#format(changes);
		if (text !== "") writeStdout(text);
		return this.exitCode && changes.length > 0 ? 1 : 0;
	}

	/** Under its name, each file that differs. */
	async #compareAll(): Promise<number> {
		const { old = "HEAD", recent = "HEAD" } = this;
		// A name with a colon is one file of a revision.
		const files = [this.old, this.recent].flatMap((name) => (name?.includes(":") ? [name] : []));
		assertOneWay({ files, all: this.all, fileOption: this.fileOption });
		const revisions = [...old.split(/\.{2,3}/), recent].map((name) => name || "HEAD");
		const root = locateInGit(this.filePath)?.root;
		const all: { file: string; changes: readonly Change[] }[] = [];
		for (const file of trackedFiles(this.filePath, revisions)) {
			this.workOn(file);
			const changes = await this.#changes(root);
			if (changes.length > 0) all.push({ file, changes });
		}
		if (this.json) writeStdout(toJson(all));
		else {
			const heading = this.markdown ? "### " : "";
			const parts = all.map(({ file, changes }) => {
				const [name, end] = this.markdown ? [codeSpan(file), "\n\n"] : [file, ":\n"];
				return `${heading}${printableLine(name)}${end}${this.#format(changes)}`;
			});
			if (parts.length > 0) writeStdout(parts.join("\n"));
		}
		return this.exitCode && all.length > 0 ? 1 : 0;
	}

	/** @param root of the work tree, for one of all files, which may be gone. */
	async #changes(root?: string): Promise<readonly Change[]> {
		const { old, recent, staged } = this;
		const files = this.all ? 0 : this.context.afterDashes?.length;
		const finder = new VersionFinder(this.filePath, root);
		const versions = finder.find({ old, recent, files, staged });
		const { before, after, moved, past } = versions;
		// It is told of under its new name.
		if (root !== undefined && moved && nameOf(root, moved.from) === this.filePath) return [];
		const knowledge: Knowledge = {
			...(past && { past }),
			...(this.decrypt && { values: await this.#openBoth(versions) }),
			effectOf: (secret) => {
				const known = codeNameOfSecret(secret);
				return known && `the variable ${known.variable} ${known.effect}`;
			},
		};
		const changes: Change[] = [
			...compareVersions(before.data, after.data, knowledge),
			...compareComments(before.comments, after.comments),
			...(moved ? [moved] : []),
		];
		if (past?.isCut && changes.some(({ how }) => how === "rotated" || how === "rekeyed")) {
			note("Git has no older versions here, or too many: a key that was put back may be missed");
		}
		return changes;
	}

	#format(changes: readonly Change[]): string {
		const words = this.markdown ? changeItem : changeLine;
		const screen = this.markdown ? undefined : resultScreen(this.context.environment);
		return withoutCounted(changes)
			.map((change) => printableLine(words(change)))
			.map((line) => screen?.line(line, { colour: colourOf(line) }) ?? `${line}\n`)
			.join("");
	}

	async #openBoth({ before, after }: ComparedVersions) {
		const creds = await this.credentials(undefined, [
			after.data.custodians,
			before.data.custodians,
		]);
		guardMemory();
		const [old, recent] = await this.whileDeriving(() =>
			unlockBoth(creds, before.data, after.data),
		);
		for (const custodian of [old, recent]) if (custodian) this.wipedAtEnd(custodian);
		const { values, closed } = compareValues(
			{ data: before.data, custodian: old },
			{ data: after.data, custodian: recent },
		);
		if (closed.length > 0) {
			note(`${creds.name} cannot open both versions of: ${closed.join(", ")}`);
		}
		return values;
	}
}

/** By the sign that a line starts with. */
function colourOf(line: string): Colour | undefined {
	if (line.startsWith("+")) return "green";
	return line.startsWith("-") || line.startsWith("!") ? "red" : undefined;
}

/**
 * The custodian in both versions; undefined in the one whose key is not that of the passphrase.
 *
 * @throws CredentialsError where it is in neither.
 */
async function unlockBoth(
	creds: Creds,
	before: FileData,
	after: FileData,
): Promise<[UnlockedCustodian | undefined, UnlockedCustodian | undefined]> {
	const [old, recent] = [before.custodians.get(creds.name), after.custodians.get(creds.name)];
	if (old === recent) {
		const custodian = await unlock(creds, recent);
		return [custodian, custodian];
	}
	const results: (UnlockedCustodian | undefined)[] = [];
	let refusal: CredentialsError | undefined;
	for (const pwdkm of [old, recent]) {
		try {
			results.push(await unlock(creds, pwdkm));
		} catch (error) {
			if (!(error instanceof CredentialsError)) throw error;
			refusal = error;
			results.push(undefined);
		}
	}
	if (refusal && results.every((custodian) => custodian === undefined)) throw refusal;
	return [results[0], results[1]];
}

function unlock(creds: Creds, pwdkm: string | undefined): Promise<UnlockedCustodian> {
	const kdf = pwdkm === undefined ? undefined : readKdf(pwdkm);
	assertMemory(kdf ? memoryOf(kdf) : 0, `the key of ${creds.name}`);
	return unlockCustodian(creds, pwdkm);
}

export { DiffCommand as command };
