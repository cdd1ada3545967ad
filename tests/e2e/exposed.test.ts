/** Who may still know what, in real repositories: what the log alone does not tell. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT } from "../support/git-repository.ts";
import { pprotect, type RunOptions, scratchFolder } from "../support/pprotect.ts";
import { addMember, createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

const BOB = "bob@example.com";
const finding = { exitCode: 1, isFinding: true } as const;

interface Repo extends Team {
	git(...args: readonly string[]): string;
	run(args: readonly string[], options?: Partial<RunOptions>): ReturnType<typeof pprotect>;
	set(command: "add-secret" | "update-secret", domain: string, name: string): Promise<void>;
	commit(): void;
	/** What is said of everybody, by person and domain. */
	exposed(...args: readonly string[]): Promise<Record<string, unknown>>;
}

let lastValue = 0;

/** alice and bob own prod and dev, each with a secret `token`; all is committed. */
async function repository(): Promise<Repo> {
	const team = await createTeam();
	const repo = inFolder(team);
	repo.git("init", "--quiet", "--initial-branch=main");
	writeFileSync(join(team.cwd, ".gitignore"), "*.key\n");
	for (const domain of ["prod", "dev"]) {
		await repo.run(["add-owner", domain, BOB]);
		await repo.set("add-secret", domain, "token");
	}
	repo.commit();
	return repo;
}

function inFolder(team: Team): Repo {
	const { cwd } = team;
	const git = (...args: readonly string[]) => {
		const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], {
			cwd,
			env: { ...ENVIRONMENT, HOME: cwd },
		});
		expect(exitCode, `git ${args.join(" ")}\n${stderr}`).toBe(0);
		return stdout.toString().trim();
	};
	const run = (args: readonly string[], options: Partial<RunOptions> = {}) =>
		pprotect(args, { cwd, ...options, env: { ...ENVIRONMENT, ...team.alice.env, ...options.env } });
	return {
		...team,
		git,
		run,
		set: async (command, domain, name) => {
			await run([command, domain, name, "--value-file", "-"], { input: `value ${++lastValue}` });
		},
		commit: () => {
			git("add", "--all");
			git("commit", "--quiet", "--message", "change");
		},
		exposed: async (...args) => {
			const { stdout } = await run(["list-exposed", "--json", ...args], { notices: /^/ });
			const all: {
				domain: string;
				formerOwners: {
					name: string;
					holdsKey: boolean;
					mayKnow: string[];
					earlierCustodian?: boolean;
				}[];
			}[] = JSON.parse(stdout);
			return Object.fromEntries(
				all.flatMap(({ domain, formerOwners }) =>
					formerOwners.map(({ name, holdsKey, mayKnow, earlierCustodian }) => [
						`${name} ${domain}${earlierCustodian ? " earlier" : ""}`,
						holdsKey ? "key" : mayKnow,
					]),
				),
			);
		},
	};
}

