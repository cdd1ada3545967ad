import { Command } from "clipanion";
import { flag } from "../cli/options.ts";
import { memoryOf } from "../crypto/key-derivation.ts";
import { ProtectError } from "../errors.ts";
import type { Creds } from "../model/creds.ts";
import { unlockCustodian } from "../model/key-custodian.ts";
import {
	gitRefusal,
	locateInGit,
	protectedPaths,
	readObjects,
	stagedPaths,
} from "../system/git/git.ts";
import { assertMemory } from "../system/memory-limit.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { load } from "../system/store/store.ts";
import { checkFile, inOrder } from "../team/check.ts";
import { checkByOpening } from "../team/check-decrypt.ts";
import type { Finding } from "../team/finding.ts";
import { DRIVER } from "../team/git-setup-files.ts";
import { readKdf } from "../team/key-words.ts";
import { toJson } from "../values/json.ts";
import { BaseCommand } from "./base.ts";
import { findInGit, versionsInGit } from "./git-versions.ts";

/** A version to look at. */
interface Target {
	readonly name: string;
	readonly bytes: Uint8Array;
	/** Where git has it. */
	readonly place: ReturnType<typeof findInGit>;
}

/** Which files git has to merge with us, or that are called so. */
const PROTECTED = { name: "protected.yaml", driver: DRIVER };

type FileFinding = Finding & { readonly file: string };

class CheckCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "look for what is wrong or risky in the file; needs no credentials",
		details:
			"Prints a line each, FILE:LINE: what: what to do, and exits with 1 if there is a problem. Warnings and notes do not make it fail. In a git work tree the last commit, and what is being merged, show which values are sealed to an older key.",
		examples: [
			["In CI, or before a commit", "$0 check"],
			["What cannot be seen from outside", "$0 check --decrypt"],
			["What is about to be committed", "$0 check --staged"],
		],
	});

	json = flag("--json", "print JSON");
	decrypt = flag("--decrypt", "also open all that the acting user owns");
	staged = flag("--staged", "look at what git would commit, of every file that git-setup set up");

	async execute(): Promise<number> {
		const findings: FileFinding[] = [];
		let creds: Creds | undefined;
		for (const target of this.staged ? this.#stagedTargets() : [this.#workingTarget()]) {
			const { name, bytes, place } = target;
			const { findings: found, source } = checkFile(
				bytes,
				name,
				place && versionsInGit(place, bytes),
			);
			const all = [...found];
			if (this.decrypt && source) {
				creds ??= await this.credentials();
				const pwdkm = source.data.custodians.get(creds.name);
				const kdf = pwdkm === undefined ? undefined : readKdf(pwdkm);
				assertMemory(kdf ? memoryOf(kdf) : 0, `the key of ${creds.name}`);
				all.push(...checkByOpening(source, await unlockCustodian(creds, pwdkm)));
			}
			const told = all.filter(({ level }) => level === "problem" || !this.quiet);
			findings.push(...inOrder(told).map((finding) => ({ file: name, ...finding })));
		}
		this.#print(findings);
		return findings.some(({ level }) => level === "problem") ? 1 : 0;
	}

	#workingTarget(): Target {
		const { filePath } = this;
		return { name: filePath, bytes: load(filePath).bytes, place: findInGit(filePath) };
	}

	#stagedTargets(): Target[] {
		const place = locateInGit(this.filePath);
		if (!place) {
			throw new ProtectError(
				`${this.filePath} is in no git work tree: ${gitRefusal(this.filePath)}`,
				"leave out --staged",
			);
		}
		const { root } = place;
		const paths =
			this.fileOption === undefined
				? protectedPaths(root, stagedPaths(root), PROTECTED)
				: [place.path];
		const objects = readObjects(
			root,
			paths.map((path) => `:0:${path}`),
		);
		return paths.flatMap((path, index) => {
			const bytes = objects[index];
			return bytes ? { name: path, bytes, place: { root, path } } : [];
		});
	}

	#print(findings: readonly FileFinding[]): void {
		if (this.json) {
			writeStdout(toJson(findings));
			return;
		}
		const lines = findings.map(({ file, line, level, what, todo }) => {
			const rank = level === "problem" ? "" : `${level}: `;
			return `${printableLine(`${file}:${line}: ${rank}${what}: ${todo}`)}\n`;
		});
		if (lines.length > 0) writeStdout(lines.join(""));
	}
}

export { CheckCommand as command };
