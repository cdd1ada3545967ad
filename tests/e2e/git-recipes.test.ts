/** The recipes of docs/git.md for tools other than `git merge`. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { PPROTECT, scratchFolder } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const PAGE = readFileSync(join(ROOT, "docs", "git.md"), "utf8");

let start: string;
let environment: Record<string, string>;

beforeAll(async () => {
	const { cwd } = await createTeam();
	start = readFileSync(join(cwd, "protected.yaml"), "utf8");
	const bin = scratchFolder();
	symlinkSync(PPROTECT, join(bin, "pprotect"));
	environment = { ...ENVIRONMENT, PATH: `${bin}:${ENVIRONMENT.PATH}` };
});

/** Runs a line as a shell does that finds pprotect. */
function shell(cwd: string, script: string): { exitCode: number; output: string } {
	const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-eu", "-c", script], {
		cwd,
		env: { HOME: cwd, ...environment },
		stderr: "pipe",
	});
	return { exitCode, output: `${stdout}${stderr}` };
}

/** Two branches with a secret each, without the driver. */
async function diverged(hasAttributes = false): Promise<Repository> {
	const repository = await Repository.create(start);
	if (hasAttributes) {
		repository.writeOther(".gitattributes", "protected.yaml merge=pprotect diff=pprotect\n");
		repository.commit("attributes");
		// The note about the driver that is missing here is of no interest.
		repository.git("config", "merge.pprotect.driver", "false");
	}
	repository.git("branch", "feature");
	await repository.secret("add-secret", "prod", "ours");
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await repository.secret("add-secret", "dev", "theirs");
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	return repository;
}

const secretsIn = (text: string) => text.match(/secret-\w+(?=: )/g);

test("git mergetool", async () => {
	const repository = await diverged();
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	const [row = ""] = /^\| `git mergetool` \|.*$/m.exec(PAGE) ?? [];
	const lines = [...row.matchAll(/`(git [^`]+)`/g)].map(([, line]) => line).slice(1);
	expect(lines).toHaveLength(3);
	const { exitCode, output } = shell(repository.cwd, lines.join("\n"));
	expect(output).not.toContain("pprotect: error");
	expect(exitCode).toBe(0);
	expect(repository.read()).not.toContain("<<<<<<<");
	expect(secretsIn(repository.read())).toEqual(["secret-theirs", "secret-ours"]);
});

test("a bare repository, where git merge-tree merges with the driver", async () => {
	const repository = await diverged();
	const bare = join(scratchFolder(), "bare.git");
	repository.git("clone", "--quiet", "--bare", repository.cwd, bare);
	const home = scratchFolder();
	const config = join(home, ".gitconfig");
	const script = [
		`export HOME='${home}' GIT_CONFIG_GLOBAL='${config}'`,
		"pprotect git-setup --global >/dev/null",
		"mkdir -p info",
		"echo 'protected.yaml merge=pprotect diff=pprotect' > info/attributes",
		'tree=$(git merge-tree --write-tree main feature) || { echo "$tree"; exit 1; }',
		'git cat-file blob "$tree:protected.yaml"',
	].join("\n");
	const { exitCode, output } = shell(bare, script);
	expect(exitCode, output).toBe(0);
	expect(secretsIn(output)).toEqual(["secret-theirs", "secret-ours"]);
});

test("the job on a site that merges the target branch and pushes", async () => {
	const repository = await diverged(true);
	const origin = join(scratchFolder(), "origin.git");
	repository.git("clone", "--quiet", "--bare", repository.cwd, origin);
	const clone = join(scratchFolder(), "clone");
	repository.git("clone", "--quiet", "--branch", "feature", origin, clone);
	const [, job = ""] = /run: \|\n((?: {10}.*\n)+)/.exec(PAGE) ?? [];
	expect(job).toContain("git push");
	const { exitCode, output } = shell(
		clone,
		`export TARGET=main HOME='${origin}' GIT_CONFIG_GLOBAL='${join(origin, "global")}'\n${job}`,
	);
	expect(exitCode, output).toBe(0);
	const pushed = repository.git("-C", origin, "show", "--no-textconv", "feature:protected.yaml");
	expect(secretsIn(pushed)).toEqual(["secret-theirs", "secret-ours"]);
});

test("the same job on GitLab", async () => {
	const repository = await diverged(true);
	const origin = join(scratchFolder(), "origin.git");
	repository.git("clone", "--quiet", "--bare", repository.cwd, origin);
	const clone = join(scratchFolder(), "clone");
	repository.git("clone", "--quiet", origin, clone);
	const [, script = ""] = /^ {2}script:\n((?: {4}- .*\n)+)/m.exec(PAGE) ?? [];
	expect(script).toContain("git push");
	const config = join(origin, "global");
	writeFileSync(config, `[url "${origin}"]\n\tinsteadOf = https://bot:token@host/team/app.git\n`);
	const { exitCode, output } = shell(
		clone,
		`export HOME='${origin}' GIT_CONFIG_GLOBAL='${config}' PUSH_TOKEN=token CI_SERVER_HOST=host CI_PROJECT_PATH=team/app
		export CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
		${script.replace(/^ {4}- /gm, "")}`,
	);
	expect(exitCode, output).toBe(0);
	const pushed = repository.git("-C", origin, "show", "--no-textconv", "feature:protected.yaml");
	expect(secretsIn(pushed)).toEqual(["secret-theirs", "secret-ours"]);
});

