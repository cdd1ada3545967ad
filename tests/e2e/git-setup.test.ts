import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const LINE = "protected.yaml merge=pprotect diff=pprotect\n";

let start: string;

beforeAll(async () => {
	const { cwd, alice } = await createTeam();
	const place = ["add-secret", "prod", "shared", "--value-file", "-"];
	await pprotect(place, { cwd, input: "hunter2", env: alice.env });
	start = readFileSync(join(cwd, "protected.yaml"), "utf8");
});

const fileIn = (repository: Repository, name: string) =>
	readFileSync(join(repository.cwd, name), "utf8");

const configOf = (repository: Repository) => repository.git("config", "--local", "--list");

describe("git-setup", () => {
	test("says what it does, once, and nothing changes the second time", async () => {
		const repository = await Repository.create(start);
		const { stdout } = await pprotect(["git-setup"], { cwd: repository.cwd });
		expect(stdout).toMatch(/^wrote .*\/\.gitattributes\n.*merge\.pprotect\.driver/s);
		expect(stdout).toContain("commit .gitattributes, for the rest of the team\n");
		expect(fileIn(repository, ".gitattributes")).toBe(LINE);
		const config = configOf(repository);
		expect(await pprotect(["git-setup"], { cwd: repository.cwd })).toMatchObject({
			stdout: "nothing to do\n",
		});
		expect(fileIn(repository, ".gitattributes")).toBe(LINE);
		expect(configOf(repository)).toBe(config);
	});

	test("works from a folder below, and for a file of another name", async () => {
		const repository = await Repository.create(start, "deploy/our secrets.yaml");
		await pprotect(["git-setup", "--file", "our secrets.yaml"], {
			cwd: join(repository.cwd, "deploy"),
		});
		expect(fileIn(repository, ".gitattributes")).toBe(
			'"/deploy/our secrets.yaml" merge=pprotect diff=pprotect\n',
		);
		expect(repository.git("check-attr", "merge", "deploy/our secrets.yaml")).toEndWith(
			": pprotect\n",
		);
		await pprotect(["git-setup"], { cwd: join(repository.cwd, "deploy") });
		expect(repository.git("check-attr", "merge", "any/protected.yaml")).toEndWith(": pprotect\n");
	});

	test("keeps what else is in .gitattributes, and --undo restores all of it", async () => {
		const repository = await Repository.create(start);
		const others = "*.png binary\r\n# last, without a newline";
		repository.writeOther(".gitattributes", others);
		const config = configOf(repository);
		await repository.pprotect(["git-setup", "--hook"]);
		expect(fileIn(repository, ".gitattributes")).toBe(`${others}\r\n${LINE.trimEnd()}\r\n`);
		await repository.pprotect(["git-setup", "--undo"]);
		expect(fileIn(repository, ".gitattributes")).toBe(`${others}\r\n`);
		expect(configOf(repository)).toBe(config);
		expect(existsSync(join(repository.cwd, ".git/hooks/pre-commit"))).toBe(false);
		const { stdout } = await repository.pprotect(["git-setup", "--undo"]);
		expect(stdout).toBe("nothing to do\n");
	});

	test("--undo removes a .gitattributes that it made", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		await repository.pprotect(["git-setup", "--undo"]);
		expect(existsSync(join(repository.cwd, ".gitattributes"))).toBe(false);
	});

	test("is refused outside of a work tree, and where there is no git", async () => {
		const cwd = scratchFolder();
		const { stderr } = await pprotect(["git-setup"], { cwd, exitCode: 1 });
		expect(stderr).toContain("is not in a Git work tree");
		const missing = await pprotect(["git-setup"], { cwd, exitCode: 1, env: { PATH: cwd } });
		expect(missing.stderr).toContain("cannot run git");
		await pprotect(["git-setup", "--undo", "--hook"], { cwd, exitCode: 2 });
	});

	test("names a pprotect on PATH by its name there, which outlives an upgrade", async () => {
		const repository = await Repository.create(start);
		const bin = join(scratchFolder(), "bin");
		mkdirSync(bin);
		const link = join(bin, "pprotect");
		copyFileSync(PPROTECT, join(bin, "pprotect-1.2.3"));
		Bun.spawnSync(["ln", "-s", "pprotect-1.2.3", link]);
		const { exitCode } = Bun.spawnSync([link, "git-setup"], {
			cwd: repository.cwd,
			env: { PATH: `${bin}:/usr/bin:/bin` },
		});
		expect(exitCode).toBe(0);
		expect(configOf(repository)).toContain(`merge.pprotect.driver=p='${link}';`);
	});
});

