import { existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "clipanion";
import { flag } from "../cli/options.ts";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import {
	gitOutput,
	gitRefusal,
	locateInGit,
	ownPath,
	runGit,
	type TrackedPath,
} from "../system/git/git.ts";
import { osErrorText } from "../system/os-error.ts";
import { writeStdout } from "../system/output.ts";
import { printable } from "../system/printable.ts";
import { warning } from "../system/voice.ts";
import {
	attributesLine,
	attributesPattern,
	DRIVER,
	driverCommand,
	isEmptyHook,
	textconvCommand,
	withAttributes,
	withoutAttributes,
	withoutHook,
} from "../team/git-setup-files.ts";
import { BaseCommand } from "./base.ts";
import { hookPath, hookWith } from "./git-hook.ts";

/** Which of Git's configurations, and what it is called. */
interface Scope {
	readonly option: "--local" | "--global";
	readonly words: string;
}

const CLONE: Scope = { option: "--local", words: "this clone's configuration" };
const MACHINE: Scope = { option: "--global", words: "your configuration of Git" };

class GitSetupCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "let Git merge and compare protected files by what they mean, in this clone",
		details:
			"Adds a line to .gitattributes, to be committed, and sets the merge driver and the textconv in this clone's configuration, which everyone does once for each clone or, with --global, once for each machine.",
		examples: [
			["Merge and compare by meaning", "$0 git-setup"],
			["And check each commit", "$0 git-setup --hook"],
			["For every clone on this machine", "$0 git-setup --global"],
			["Undo all of it", "$0 git-setup --undo"],
		],
	});

	undo = flag("--undo", "undo the set-up");
	hook = flag("--hook", "also check protected files before each commit");
	global = flag("--global", "set the driver for every clone of yours on this machine");

	readonly #done: string[] = [];

	async execute(): Promise<void> {
		if (this.undo && this.hook) {
			throw new ConflictingOptionsError("--undo takes the hook out too", "leave --hook out");
		}
		if (this.global && this.hook) {
			throw new ConflictingOptionsError(
				"--global is for every clone, and --hook is for one",
				"run git-setup twice",
			);
		}
		if (this.global) this.#setMachine();
		else if (this.undo) this.#takeOut(this.#workTree());
		else this.#putIn(this.#workTree());
		const lines = this.#done.length > 0 ? this.#done : ["nothing to do"];
		writeStdout(lines.map((line) => `${printable(line)}\n`).join(""));
	}

	/** The driver alone: which files it merges is what each repository says. */
	#setMachine(): void {
		if (this.undo) this.#removeDriver(".", MACHINE);
		else this.#setDriver(".", MACHINE);
	}

	#workTree(): TrackedPath {
		const place = locateInGit(this.filePath);
		if (place) return place;
		const folder = dirname(resolve(this.filePath));
		throw new ProtectError(
			`${folder} is not in a Git work tree: ${gitRefusal(this.filePath)}`,
			"run it in a clone, or first: git init",
		);
	}

	#putIn({ root, path }: TrackedPath): void {
		// Before anything is written, as it may be refused.
		const hook = this.hook ? hookWith(root) : undefined;
		this.#setAttributes(root, path);
		this.#setDriver(root, CLONE);
		if (hook) this.#write(hook.path, hook.script, 0o755);
	}

	#setDriver(cwd: string, scope: Scope): void {
		const own = ownPath();
		this.#configure(
			cwd,
			scope,
			`merge.${DRIVER}.name`,
			"protected files, merged by what they mean",
		);
		this.#configure(cwd, scope, `merge.${DRIVER}.driver`, driverCommand(own));
		this.#configure(cwd, scope, `diff.${DRIVER}.textconv`, textconvCommand(own));
	}

	#setAttributes(root: string, path: string): void {
		if (hasAttributes(root, path)) return;
		const pattern = this.fileOption === undefined ? "protected.yaml" : attributesPattern(path);
		const line = attributesLine(pattern);
		const file = join(root, ".gitattributes");
		if (!this.#write(file, withAttributes(readText(file) ?? "", line))) return;
		this.#done.push("commit .gitattributes, for the rest of the team");
		if (hasAttributes(root, path)) return;
		warning(
			`another .gitattributes, below or in .git/info, keeps Git from merging ${path} with this`,
		);
	}

	#configure(cwd: string, { option, words }: Scope, key: string, value: string): void {
		// What the machine has set already need not be set again in the clone.
		const known = option === "--local" ? [] : [option];
		if (gitOutput(cwd, ["config", ...known, "--get", key]) === value) return;
		const { exitCode, stderr } = runGit(cwd, ["config", option, key, value]);
		if (exitCode !== 0) throw new ProtectError(`Git could not set ${key}: ${stderr.trim()}`);
		this.#done.push(`set ${key} in ${words}`);
	}

	#removeDriver(cwd: string, { option, words }: Scope): void {
		for (const section of [`merge.${DRIVER}`, `diff.${DRIVER}`]) {
			const isThere = gitOutput(cwd, ["config", option, "--get-regexp", `^${section}\\.`]);
			if (!isThere) continue;
			runGit(cwd, ["config", option, "--remove-section", section]);
			this.#done.push(`removed ${section} from ${words}`);
		}
	}

	#takeOut({ root }: TrackedPath): void {
		const file = join(root, ".gitattributes");
		const attributes = readText(file);
		if (attributes !== undefined) this.#writeOrRemove(file, withoutAttributes(attributes), "");
		this.#removeDriver(root, CLONE);
		const path = hookPath(root);
		const script = path === undefined ? undefined : readText(path);
		if (path === undefined || script === undefined) return;
		const rest = withoutHook(script);
		this.#writeOrRemove(path, rest, isEmptyHook(rest) ? rest : "");
	}

	/** Removes a file that would hold nothing but `nothing`, which had been made for our lines. */
	#writeOrRemove(path: string, text: string, nothing: string): void {
		if (text === readText(path)) return;
		if (text !== nothing) {
			this.#write(path, text);
			return;
		}
		rmSync(path);
		this.#done.push(`removed ${path}`);
	}

	/** @returns whether there was anything to write. */
	#write(path: string, text: string, mode = 0o644): boolean {
		if (text === readText(path)) return false;
		if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
			throw new ProtectError(
				`${path} is a symbolic link, which may lead anywhere`,
				"replace it by a file",
			);
		}
		try {
			writeFileSync(path, text, { mode: existsSync(path) ? statSync(path).mode : mode });
		} catch (error) {
			throw new ProtectError(`cannot write ${path}: ${osErrorText(error)}`, { cause: error });
		}
		this.#done.push(`wrote ${path}`);
		return true;
	}
}

function readText(path: string): string | undefined {
	return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function hasAttributes(root: string, path: string): boolean {
	const attributes = gitOutput(root, ["check-attr", "merge", "diff", "--", path])?.split("\n");
	return attributes?.every((line) => line.endsWith(`: ${DRIVER}`)) === true;
}

export { GitSetupCommand as command };
