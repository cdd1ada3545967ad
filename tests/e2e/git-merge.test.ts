import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam, type Member, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let alice: Member;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	({ alice } = team);
	for (const domain of ["prod", "dev"]) {
		const place = ["add-secret", domain, "shared", "--value-file", "-"];
		await pprotect(place, { cwd: team.cwd, input: "at the start" });
	}
	start = readFileSync(join(team.cwd, "protected.yaml"), "utf8");
});

/** A repository after `git-setup`, with a branch for a colleague. */
async function setUp(file?: string): Promise<Repository> {
	const repository = await Repository.create(start, file);
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	repository.git("branch", "feature");
	return repository;
}

/** Commits what `ours` does on main, and what `theirs` does on the branch. */
async function diverge(
	repository: Repository,
	ours: () => Promise<unknown>,
	theirs: () => Promise<unknown>,
): Promise<void> {
	repository.git("switch", "--quiet", "feature");
	await theirs();
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	await ours();
	repository.commit("ours");
}

/** One secret in each of two domains: today's conflict, at the end of the log. */
async function divergeCleanly(repository: Repository): Promise<void> {
	await diverge(
		repository,
		() => repository.secret("add-secret", "prod", "ours"),
		() => repository.secret("add-secret", "dev", "theirs"),
	);
}

async function valuesOf(repository: Repository, domain: string) {
	const { stdout } = await repository.pprotect(["decrypt-domain", domain], { env: alice.env });
	return JSON.parse(stdout);
}

/** Both sides' secrets are there and open, and the log has each entry once, in order of time. */
async function expectMerged(repository: Repository): Promise<void> {
	expect(await valuesOf(repository, "prod")).toEqual({ ours: "1", shared: "at the start" });
	expect(await valuesOf(repository, "dev")).toEqual({ shared: "at the start", theirs: "1" });
	const log = repository.read().split("audit-log:\n")[1]?.trimEnd().split("\n") ?? [];
	const times = log.map((line) => line.replace(/ -- .*/, ""));
	expect(times).toEqual(times.toSorted());
	const added = log.slice(-2).map((line) => line.replace(/.* -- /, ""));
	expect(added.toSorted()).toEqual(["added secret ours in prod", "added secret theirs in dev"]);
	expect(log).toHaveLength(start.split("\n- ").length - 1 + 2);
}

