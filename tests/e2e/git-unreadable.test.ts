/** A repository that Git cannot read in full hides what was done to the file: that is said. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import { swapCustodianKey } from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { scratchFolder } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

const finding = { exitCode: 1, isFinding: true } as const;

let team: Team;
/** In the last commit somebody has replaced bob's key. */
let attacked: Repository;

beforeAll(async () => {
	team = await createTeam();
	attacked = await Repository.create(readFileSync(join(team.cwd, "protected.yaml"), "utf8"));
	await attacked.secret("add-secret", "prod", "token");
	attacked.commit("honest");
	attacked.write(swapCustodianKey(attacked.read(), team.bob.user, generateKeyPair()));
	attacked.commit("replaced");
	const { stdout } = await attacked.pprotect(["check"], finding);
	expect(stdout).toContain("was replaced");
});

describe("a clone without the older versions", () => {
	let clone: Repository;

	beforeAll(() => {
		const cwd = join(scratchFolder(), "clone");
		attacked.git("config", "uploadpack.allowFilter", "true");
		attacked.git("clone", "--quiet", "--filter=blob:none", `file://${attacked.cwd}`, cwd);
		clone = attacked.at(cwd);
	});

	test("check warns of it, and fails where it is to compare with one", async () => {
		const { stdout } = await clone.pprotect(["check"]);
		expect(stdout).toMatch(/warning: the history .* was not looked at: .*git fetch/);
		await clone.pprotect(["check", "--strict"], finding);
		const { stderr } = await clone.pprotect(["check", "--base", "HEAD^"], { exitCode: 1 });
		expect(stderr).toContain("hint: get what the clone lacks");
	});

	test("diff does not take an older version for none", async () => {
		const { stderr } = await clone.pprotect(["diff", "HEAD^"], { exitCode: 1 });
		expect(stderr).toContain("hint: get what the clone lacks");
	});

	test("list-exposed says that it is at least so", async () => {
		const notices = /pprotect: warning: .*git fetch/;
		const { stdout } = await clone.pprotect(["list-exposed", "--exit-code"], {
			...finding,
			notices,
		});
		expect(stdout).toContain("at least");
		await clone.pprotect(["list-exposed", "--history"], { exitCode: 1 });
	});

	test("adding an owner warns that a replaced key would not be seen", async () => {
		await clone.pprotect(["add-owner", "prod", team.bob.user, "--confirm", "--yes"], {
			env: team.alice.env,
			notices: /^pprotect: warning: whether the key of bob@example.com was replaced is not known/,
		});
		clone.git("checkout", "--quiet", "--", "protected.yaml");
	});

	test("what the hint says brings them", async () => {
		clone.git("fetch", "--quiet", "--refetch", "--no-filter");
		const { stdout } = await clone.pprotect(["check"], finding);
		expect(stdout).toContain("was replaced");
	});
});

test("a repository that Git does not trust is none whose history was looked at", async () => {
	const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
	const { stdout } = await attacked.pprotect(["check"], { env });
	expect(stdout).toMatch(/warning: its history in Git was not looked at: .*ownership/);
	const notices = /pprotect: warning: .*ownership/;
	await attacked.pprotect(["list-exposed", "--exit-code"], { env, ...finding, notices });
});

test("a commit that is lost is no beginning", async () => {
	const copy = attacked.at(join(scratchFolder(), "copy"));
	attacked.git("clone", "--quiet", "--no-hardlinks", attacked.cwd, copy.cwd);
	const id = copy.git("rev-parse", "HEAD^").trim();
	rmSync(join(copy.cwd, ".git", "objects", id.slice(0, 2), id.slice(2)));
	const { stdout } = await copy.pprotect(["check"]);
	expect(stdout).toMatch(/warning: the history .* was not looked at/);
	await copy.pprotect(["list-exposed", "--exit-code"], {
		...finding,
		notices: /pprotect: warning: .*git fsck/,
	});
});