describe("git-setup --global", () => {
	test("serves every clone, which then needs nothing of its own", async () => {
		const home = scratchFolder();
		const env = { ...ENVIRONMENT, HOME: home, GIT_CONFIG_GLOBAL: join(home, ".gitconfig") };
		const { stdout } = await pprotect(["git-setup", "--global"], { cwd: home, env });
		expect(stdout).toContain("set merge.pprotect.driver in your configuration of Git\n");
		const again = await pprotect(["git-setup", "--global"], { cwd: home, env });
		expect(again.stdout).toBe("nothing to do\n");

		const repository = await Repository.create(start);
		repository.writeOther(".gitattributes", LINE);
		repository.commit("attributes");
		const here = await pprotect(["git-setup"], { cwd: repository.cwd, env });
		expect(here.stdout).toBe("nothing to do\n");
		const git = (...args: string[]) =>
			Bun.spawnSync(["git", ...args], { cwd: repository.cwd, env }).exitCode;
		git("switch", "--quiet", "--create", "feature");
		await repository.pprotect(["add-secret", "prod", "theirs", "--value-file", "-"], { env });
		git("commit", "--quiet", "--all", "--message", "theirs");
		git("switch", "--quiet", "main");
		await repository.pprotect(["add-secret", "dev", "ours", "--value-file", "-"], { env });
		git("commit", "--quiet", "--all", "--message", "ours");
		expect(git("merge", "--quiet", "--no-edit", "feature")).toBe(0);

		await pprotect(["git-setup", "--global", "--undo"], { cwd: home, env });
		expect(readFileSync(join(home, ".gitconfig"), "utf8")).not.toContain("pprotect");
		await pprotect(["git-setup", "--global", "--hook"], { cwd: home, env, exitCode: 2 });
	});
});

describe("a clone with the attribute and without the driver", () => {
	const NOTE =
		/^pprotect: note: Git merges protected\.yaml as plain text in this clone until you run: pprotect git-setup \(or once for this machine: pprotect git-setup --global\)\n$/;

	test("is told so, in one line, where the file is changed or checked", async () => {
		const repository = await Repository.create(start);
		repository.writeOther(".gitattributes", LINE);
		const add = ["add-secret", "prod", "new", "--value-file", "-"];
		await repository.pprotect(add, { input: "1", notices: NOTE });
		await repository.pprotect(["check"], { notices: NOTE });
		await repository.pprotect(["list-domains"]);
		await repository.pprotect(["git-setup"]);
		await repository.pprotect(["check"]);
	});

	test("is not, where the attribute is for other files, or there is no Git", async () => {
		const repository = await Repository.create(start);
		repository.writeOther(".gitattributes", `other/${LINE}`);
		await repository.pprotect(["check"]);
		repository.writeOther(".gitattributes", LINE);
		await repository.pprotect(["check"], { env: { PATH: repository.cwd } });
	});
});

test.each([".gitattributes", ".git/hooks/pre-commit"])(
	"a %s that is a symbolic link is not written to",
	async (name) => {
		const repository = await Repository.create(start);
		const target = join(scratchFolder(), "elsewhere");
		writeFileSync(target, "#!/bin/sh\n");
		symlinkSync(target, join(repository.cwd, name));
		const { stderr } = await repository.pprotect(["git-setup", "--hook"], { exitCode: 1 });
		expect(stderr).toContain("is a symbolic link");
		expect(readFileSync(target, "utf8")).toBe("#!/bin/sh\n");
	},
);

test("a path with a percent sign runs the driver", async () => {
	const repository = await Repository.create(start);
	const copy = join(scratchFolder(), "100%A %", "pprotect");
	mkdirSync(join(copy, ".."));
	copyFileSync(PPROTECT, copy);
	Bun.spawnSync([copy, "git-setup"], { cwd: repository.cwd });
	repository.commit("set up");
	repository.git("branch", "feature");
	await repository.secret("add-secret", "prod", "ours");
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await repository.secret("add-secret", "dev", "theirs");
	repository.commit("theirs");
	expect(repository.git("merge", "--no-edit", "main")).not.toContain("pprotect: ");
});