describe("branches that do not truly conflict", () => {
	test("merge", async () => {
		const repository = await setUp();
		await divergeCleanly(repository);
		repository.git("merge", "--quiet", "feature");
		expect(repository.status()).toEqual([]);
		await expectMerged(repository);
	});

	test("do not merge without the driver", async () => {
		const repository = await Repository.create(start);
		repository.git("branch", "feature");
		await divergeCleanly(repository);
		expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
		expect(repository.read()).toContain("<<<<<<< HEAD\n");
	});

	test("rebase", async () => {
		const repository = await setUp();
		await divergeCleanly(repository);
		repository.git("rebase", "--quiet", "feature");
		await expectMerged(repository);
	});

	test("cherry-pick", async () => {
		const repository = await setUp();
		await divergeCleanly(repository);
		repository.git("cherry-pick", "feature");
		await expectMerged(repository);
	});

	test("revert", async () => {
		const repository = await setUp();
		await repository.secret("add-secret", "dev", "reverted");
		repository.commit("reverted");
		await repository.secret("add-secret", "prod", "ours");
		repository.commit("ours");
		repository.git("revert", "--no-edit", "HEAD~1");
		expect(await valuesOf(repository, "prod")).toEqual({ ours: "1", shared: "at the start" });
		expect(await valuesOf(repository, "dev")).toEqual({ shared: "at the start" });
	});

	test("pop from the stash", async () => {
		const repository = await setUp();
		await repository.secret("add-secret", "dev", "theirs");
		repository.git("stash", "--quiet");
		await repository.secret("add-secret", "prod", "ours");
		repository.commit("ours");
		repository.git("stash", "pop", "--quiet");
		await expectMerged(repository);
	});

	test("merge in a fresh clone after git-setup, without pprotect on PATH", async () => {
		const origin = await setUp();
		await divergeCleanly(origin);
		const clone = origin.at(join(scratchFolder(), "a clone"));
		origin.git("clone", "--quiet", origin.cwd, clone.cwd);
		await clone.pprotect(["git-setup"]);
		expect(clone.status()).toEqual([]);
		clone.git("merge", "--quiet", "origin/feature");
		await expectMerged(clone);
	});

	test("merge in another work tree", async () => {
		const repository = await setUp();
		await divergeCleanly(repository);
		const tree = repository.at(join(scratchFolder(), "work tree"));
		repository.git("worktree", "add", "--quiet", "-b", "third", tree.cwd);
		tree.git("merge", "--quiet", "feature");
		await expectMerged(tree);
	});

	test("merge in a submodule", async () => {
		const library = await setUp();
		await divergeCleanly(library);
		const outer = await Repository.create(start);
		outer.git("submodule", "--quiet", "add", library.cwd, "library");
		const inner = outer.at(join(outer.cwd, "library"));
		await inner.pprotect(["git-setup"]);
		expect(inner.status()).toEqual([]);
		inner.git("merge", "--quiet", "origin/feature");
		await expectMerged(inner);
	});

	test.each(["deploy/our secrets.yaml", "it's/#odd [file]*.yaml", "ünï/!x.yaml"])(
		"merge at the path %s",
		async (file) => {
			const repository = await setUp(file);
			await divergeCleanly(repository);
			repository.git("merge", "--quiet", "feature");
			await expectMerged(repository);
		},
	);

	test("merge a file that the Python tool wrote", async () => {
		const python = readFileSync(join(import.meta.dir, "../vectors/odd-names.yaml"), "utf8");
		const repository = await Repository.create(python);
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		repository.git("branch", "feature");
		await diverge(
			repository,
			() => repository.secret("add-secret", "colon: x", "ours"),
			() => repository.secret("add-secret", "__proto__", "theirs"),
		);
		repository.git("merge", "--quiet", "feature");
		const { stdout } = await repository.pprotect(["diff", "HEAD~2", "HEAD"]);
		expect(stdout).toBe(
			"+ secret theirs in __proto__\n+ secret ours in colon: x\n+ 2 audit log entries\n",
		);
	});

	test("merge a file that both branches added", async () => {
		const repository = await setUp();
		repository.git("switch", "--quiet", "--orphan", "empty");
		repository.git("checkout", "--quiet", "main", "--", ".gitattributes");
		repository.commit("without the file");
		for (const branch of ["main", "feature"]) repository.git("branch", "--force", branch, "empty");
		const add = async (domain: string, name: string) => {
			repository.write(start);
			await repository.secret("add-secret", domain, name);
		};
		await diverge(
			repository,
			() => add("prod", "ours"),
			() => add("dev", "theirs"),
		);
		repository.git("merge", "--quiet", "feature");
		await expectMerged(repository);
	});

	test("merge after a criss-cross, where git has to merge the ancestors first", async () => {
		const repository = await setUp();
		await divergeCleanly(repository);
		const [ours, theirs] = ["main", "feature"].map((name) =>
			repository.git("rev-parse", name).trim(),
		);
		repository.git("merge", "--quiet", "--no-edit", theirs ?? "");
		repository.git("switch", "--quiet", "feature");
		repository.git("merge", "--quiet", "--no-edit", ours ?? "");
		await repository.secret("add-secret", "dev", "later");
		repository.commit("later");
		repository.git("switch", "--quiet", "main");
		await repository.secret("update-secret", "prod", "ours", "2");
		repository.commit("later too");
		repository.git("merge", "--quiet", "--no-edit", "feature");
		expect(await valuesOf(repository, "prod")).toEqual({ ours: "2", shared: "at the start" });
		expect(await valuesOf(repository, "dev")).toMatchObject({ later: "1", theirs: "1" });
	});

	test("give the same file, whichever of three is merged first", async () => {
		const repository = await setUp();
		repository.git("branch", "third");
		await divergeCleanly(repository);
		repository.git("switch", "--quiet", "third");
		await repository.secret("update-secret", "prod", "shared", "3");
		repository.commit("third");
		const results = [];
		for (const order of [
			["feature", "third"],
			["third", "feature"],
		]) {
			repository.git("switch", "--quiet", "--detach", "main");
			for (const branch of order) repository.git("merge", "--quiet", "--no-edit", branch);
			results.push(repository.read());
		}
		expect(results[0]).toBe(results[1] ?? "");
	});
});

