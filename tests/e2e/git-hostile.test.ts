/** A repository whose own configuration names programs: looking at it runs none of them. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { PPROTECT } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	start = readFileSync(join(team.cwd, "protected.yaml"), "utf8");
});

/** Every command that only looks, whatever it finds. */
const LOOKS = [["check"], ["check", "--staged"], ["diff"], ["diff", "HEAD"]];

/** A repository with two commits, a staged change, and a program that leaves a trace. */
async function hostile(): Promise<{ repository: Repository; program: string; trace: string }> {
	const repository = await Repository.create(start);
	repository.write(`# two\n${start}`);
	repository.commit("two");
	repository.write(`# three\n${start}`);
	repository.git("add", "--all");
	const trace = join(repository.cwd, ".git", "trace");
	const program = join(repository.cwd, ".git", "program");
	const script = `#!/bin/sh\necho "$0 $*" >> '${trace}'\nenv >> '${trace}'\nexit 1\n`;
	repository.writeOther(".git/program", script, 0o755);
	return { repository, program, trace };
}

async function look(repository: Repository): Promise<void> {
	for (const args of LOOKS) {
		const child = Bun.spawn([PPROTECT, ...args, "--file", repository.file], {
			cwd: repository.cwd,
			env: { ...ENVIRONMENT, HOME: repository.cwd },
			stdout: "ignore",
			stderr: "ignore",
		});
		await child.exited;
	}
}

describe("git runs no program that a repository names", () => {
	test.each([
		["a watcher of files", ["core.fsmonitor"]],
		["an external diff", ["diff.external"]],
		["a pager", ["core.pager"]],
		["an editor and a signature's reader", ["core.editor", "gpg.program"]],
	])("%s", async (_, keys) => {
		const { repository, program, trace } = await hostile();
		for (const key of keys) repository.git("config", key, program);
		repository.git("config", "log.showSignature", "true");
		await look(repository);
		expect(existsSync(trace)).toBe(false);
	});

	test("a driver of .gitattributes: textconv, diff, filter, in files beside it too", async () => {
		const { repository, program, trace } = await hostile();
		repository.writeOther(".gitattributes", "* diff=evil filter=evil merge=evil\n");
		repository.writeOther("other.txt", `P${"0".repeat(64)}P\n`);
		repository.git("add", "--all");
		for (const key of ["diff.evil.textconv", "diff.evil.command", "merge.evil.driver"]) {
			repository.git("config", key, program);
		}
		for (const key of ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process"]) {
			repository.git("config", key, program);
		}
		await look(repository);
		expect(existsSync(trace)).toBe(false);
	});

	test("a filter for a file that was moved, and is not as git remembers it", async () => {
		const { repository, program, trace } = await hostile();
		repository.writeOther(".gitattributes", "* filter=evil\n");
		repository.commit("three");
		repository.git("mv", "protected.yaml", "moved.yaml");
		repository.writeOther("moved.yaml", `# four\n${start}`);
		repository.git("config", "filter.evil.clean", program);
		await look(repository);
		await look(repository.at(repository.cwd, "moved.yaml"));
		expect(existsSync(trace)).toBe(false);
		// Without our care, git does run it: the trap is a real one.
		repository.tryGit("diff", "--name-status", "--find-renames", "HEAD");
		expect(existsSync(trace)).toBe(true);
	});

	test("hooks, and names of git's commands", async () => {
		const { repository, program, trace } = await hostile();
		repository.writeOther(".git/evil/post-index-change", readFileSync(program, "utf8"), 0o755);
		repository.writeOther(".git/evil/reference-transaction", readFileSync(program, "utf8"), 0o755);
		repository.git("config", "core.hooksPath", join(repository.cwd, ".git", "evil"));
		rmSync(trace, { force: true });
		for (const name of ["cat-file", "rev-parse", "diff", "rev-list"]) {
			repository.git("config", `alias.${name}`, `!${program}`);
		}
		await look(repository);
		expect(existsSync(trace)).toBe(false);
	});

	test.each([
		["a remote helper", (program: string) => [["remote.origin.url", `ext::${program}`]]],
		[
			"a shell's command for ssh",
			(program: string) => [
				["remote.origin.url", "ssh://nowhere/x"],
				["core.sshCommand", program],
			],
		],
		[
			"a program at the other end",
			(program: string) => [
				["remote.origin.url", ".."],
				["remote.origin.uploadpack", program],
			],
		],
		[
			"a proxy",
			(program: string) => [
				["remote.origin.url", "git://nowhere/x"],
				["core.gitProxy", program],
			],
		],
	])("to fetch what a partial clone lacks: %s", async (_, settings) => {
		const { repository, program, trace } = await hostile();
		for (const revision of ["HEAD", "HEAD^"]) {
			const blob = repository.git("rev-parse", `${revision}:protected.yaml`).trim();
			rmSync(join(repository.cwd, ".git", "objects", blob.slice(0, 2), blob.slice(2)));
		}
		const common = [
			["core.repositoryformatversion", "1"],
			["extensions.partialClone", "origin"],
			["remote.origin.promisor", "true"],
			["protocol.allow", "always"],
			["protocol.ext.allow", "always"],
		];
		for (const [key = "", value = ""] of [...common, ...settings(program)]) {
			repository.git("config", key, value);
		}
		// Without our care, git does run it: the trap is a real one.
		repository.tryGit("cat-file", "-p", "HEAD:protected.yaml");
		expect(existsSync(trace)).toBe(true);
		rmSync(trace);
		await look(repository);
		expect(existsSync(trace)).toBe(false);
	});
});

test("git's environment holds no credentials, whatever their prefix", async () => {
	const { repository, trace } = await hostile();
	repository.writeOther(
		"bin/git",
		`#!/bin/sh\nenv >> '${trace}'\nPATH=/usr/local/bin:/usr/bin:/bin exec git "$@"\n`,
		0o755,
	);
	const env = {
		PATH: `${join(repository.cwd, "bin")}:${ENVIRONMENT.PATH}`,
		PPROTECT_USER: "user-1",
		PPROTECT_PASSPHRASE: "passphrase-1",
		MYAPP_USER: "user-2",
		MYAPP_PASSPHRASE: "passphrase-2",
		PPROTECT_PASSPHRASE_COMMAND: "command-3",
	};
	await repository.pprotect(["check", "--env-prefix", "MYAPP", "--quiet"], { env });
	const seen = readFileSync(trace, "utf8");
	expect(seen).toContain("GIT_CONFIG_GLOBAL=");
	expect(seen).not.toMatch(/(?:user|passphrase|command)-\d/);
});