test("git-setup warns where another .gitattributes undoes its line", async () => {
	const repository = await Repository.create(start, "svc/protected.yaml");
	repository.writeOther("svc/.gitattributes", "protected.yaml -merge\n");
	await repository.pprotect(["git-setup"], {
		notices: /^pprotect: warning: another \.gitattributes.*svc\/protected\.yaml/,
	});
});

describe("the hook", () => {
	async function withHook(script?: string): Promise<Repository> {
		const repository = await Repository.create(start);
		if (script !== undefined) repository.writeOther(".git/hooks/pre-commit", script, 0o755);
		await repository.pprotect(["git-setup", "--hook"]);
		repository.commit("set up");
		return repository;
	}

	test("keeps a plaintext, a conflict marker and a damaged file from being committed", async () => {
		const repository = await withHook();
		const typed = start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2");
		const problems: [string, RegExp][] = [
			[typed, /protected\.yaml:\d+: secret shared of prod is no sealed box/],
			[start.replace(/^prod:\n/m, "<<<<<<< HEAD\n$&"), /holds a Git conflict marker/],
			[start.replace(/^ {4}public-key:.*\n/m, ""), /has no public-key/],
		];
		for (const [text, words] of problems) {
			repository.write(text);
			repository.git("add", "--all");
			// What is in the work tree by then does not count.
			repository.write(start);
			const { exitCode, output } = repository.tryGit("commit", "--message", "bad");
			expect(exitCode).toBe(1);
			expect(output).toMatch(words);
			expect(output).not.toContain("hunter2");
		}
		repository.git("add", "--all");
		await repository.secret("add-secret", "prod", "new");
		repository.commit("good");
	});

	test("looks at what git commit --all and git commit FILE are about to stage", async () => {
		const repository = await withHook();
		repository.write(start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2"));
		for (const what of ["--all", "protected.yaml"]) {
			const { exitCode, output } = repository.tryGit("commit", "--message", "bad", what);
			expect(exitCode).toBe(1);
			expect(output).toContain("secret shared of prod is no sealed box");
		}
	});

	test("lets everything else be committed, as it is quick to see that nothing is to check", async () => {
		const repository = await withHook();
		repository.write("secret-x: hunter2\n");
		repository.writeOther("readme", "new\n");
		repository.git("add", "readme");
		repository.git("commit", "--quiet", "--message", "readme");
		repository.git("rm", "--quiet", "--force", "protected.yaml");
		repository.git("commit", "--quiet", "--message", "gone");
	});

	test("comes first in a hook that is there, which then runs as before", async () => {
		const repository = await withHook("#!/bin/sh\necho theirs ran\nexit 0\n");
		const { output } = repository.tryGit("commit", "--allow-empty", "--message", "empty");
		expect(output).toContain("theirs ran");
		repository.write(start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2"));
		repository.git("add", "--all");
		expect(repository.tryGit("commit", "--message", "bad").exitCode).toBe(1);
		await repository.pprotect(["git-setup", "--undo"]);
		expect(fileIn(repository, ".git/hooks/pre-commit")).toBe(
			"#!/bin/sh\necho theirs ran\nexit 0\n",
		);
		expect(statSync(join(repository.cwd, ".git/hooks/pre-commit")).mode & 0o777).toBe(0o755);
	});

	test("is put in once", async () => {
		const repository = await withHook();
		const hook = fileIn(repository, ".git/hooks/pre-commit");
		await repository.pprotect(["git-setup", "--hook"]);
		expect(fileIn(repository, ".git/hooks/pre-commit")).toBe(hook);
	});

	test.each<[string, (repository: Repository) => void, RegExp]>([
		[
			"another language",
			(repository) =>
				repository.writeOther(".git/hooks/pre-commit", "#!/usr/bin/env python3\n", 0o755),
			/is not a shell script\npprotect: hint: add to it yourself: pprotect check --staged --quiet/,
		],
		[
			"hooks that other repositories share",
			(repository) => repository.git("config", "core.hooksPath", scratchFolder()),
			/serve other repositories too/,
		],
	])("is not put into %s", async (_, prepare, words) => {
		const repository = await Repository.create(start);
		prepare(repository);
		const { stderr } = await repository.pprotect(["git-setup", "--hook"], { exitCode: 1 });
		expect(stderr).toMatch(words);
		expect(existsSync(join(repository.cwd, ".gitattributes"))).toBe(false);
	});

	/** Whether a commit of a value in plain text is refused, with pprotect on PATH. */
	function refusesPlaintext(repository: Repository): boolean {
		repository.write(start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2"));
		repository.git("add", "--all");
		const bin = scratchFolder();
		symlinkSync(PPROTECT, join(bin, "pprotect"));
		const { exitCode, stderr, stdout } = Bun.spawnSync(["git", "commit", "--message", "bad"], {
			cwd: repository.cwd,
			env: { ...ENVIRONMENT, PATH: `${bin}:${ENVIRONMENT.PATH}`, HOME: bin },
			stderr: "pipe",
		});
		return exitCode === 1 && `${stdout}${stderr}`.includes("is no sealed box");
	}

	test("goes where core.hooksPath says, if that is in the repository, without a personal path", async () => {
		const repository = await Repository.create(start);
		mkdirSync(join(repository.cwd, ".hooks"));
		repository.git("config", "core.hooksPath", ".hooks");
		await repository.pprotect(["git-setup", "--hook"]);
		const hook = fileIn(repository, ".hooks/pre-commit");
		expect(hook).toContain("pprotect check --staged");
		expect(hook).not.toContain(PPROTECT);
		expect(refusesPlaintext(repository)).toBe(true);
	});

	test.each([
		["no hook", undefined],
		["a hook", "npm test\n"],
	])(
		"goes into .husky/pre-commit where husky makes the hooks, and there is %s",
		async (_, script) => {
			const repository = await Repository.create(start);
			// As husky 9 makes it with each installation.
			const runner = '#!/usr/bin/env sh\nsh -e "$(dirname "$0")/../$(basename "$0")" "$@"\n';
			repository.writeOther(".husky/_/pre-commit", runner, 0o755);
			if (script !== undefined) repository.writeOther(".husky/pre-commit", script);
			repository.git("config", "core.hooksPath", ".husky/_");
			await repository.pprotect(["git-setup", "--hook"]);
			expect(fileIn(repository, ".husky/_/pre-commit")).toBe(runner);
			expect(fileIn(repository, ".husky/pre-commit")).not.toContain(PPROTECT);
			expect(fileIn(repository, ".husky/pre-commit")).toEndWith(script ?? "");
			expect(refusesPlaintext(repository)).toBe(true);
			await repository.pprotect(["git-setup", "--undo"]);
			const path = join(repository.cwd, ".husky/pre-commit");
			expect(existsSync(path) ? readFileSync(path, "utf8") : undefined).toBe(script);
		},
	);

	test.each<[string, string, RegExp]>([
		["lefthook.yml", "pre-push:\n", /lefthook makes .*:\n {2}pre-commit:\n {4}commands:\n/],
		[".pre-commit-config.yaml", "repos: []\n", /pre-commit makes .*:\n {2}- repo: local\n/],
	])(
		"is a matter of %s where there is one: it says which lines to add",
		async (file, text, words) => {
			const repository = await Repository.create(start);
			repository.writeOther(file, text);
			const { stderr } = await repository.pprotect(["git-setup", "--hook"], { exitCode: 1 });
			expect(stderr).toMatch(words);
			expect(stderr).toContain("pprotect check --staged --quiet\n");
			expect(existsSync(join(repository.cwd, ".git/hooks/pre-commit"))).toBe(false);
			expect(existsSync(join(repository.cwd, ".gitattributes"))).toBe(false);
			const lines = stderr.split("\n").filter((line) => line.startsWith("  "));
			repository.writeOther(file, lines.map((line) => `${line.slice(2)}\n`).join(""));
			await repository.pprotect(["git-setup", "--hook"]);
			expect(fileIn(repository, ".gitattributes")).toBe(LINE);
			expect(existsSync(join(repository.cwd, ".git/hooks/pre-commit"))).toBe(false);
		},
	);

	test("warns, and lets the commit be, once pprotect is gone", async () => {
		const repository = await Repository.create(start);
		const copy = join(scratchFolder(), "pprotect");
		copyFileSync(PPROTECT, copy);
		chmodSync(copy, 0o755);
		Bun.spawnSync([copy, "git-setup", "--hook"], { cwd: repository.cwd });
		rmSync(copy);
		repository.git("add", "--all");
		const { exitCode, output } = repository.tryGit("commit", "--message", "set up");
		expect(exitCode).toBe(0);
		expect(output).toContain(`pprotect: warning: ${copy} is gone`);
		await repository.secret("add-secret", "prod", "new");
		expect(repository.git("diff")).toContain("+  secret-new: ");
	});
});