describe("what truly conflicts", () => {
	/** Merges, and expects it to stop with these words and marks. */
	function expectConflict(repository: Repository, words: RegExp, marks: number): void {
		const { exitCode, output } = repository.tryGit("merge", "feature");
		expect(exitCode).toBe(1);
		expect(output).toMatch(words);
		expect(output).toContain("CONFLICT (content)");
		expect(repository.status()).toEqual([`UU ${repository.file}`]);
		expect(repository.read().match(/^<{7} /gm)).toHaveLength(marks);
		expect(repository.read().match(/^={7}$/gm)).toHaveLength(marks);
		expect(repository.read().match(/^>{7} /gm)).toHaveLength(marks);
	}

	/** The text with one side taken at every mark. */
	function take(text: string, side: 1 | 2): string {
		return text.replace(/^<{7} .*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} .*\n/gm, `$${side}`);
	}

	test("both changed one secret: one line is marked, and the rest is merged", async () => {
		const repository = await setUp();
		await diverge(
			repository,
			() => repository.secret("update-secret", "prod", "shared", "ours"),
			async () => {
				await repository.secret("update-secret", "prod", "shared", "theirs");
				await repository.secret("add-secret", "dev", "new");
			},
		);
		expectConflict(
			repository,
			/^pprotect: conflict: protected\.yaml: ours and theirs both changed secret shared of prod\npprotect: hint: keep one of the two marked lines\n/m,
			1,
		);
		const { stdout } = await repository.pprotect(["check"], { exitCode: 1, isFinding: true });
		expect(stdout.match(/holds a Git conflict marker/g)).toHaveLength(1);
		await repository.pprotect(["list-domains"], { exitCode: 1 });

		repository.write(take(repository.read(), 2));
		await repository.pprotect(["check"]);
		repository.commit("resolved");
		expect(await valuesOf(repository, "prod")).toEqual({ shared: "theirs" });
		expect(await valuesOf(repository, "dev")).toEqual({ new: "1", shared: "at the start" });
	});

	test("a key rotated while a secret was added: named, and found where the wrong line is kept", async () => {
		const repository = await setUp();
		await diverge(
			repository,
			() => repository.secret("add-secret", "prod", "lost"),
			() => repository.pprotect(["rotate-domain-keys", "prod"], { env: alice.env }),
		);
		expectConflict(
			repository,
			/theirs rotated the key of prod while ours added secret lost of prod.*\npprotect: hint: ask an owner whether they rotated the key; once they say so, take theirs at the mark, then set the value again: pprotect add-secret prod lost\n/,
			1,
		);
		const marked = repository.read();
		repository.write(take(marked, 1));
		const { stdout } = await repository.pprotect(["check"], { exitCode: 1, isFinding: true });
		expect(stdout).toMatch(
			/^protected\.yaml:\d+: secret lost of prod is sealed to an older key of prod, as HEAD shows.*, set it again: pprotect update-secret prod lost$/m,
		);
		await repository.secret("update-secret", "prod", "lost", "2");
		await repository.pprotect(["check"]);
		expect(await valuesOf(repository, "prod")).toEqual({ lost: "2", shared: "at the start" });

		repository.write(take(marked, 2));
		await repository.secret("add-secret", "prod", "lost", "2");
		await repository.pprotect(["check"]);
		expect(await valuesOf(repository, "prod")).toEqual({ lost: "2", shared: "at the start" });
	});

	test("a custodian re-keyed while they were made an owner: another owner adds them again", async () => {
		const repository = await setUp();
		const { bob } = team;
		const newKey = join(scratchFolder(), "new.key");
		await diverge(
			repository,
			() =>
				repository.pprotect(
					[
						"rekey-custodian",
						"--non-interactive",
						"--key-type",
						"raw",
						"--save-passphrase",
						newKey,
					],
					{
						env: bob.env,
					},
				),
			() => repository.pprotect(["add-owner", "prod", bob.user], { env: alice.env }),
		);
		expectConflict(repository, /ours re-keyed custodian bob@example.com while theirs made/, 1);
		repository.write(take(repository.read(), 1));
		await repository.pprotect(["add-owner", "prod", bob.user], { env: alice.env });
		const { stdout } = await repository.pprotect([
			"decrypt-domain",
			"prod",
			"--user",
			bob.user,
			"--passphrase-file",
			newKey,
		]);
		expect(JSON.parse(stdout)).toEqual({ shared: "at the start" });
	});

	test("stops a rebase, which goes on once it is resolved", async () => {
		const repository = await setUp();
		await diverge(
			repository,
			() => repository.secret("update-secret", "prod", "shared", "ours"),
			() => repository.pprotect(["rm-secret", "prod", "shared"]),
		);
		const { exitCode, output } = repository.tryGit("rebase", "feature");
		expect(exitCode).toBe(1);
		expect(output).toContain("ours removed secret shared of prod, which theirs changed");
		repository.write(take(repository.read(), 2));
		repository.git("add", repository.file);
		repository.git("-c", "core.editor=true", "rebase", "--continue");
		expect(await valuesOf(repository, "prod")).toEqual({ shared: "ours" });
	});

	test("between ancestors does not keep a criss-cross from merging", async () => {
		const repository = await setUp();
		await diverge(
			repository,
			() => repository.secret("update-secret", "prod", "shared", "ours"),
			() => repository.secret("update-secret", "prod", "shared", "theirs"),
		);
		const ours = repository.git("rev-parse", "main").trim();
		expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
		repository.write(take(repository.read(), 2));
		repository.commit("merged");
		repository.git("switch", "--quiet", "feature");
		expect(repository.tryGit("merge", ours).exitCode).toBe(1);
		repository.write(take(repository.read(), 1));
		await repository.secret("add-secret", "dev", "new");
		repository.commit("merged too");
		repository.git("switch", "--quiet", "main");
		expect(repository.git("merge", "--no-edit", "feature")).not.toContain("pprotect: ");
		expect(await valuesOf(repository, "prod")).toEqual({ shared: "theirs" });
		expect(await valuesOf(repository, "dev")).toEqual({ new: "1", shared: "at the start" });
	});
});

