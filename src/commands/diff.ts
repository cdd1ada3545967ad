import { existsSync, statSync } from "node:fs";
import { Command } from "clipanion";
import { flag, positional } from "../cli/options.ts";
import { report } from "../cli/report.ts";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import {
	gitOutput,
	gitRefusal,
	locateInGit,
	readObjects,
	type TrackedPath,
} from "../system/git/git.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { load } from "../system/store/store.ts";
import { type Change, compareVersions, NOTHING } from "../team/compare.ts";
import { changeItem, changeLine } from "../team/describe-changes.ts";
import { toJson } from "../values/json.ts";
import { BaseCommand } from "./base.ts";

/** What git exits with where it cannot compare, so that it is not taken for a difference. */
const TROUBLE = 128;

class DiffCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "say what changed between two versions, without a value or credentials",
		details:
			"OLD and NEW are files or git revisions (REV or REV:PATH; OLD..NEW and OLD...NEW as in git). By default the file is compared with what git has staged of it, or else with the last commit.",
		examples: [
			["What is not staged yet", "$0 diff"],
			["Since the last commit", "$0 diff HEAD"],
			["What a branch brings, for a pull request", "$0 diff main...feature --markdown"],
			["Two files", "$0 diff old.yaml new.yaml --json"],
		],
	});

	json = flag("--json", "print JSON");
	markdown = flag("--markdown", "print a Markdown list");
	exitCode = flag("--exit-code", "exit with 1 if there are changes, and with 128 on an error");
	old = positional("OLD");
	recent = positional("NEW");

	async execute(): Promise<number> {
		try {
			return this.#compare();
		} catch (error) {
			if (!this.exitCode) throw error;
			report(error, this.context.environment.PPROTECT_DEBUG === "1");
			return TROUBLE;
		}
	}

	#compare(): number {
		if (this.json && this.markdown) {
			throw new ConflictingOptionsError("--json and --markdown are two formats", "leave one out");
		}
		const [old, recent] = this.#versions();
		const changes = compareVersions(old, recent);
		const text = this.#format(changes);
		if (text !== "") writeStdout(text);
		return this.exitCode && changes.length > 0 ? 1 : 0;
	}

	#format(changes: readonly Change[]): string {
		if (this.json) return toJson(changes);
		const words = this.markdown ? changeItem : changeLine;
		return changes.map((change) => `${printableLine(words(change))}\n`).join("");
	}

	#versions(): [FileData, FileData] {
		const { old, recent, filePath } = this;
		const working = () => readFile(filePath);
		if (old === undefined) return [this.#recorded(), working()];
		const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/.exec(old) ?? [];
		if (recent === undefined && left !== undefined && right !== undefined && !isFile(old)) {
			const [from, to] = [left || "HEAD", right || "HEAD"];
			const start = dots === "..." ? mergeBase(this.#inGit().root, from, to) : from;
			return [this.#revision(start), this.#revision(to)];
		}
		return [this.#version(old), recent === undefined ? working() : this.#version(recent)];
	}

	/** What git has staged of the file, or else has of it in the last commit. */
	#recorded(): FileData {
		const { root, path } = this.#inGit();
		const [staged, committed] = readObjects(root, [`:0:${path}`, `HEAD:${path}`]);
		if (staged) return read(staged, `${this.filePath} (staged)`);
		if (committed) return read(committed, `HEAD:${path}`);
		throw new ProtectError(
			`git has no version of ${this.filePath} to compare with`,
			"name two: pprotect diff OLD NEW",
		);
	}

	#version(name: string): FileData {
		return isFile(name) ? readFile(name) : this.#revision(name);
	}

	/** @throws ProtectError for what is neither a revision nor a file in one. */
	#revision(name: string): FileData {
		const { root, path } = this.#inGit();
		const isExact = name.includes(":");
		const [bytes] = readObjects(root, [isExact ? name : `${name}:${path}`]);
		if (bytes) return read(bytes, isExact ? name : `${name}:${path}`);
		const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${name}^{tree}`];
		// A commit from before there was the file.
		if (!isExact && gitOutput(root, verify) !== undefined) return NOTHING;
		throw new ProtectError(
			`${name} is neither a file nor something that git has`,
			"name a file, a revision (HEAD, main), or a file in one (HEAD:protected.yaml)",
		);
	}

	#inGit(): TrackedPath {
		const place = locateInGit(this.filePath);
		if (place) return place;
		throw new ProtectError(
			`${this.filePath} is in no git work tree: ${gitRefusal(this.filePath)}`,
			"name two files: pprotect diff OLD NEW",
		);
	}
}

function isFile(path: string): boolean {
	return existsSync(path) && statSync(path).isFile();
}

function readFile(path: string): FileData {
	return read(load(path).bytes, path);
}

function read(bytes: Uint8Array, name: string): FileData {
	return readProtected(bytes, name).data;
}

function mergeBase(root: string, from: string, to: string): string {
	const commit = gitOutput(root, ["merge-base", "--end-of-options", from, to]);
	if (commit) return commit;
	throw new ProtectError(
		`${from} and ${to} have no commit in common`,
		"compare them with two dots",
	);
}

export { DiffCommand as command };
