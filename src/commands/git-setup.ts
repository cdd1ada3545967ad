import { existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "clipanion";
import { flag } from "../cli/options.ts";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import {
	gitOutput,
	gitRefusal,
	hooksFolder,
	isOwnFolder,
	locateInGit,
	ownPath,
	runGit,
	type TrackedPath,
} from "../system/git/git.ts";
import { osErrorText } from "../system/os-error.ts";
import { writeStdout } from "../system/output.ts";
import { printable } from "../system/printable.ts";
import {
	attributesLine,
	attributesPattern,
	DRIVER,
	driverCommand,
	HOOK_COMMAND,
	isEmptyHook,
	textconvCommand,
	withAttributes,
	withHook,
	withoutAttributes,
	withoutHook,
} from "../team/git-setup-files.ts";
import { BaseCommand } from "./base.ts";

class GitSetupCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "let git merge and compare protected files by what they mean, in this clone",
		details:
			"Adds a line to .gitattributes, to be committed, and sets the merge driver and the textconv in this clone's configuration, which everyone does once for each clone.",
		examples: [
			["Merge and compare by meaning", "$0 git-setup"],
			["And check each commit", "$0 git-setup --hook"],
			["As if nothing had been", "$0 git-setup --undo"],
		],
	});

	undo = flag("--undo", "take all of it out again");
	hook = flag("--hook", "also check protected files before each commit");

	readonly #done: string[] = [];

	async execute(): Promise<void> {
		if (this.undo && this.hook) {
			throw new ConflictingOptionsError("--undo takes the hook out too", "leave --hook out");
		}
		const place = this.#workTree();
		if (this.undo) this.#takeOut(place);
		else this.#putIn(place);
		const lines = this.#done.length > 0 ? this.#done : ["nothing to do"];
		writeStdout(lines.map((line) => `${printable(line)}\n`).join(""));
	}

	#workTree(): TrackedPath {
		const place = locateInGit(this.filePath);
		if (place) return place;
		const folder = dirname(resolve(this.filePath));
		throw new ProtectError(
			`${folder} is in no git work tree: ${gitRefusal(this.filePath)}`,
			"run it in a clone, or first: git init",
		);
	}

	#putIn({ root, path }: TrackedPath): void {
		const own = ownPath();
		// Before anything is written, as it may be refused.
		const hook = this.hook ? hookWith(root, own) : undefined;
		this.#setAttributes(root, path);
		this.#configure(root, `merge.${DRIVER}.name`, "protected files, merged by what they mean");
		this.#configure(root, `merge.${DRIVER}.driver`, driverCommand(own));
		this.#configure(root, `diff.${DRIVER}.textconv`, textconvCommand(own));
		if (hook) this.#write(hook.path, hook.script, 0o755);
	}

	#setAttributes(root: string, path: string): void {
		const attributes = gitOutput(root, ["check-attr", "merge", "diff", "--", path])?.split("\n");
		if (attributes?.every((line) => line.endsWith(`: ${DRIVER}`))) return;
		const pattern = this.fileOption === undefined ? "protected.yaml" : attributesPattern(path);
		const line = attributesLine(pattern);
		const file = join(root, ".gitattributes");
		if (!this.#write(file, withAttributes(readText(file) ?? "", line))) return;
		this.#done.push("commit .gitattributes, for the rest of the team");
	}

	#configure(root: string, key: string, value: string): void {
		if (gitOutput(root, ["config", "--local", "--get", key]) === value) return;
		const { exitCode, stderr } = runGit(root, ["config", "--local", key, value]);
		if (exitCode !== 0) throw new ProtectError(`git could not set ${key}: ${stderr.trim()}`);
		this.#done.push(`set ${key} in this clone's configuration`);
	}

	#takeOut({ root }: TrackedPath): void {
		const file = join(root, ".gitattributes");
		const attributes = readText(file);
		if (attributes !== undefined) this.#writeOrRemove(file, withoutAttributes(attributes), "");
		for (const section of [`merge.${DRIVER}`, `diff.${DRIVER}`]) {
			const isThere = gitOutput(root, ["config", "--local", "--get-regexp", `^${section}\\.`]);
			if (!isThere) continue;
			runGit(root, ["config", "--local", "--remove-section", section]);
			this.#done.push(`removed ${section} from this clone's configuration`);
		}
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

function hookPath(root: string): string | undefined {
	const folder = hooksFolder(root);
	return folder === undefined ? undefined : join(folder, "pre-commit");
}

/** @throws ProtectError where the hook is not ours to change. */
function hookWith(root: string, own: string): { path: string; script: string } {
	const path = hookPath(root);
	const hint = `add to it yourself: ${HOOK_COMMAND}`;
	if (path === undefined || !isOwnFolder(root, path)) {
		throw new ProtectError(`the hooks in ${path} serve other repositories too`, hint);
	}
	const script = withHook(readText(path), own);
	if (script === undefined) throw new ProtectError(`${path} is no shell script`, hint);
	return { path, script };
}

export { GitSetupCommand as command };