describe("whatever goes wrong, nothing of either side is lost", () => {
	test("a version that cannot be read is merged as text, and stops", async () => {
		const repository = await setUp();
		await diverge(
			repository,
			() => repository.secret("add-secret", "prod", "ours"),
			async () =>
				repository.write(repository.read().replace("audit-log:", "  broken: [\naudit-log:")),
		);
		const { exitCode, output } = repository.tryGit("merge", "feature");
		expect(exitCode).toBe(1);
		expect(output).toMatch(/^pprotect: error: protected\.yaml \(theirs\):\d+: /m);
		expect(output).toContain("was merged as plain text instead");
		expect(repository.read()).toContain("secret-ours:");
		expect(repository.read()).toContain("broken: [");
		expect(repository.status()).toEqual(["UU protected.yaml"]);
	});

	test("pprotect is gone", async () => {
		const repository = await Repository.create(start);
		const copy = join(scratchFolder(), "its own place", "pprotect");
		mkdirSync(join(copy, ".."));
		copyFileSync(PPROTECT, copy);
		Bun.spawnSync([copy, "git-setup"], { cwd: repository.cwd });
		rmSync(copy);
		repository.commit("set up");
		repository.git("branch", "feature");
		await divergeCleanly(repository);
		const { exitCode, output } = repository.tryGit("merge", "feature");
		expect(exitCode).toBe(1);
		expect(output).toContain(`${copy} is gone, so the file was merged as plain text`);
		expect(repository.read()).toContain("<<<<<<< ours\n");
		expect(repository.git("diff", "HEAD")).toContain("secret-theirs");
	});
});

test("a conflict that git marked by itself is merged by git-setup and git checkout --merge", async () => {
	const repository = await Repository.create(start);
	repository.git("branch", "feature");
	await divergeCleanly(repository);
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	const { stderr } = await repository.pprotect(["list-domains"], { exitCode: 1 });
	expect(stderr).toMatch(/^pprotect: hint: .*pprotect git-setup, then git checkout --merge -- /m);
	await repository.pprotect(["git-setup"]);
	repository.git("checkout", "--merge", "--", "protected.yaml");
	await expectMerged(repository);
});

test("the driver merges three files by hand, and tells what it cannot read", async () => {
	const cwd = scratchFolder();
	const repository = await Repository.create(start);
	for (const name of ["base.yaml", "ours.yaml"]) {
		copyFileSync(join(repository.cwd, "protected.yaml"), join(cwd, name));
	}
	await repository.secret("add-secret", "prod", "theirs");
	const theirs = join(repository.cwd, "protected.yaml");
	await pprotect(["merge-driver", "base.yaml", "ours.yaml", theirs], { cwd });
	expect(readFileSync(join(cwd, "ours.yaml"), "utf8")).toBe(repository.read());
	const { stderr } = await pprotect(["merge-driver", "base.yaml", "ours.yaml", "none.yaml"], {
		cwd,
		exitCode: 2,
	});
	expect(stderr).toContain("none.yaml");
	await pprotect(["merge-driver", "base.yaml"], { cwd, exitCode: 1 });
});