describe("list-exposed knows", () => {
	test("of a custodian who was removed, where another has the name since", async () => {
		const repo = await repository();
		await repo.run(["offboard", BOB]);
		repo.commit();
		const again = { cwd: repo.cwd, env: { ...ENVIRONMENT } };
		const key = ["--key-type", "raw", "--save-passphrase", "again.key"];
		await pprotect(["add-key-custodian", "--user", BOB, ...key], again);
		await repo.run(["add-owner", "dev", BOB]);
		expect(await repo.exposed()).toEqual({
			[`${BOB} dev earlier`]: ["token"],
			[`${BOB} prod earlier`]: ["token"],
		});
		// The log alone, without Git, tells the same.
		const alone = scratchFolder();
		cpSync(join(repo.cwd, "protected.yaml"), join(alone, "protected.yaml"));
		expect(await inFolder({ ...repo, cwd: alone }).exposed()).toEqual({
			[`${BOB} dev earlier`]: ["token"],
			[`${BOB} prod earlier`]: ["token"],
		});
		await repo.run(["list-exposed", "--exit-code"], finding);
	});

	test("that a value set again after a conflict may be the one of the branch", async () => {
		const repo = await repository();
		repo.git("switch", "--quiet", "--create", "feature");
		await repo.set("add-secret", "dev", "new-key");
		repo.commit();
		repo.git("switch", "--quiet", "main");
		await repo.run(["offboard", BOB]);
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		// As a rebase with that conflict ends: main's file, and the secret set again.
		await repo.set("add-secret", "dev", "new-key");
		repo.commit();
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: ["new-key"] });
		// As a merge does.
		const merged = readFileSync(join(repo.cwd, "protected.yaml"));
		repo.git("reset", "--quiet", "--hard", "HEAD~1");
		repo.git("merge", "--quiet", "--strategy=ours", "--no-commit", "feature");
		writeFileSync(join(repo.cwd, "protected.yaml"), merged);
		repo.commit();
		repo.git("branch", "--quiet", "-D", "feature");
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: ["new-key"] });
		await repo.set("update-secret", "dev", "new-key");
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: [] });
	});

	test("that a revert puts back a value, sealed to another key", async () => {
		const repo = await repository();
		await repo.run(["git-setup"]);
		await repo.run(["offboard", BOB]);
		repo.commit();
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		await repo.run(["rotate-domain-keys", "dev"]);
		repo.commit();
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: [] });
		expect(() => repo.git("revert", "--no-edit", "HEAD~1")).toThrow();
		await repo.run(["resolve", "--yes"], { notices: /^/ });
		const known = { [`${BOB} dev`]: ["token"] };
		expect(await repo.exposed()).toMatchObject(known);
		repo.git("commit", "--quiet", "--all", "--no-edit");
		expect(await repo.exposed()).toMatchObject(known);
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: [] });
	});

	test("that a commit that is picked again puts back its value", async () => {
		const repo = await repository();
		await repo.run(["git-setup"]);
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		// A pick keeps the author's time, which tells it where another second has come since.
		repo.git("commit", "--quiet", "--amend", "--no-edit", "--date=2026-01-01T00:00:00Z");
		const old = repo.git("rev-parse", "HEAD");
		await repo.run(["offboard", BOB]);
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: [] });
		expect(() => repo.git("cherry-pick", old)).toThrow();
		await repo.run(["resolve", "--yes"], { notices: /^/ });
		repo.git("commit", "--quiet", "--all", "--no-edit");
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: ["token"] });
	});

	test("who was given the key on a branch, whatever the log's order", async () => {
		const repo = await repository();
		repo.git("switch", "--quiet", "--create", "out");
		await repo.run(["rm-owner", "dev", BOB]);
		repo.commit();
		repo.git("switch", "--quiet", "main");
		await repo.run(["rotate-domain-keys", "dev"]);
		repo.commit();
		await repo.run(["rm-owner", "dev", BOB]);
		repo.git("merge", "--quiet", "--strategy=ours", "--no-commit", "out");
		repo.commit();
		expect(await repo.exposed()).toMatchObject({ [`${BOB} dev`]: "key" });
	});

	test("who was an owner on a branch that was never merged", async () => {
		const repo = await repository();
		const dora = await addMember(repo.cwd, "add-key-custodian", "dora@example.com");
		repo.commit();
		repo.git("switch", "--quiet", "--create", "closed");
		await repo.run(["add-owner", "prod", dora.user]);
		repo.commit();
		const commit = repo.git("rev-parse", "HEAD").slice(0, 10);
		repo.git("switch", "--quiet", "main");
		const { stdout } = await repo.run(["list-exposed", "--exit-code"], finding);
		expect(stdout).toBe(
			`prod:\n  dora@example.com: holds the key of prod, not rotated since, as ${commit} shows, and so can read every present value and every one to come: token\n`,
		);
		await repo.run(["rotate-domain-keys", "prod"]);
		expect(await repo.exposed()).toEqual({ "dora@example.com prod": ["token"] });
	});

	test("that a copy and a renamed file are what they were", async () => {
		const repo = await repository();
		await repo.run(["add-domain", "staging"]);
		await repo.run(["offboard", BOB]);
		await repo.set("update-secret", "prod", "token");
		repo.commit();
		await repo.run(["copy-secret", "token", "dev", "prod", "--update"]);
		await repo.run(["copy-secret", "token", "dev", "staging"]);
		const known = {
			[`${BOB} dev`]: ["token"],
			[`${BOB} prod`]: ["token"],
			[`${BOB} staging`]: ["token"],
		};
		expect(await repo.exposed()).toEqual(known);
		repo.commit();
		mkdirSync(join(repo.cwd, "svc"));
		repo.git("mv", "protected.yaml", "svc/protected.yaml");
		repo.commit();
		const moved = ["--file", "svc/protected.yaml"];
		await repo.run(["truncate-audit-log", "--keep", "0", ...moved], {
			notices: /^pprotect: warning/,
		});
		repo.commit();
		expect(await repo.exposed(...moved)).toEqual(known);
		await repo.run(["list-exposed", "--exit-code", ...moved], finding);
	});
});

describe("at least", () => {
	test("is said in a shallow clone and beside a cut log, and fails --exit-code", async () => {
		const repo = await repository();
		const clean = await repo.run(["list-exposed", "--exit-code"], { notices: /^No former owners/ });
		expect(clean.stdout).toBe("");
		await repo.set("update-secret", "dev", "token");
		repo.commit();
		const clone = scratchFolder();
		repo.git("clone", "--quiet", "--depth", "1", `file://${repo.cwd}`, join(clone, "c"));
		const cwd = join(clone, "c");
		const told = { cwd, ...finding, notices: /shallow/ };
		const { stdout } = await repo.run(["list-exposed", "--exit-code"], told);
		expect(stdout).toContain("at least");
		await repo.run(["list-exposed", "--history"], { cwd, exitCode: 1 });
		const alone = scratchFolder();
		cpSync(join(repo.cwd, "protected.yaml"), join(alone, "protected.yaml"));
		const cut = await repo.run(["truncate-audit-log", "--keep", "1"], {
			cwd: alone,
			notices: /list-exposed/,
		});
		expect(cut.stderr).toStartWith("pprotect: warning: ");
		await repo.run(["list-exposed", "--exit-code"], { cwd: alone, ...finding });
	});
});