const HG = Bun.which("hg");

test.skipIf(!HG)(`Mercurial${HG ? "" : " (needs hg)"}`, () => {
	const [row = ""] = /^\| Mercurial \|.*$/m.exec(PAGE) ?? [];
	const lines = [...row.matchAll(/`([^`]+)`/g)].map(([, line]) => line).slice(1);
	const cwd = scratchFolder();
	const hg = (...args: readonly string[]) => shell(cwd, `hg ${args.join(" ")}`);
	const commit = (message: string) =>
		expect(hg("commit", "--user", "ann", "--addremove", "--message", message).exitCode).toBe(0);
	const add = (domain: string, name: string) =>
		expect(
			shell(cwd, `echo 1 | pprotect add-secret ${domain} ${name} --value-file -`).exitCode,
		).toBe(0);
	expect(hg("init").exitCode).toBe(0);
	writeFileSync(join(cwd, ".hg", "hgrc"), `${lines.join("\n")}\n`);
	writeFileSync(join(cwd, "protected.yaml"), start);
	commit("start");
	add("prod", "ours");
	commit("ours");
	expect(hg("update", "--rev", "0").exitCode).toBe(0);
	add("dev", "theirs");
	commit("theirs");
	const { exitCode, output } = hg("merge");
	expect(exitCode, output).toBe(0);
	const text = readFileSync(join(cwd, "protected.yaml"), "utf8");
	expect(secretsIn(text)).toEqual(["secret-theirs", "secret-ours"]);
	expect(text).not.toMatch(/^<{7}/m);
});

test("a merge of three branches at once, which Git makes without the driver, is refused", async () => {
	const repository = await diverged();
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	repository.git("switch", "--quiet", "--create", "third", "main~1");
	await repository.secret("add-secret", "dev", "third");
	repository.commit("third");
	repository.git("switch", "--quiet", "main");
	const before = repository.read();
	expect(repository.tryGit("merge", "--no-edit", "feature", "third").exitCode).not.toBe(0);
	repository.git("reset", "--quiet", "--hard");
	expect(repository.read()).toBe(before);
	for (const branch of ["feature", "third"]) repository.git("merge", "--no-edit", branch);
	expect(secretsIn(repository.read())).toEqual(["secret-theirs", "secret-third", "secret-ours"]);
});
