/** Real git repositories with a protected file, as people and their tools use them. */
import { expect } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pprotect, type RunOptions, type RunResult, scratchFolder } from "./pprotect.ts";

/** Where git and the shell are, and pprotect is not. */
const PATH = "/usr/local/bin:/usr/bin:/bin";

/** Nothing of the machine's own configuration. */
export const ENVIRONMENT = {
	PATH,
	GIT_CONFIG_NOSYSTEM: "1",
	GIT_CONFIG_GLOBAL: "/dev/null",
	GIT_AUTHOR_NAME: "Ann",
	GIT_AUTHOR_EMAIL: "ann@example.com",
	GIT_COMMITTER_NAME: "Ann",
	GIT_COMMITTER_EMAIL: "ann@example.com",
	GIT_CONFIG_COUNT: "2",
	GIT_CONFIG_KEY_0: "protocol.file.allow",
	GIT_CONFIG_VALUE_0: "always",
	GIT_CONFIG_KEY_1: "advice.detachedHead",
	GIT_CONFIG_VALUE_1: "false",
};

export interface GitResult {
	readonly exitCode: number;
	/** What git and the programs that it runs print, on either stream. */
	readonly output: string;
}

export class Repository {
	readonly cwd: string;
	/** The protected file's path, from `cwd`. */
	readonly file: string;

	private constructor(cwd: string, file: string) {
		this.cwd = cwd;
		this.file = file;
	}

	/** A new repository with one commit: the text as a protected file, or whatever `make` makes. */
	static async create(text: string, file = "protected.yaml"): Promise<Repository> {
		const repository = new Repository(scratchFolder(), file);
		repository.git("init", "--quiet", "--initial-branch=main");
		repository.write(text);
		repository.commit("start");
		return repository;
	}

	/** The file in another folder, such as a clone or a work tree, or another file. */
	at(cwd: string, file = this.file): Repository {
		return new Repository(cwd, file);
	}

	/** Runs git, which has to succeed. */
	git(...args: readonly string[]): string {
		const { exitCode, output } = this.tryGit(...args);
		expect(exitCode, `git ${args.join(" ")}\n${output}`).toBe(0);
		return output;
	}

	/** Runs git, whatever comes of it. */
	tryGit(...args: readonly string[]): GitResult {
		const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], {
			cwd: this.cwd,
			env: { ...ENVIRONMENT, HOME: this.cwd },
			stdout: "pipe",
			stderr: "pipe",
		});
		return { exitCode, output: stdout.toString() + stderr.toString() };
	}

	commit(message: string): void {
		this.git("add", "--all");
		this.git("commit", "--quiet", "--message", message);
	}

	/** Runs pprotect on the file. */
	pprotect(args: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> {
		const env = { ...ENVIRONMENT, ...options.env };
		return pprotect([...args, "--file", this.file], { cwd: this.cwd, ...options, env });
	}

	/** Adds or updates a secret, by what `command` says. */
	async secret(
		command: "add-secret" | "update-secret",
		domain: string,
		name: string,
		value = "1",
	): Promise<void> {
		const place = [command, domain, name, "--value-file", "-"];
		await this.pprotect(place, {
			input: value,
			notices: /^(pprotect: warning: secret .* exec gives it.*\n)*$/,
		});
	}

	read(): string {
		return readFileSync(join(this.cwd, this.file), "utf8");
	}

	write(text: string): void {
		const path = join(this.cwd, this.file);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
	}

	/** Writes any other file. */
	writeOther(name: string, text: string, mode = 0o644): void {
		const path = join(this.cwd, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
		chmodSync(path, mode);
	}

	/** What `git status` says, a line a file. */
	status(): string[] {
		return this.git("status", "--porcelain").split("\n").filter(Boolean);
	}
}