test("a leaked passphrase opens all that it opened until it was changed", async () => {
	const repo = await repository();
	const now = ["--user", BOB, "--as-of", "now"];
	expect(await repo.exposed(...now)).toEqual({ [`${BOB} dev`]: "key", [`${BOB} prod`]: "key" });
	const { stdout } = await repo.run(["list-exposed", ...now]);
	expect(stdout).toContain("bob@example.com, as of now: holds the key of dev");
	expect((await repo.run(["list-exposed"], { notices: /^No former/ })).stdout).toBe("");
	await repo.run(["list-exposed", "--as-of", "now"], { exitCode: 1 });
	await repo.run(["list-exposed", "--user", BOB, "--as-of", "soon"], { exitCode: 1 });
});

test("several files are looked at together", async () => {
	const repo = await repository();
	mkdirSync(join(repo.cwd, "svc"));
	cpSync(join(repo.cwd, "protected.yaml"), join(repo.cwd, "svc/protected.yaml"));
	await repo.run(["rm-owner", "dev", BOB, "--file", "svc/protected.yaml"]);
	repo.commit();
	const { stdout } = await repo.run(["list-exposed", "--all"]);
	expect(stdout).toStartWith("svc/protected.yaml: dev:\n  bob@example.com, removed");
	const named = await repo.run(["list-exposed", "protected.yaml", "svc/protected.yaml"]);
	expect(named.stdout).toBe(stdout);
	await repo.run(["list-exposed", "--all", "protected.yaml"], { exitCode: 2 });
});

describe("offboard", () => {
	test("says what Git's history still lets them read", async () => {
		const repo = await repository();
		await repo.set("add-secret", "dev", "old");
		repo.commit();
		await repo.run(["rm-secret", "dev", "old"]);
		await repo.set("add-secret", "prod", "unseen");
		const { stdout } = await repo.run(["offboard", BOB]);
		expect(stdout).toContain(
			"values that bob@example.com can still read in Git's history with their old passphrase, older ones included:\n  dev: old, token\n  prod: token\n",
		);
	});

	test("is one plan for every file that Git tracks", async () => {
		const repo = await repository();
		const file = (name: string) => readFileSync(join(repo.cwd, name), "utf8");
		const carol = await addMember(repo.cwd, "init", "carol@example.com", "theirs.yaml");
		mkdirSync(join(repo.cwd, "svc"));
		cpSync(join(repo.cwd, "protected.yaml"), join(repo.cwd, "svc/protected.yaml"));
		mkdirSync(join(repo.cwd, "other"));
		cpSync(join(repo.cwd, "theirs.yaml"), join(repo.cwd, "other/protected.yaml"));
		repo.commit();
		const before = file("svc/protected.yaml");
		const plan = await repo.run(["offboard", BOB, "--all", "--dry-run"]);
		expect(file("svc/protected.yaml")).toBe(before);
		expect(plan.stdout).toMatch(/^protected\.yaml:\n {2}bob@example\.com would be removed/);
		expect(plan.stdout).toContain("svc/protected.yaml:\n  bob@example.com would be removed");
		expect(plan.stdout).not.toContain("other/protected.yaml");
		// Where one file cannot be done, none is.
		const svc = ["--file", "svc/protected.yaml"];
		await repo.run(["rm-owner", "dev", repo.alice.user, ...svc]);
		const failed = await repo.run(["offboard", BOB, "--all"], { exitCode: 1 });
		expect(failed.stderr).toContain("svc/protected.yaml: bob@example.com is the last owner of dev");
		expect(file("protected.yaml")).toContain(`${BOB}:`);
		repo.git("checkout", "--quiet", "svc");
		await repo.run(["offboard", BOB, "protected.yaml", "svc/protected.yaml"]);
		expect(file("svc/protected.yaml")).not.toContain(`${BOB}:`);
		expect(file("protected.yaml")).not.toContain(`${BOB}:`);
		// A file whose domains the acting user does not own is left to its owners.
		const theirs = ["--file", "other/protected.yaml"];
		const bob = ["add-key-custodian", "--user", BOB, "--key-type", "raw"];
		const stranger = { env: { ...ENVIRONMENT, ...carol.env } };
		await repo.run([...bob, "--save-passphrase", "b.key", ...theirs]);
		await repo.run(["add-domain", "own", ...theirs], stranger);
		await repo.run(["add-owner", "own", BOB, ...theirs], stranger);
		const left = await repo.run(["offboard", BOB, "--all"], finding);
		expect(left.stdout).toStartWith(
			"other/protected.yaml:\n  bob@example.com is still a key custodian, and an owner of what is left below\n  own: left for one of carol@example.com, provided that all of them are to own it: pprotect offboard bob@example.com --file other/protected.yaml\n",
		);
	});
});
