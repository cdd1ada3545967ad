/** What `check` compares with where the file was a link, was moved, or was gone in between. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import { garbageBox, swapCustodianKey, swapPublicKey, withDomain } from "../support/attacks.ts";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

let team: Team;
/** Alice and bob own prod, which has a secret. */
let start: string;
/** The same with somebody else's key for prod. */
let swapped: string;

beforeAll(async () => {
	team = await createTeam();
	const repository = await Repository.create(
		readFileSync(join(team.cwd, "protected.yaml"), "utf8"),
	);
	await repository.pprotect(["add-owner", "prod", team.bob.user], { env: team.alice.env });
	await repository.secret("add-secret", "prod", "password");
	start = repository.read();
	swapped = swapPublicKey(start, "prod", generateKeyPair());
});

/** A branch `feature` that starts at `main`. */
async function branch(): Promise<Repository> {
	const repository = await Repository.create(start);
	repository.git("switch", "--quiet", "--create", "feature");
	return repository;
}

/** The codes of what `check` finds, warnings too. */
async function codes(
	repository: Repository,
	args: readonly string[],
	exitCode: number,
): Promise<string[]> {
	const { stdout } = await repository.pprotect(["check", "--json", ...args], {
		exitCode,
		isFinding: exitCode === 1,
	});
	const found: { code: string }[] = JSON.parse(stdout);
	return found.map(({ code }) => code);
}

async function expectReplaced(
	repository: Repository,
	...runs: readonly (readonly string[])[]
): Promise<void> {
	for (const args of runs) expect(await codes(repository, args, 1)).toContain("replaced-key");
}

describe("a key that was replaced is found", () => {
	test("behind a link that took the file's place: staged, committed, as diff tells it", async () => {
		const repository = await branch();
		repository.writeOther("docs/notes.yaml", swapped);
		rmSync(join(repository.cwd, "protected.yaml"));
		symlinkSync("docs/notes.yaml", join(repository.cwd, "protected.yaml"));
		repository.git("add", "--all");
		await expectReplaced(repository, [], ["--staged"]);
		repository.commit("link");
		await expectReplaced(repository, [], ["--base", "main"]);
		for (const args of [["main"], ["main...feature"]]) {
			const { stdout } = await repository.pprotect(["diff", ...args]);
			expect(stdout).toMatch(/^! key of prod replaced/);
		}
		repository.writeOther("docs/notes.yaml", `# more\n${swapped}`);
		repository.commit("more");
		await expectReplaced(repository, [], ["--base", "main"]);
	});

	test("in a file that was gone in between", async () => {
		const repository = await branch();
		repository.git("rm", "--quiet", "protected.yaml");
		repository.git("commit", "--quiet", "--message", "gone");
		repository.write(swapped);
		await expectReplaced(repository, []);
		repository.commit("back");
		await expectReplaced(repository, [], ["--base", "main"]);
	});

	test("in a file that was called otherwise in between", async () => {
		const repository = await branch();
		repository.git("mv", "protected.yaml", "other.yaml");
		repository.commit("away");
		repository.writeOther("other.yaml", swapped);
		repository.commit("edit");
		repository.git("mv", "other.yaml", "protected.yaml");
		repository.commit("back");
		await expectReplaced(repository, [], ["--base", "main"]);
	});

	test("in a file that was moved, beside another that it looks more like", async () => {
		const repository = await branch();
		repository.writeOther("decoy.txt", swapped);
		repository.commit("decoy");
		mkdirSync(join(repository.cwd, "deploy"));
		repository.git("rm", "--quiet", "decoy.txt", "protected.yaml");
		const moved = repository.at(repository.cwd, "deploy/protected.yaml");
		moved.write(swapped);
		repository.git("add", "--all");
		await expectReplaced(moved, [], ["--staged"]);
		repository.commit("move");
		await expectReplaced(moved, [], ["--base", "main"]);
		const all = await pprotect(["check", "--all", "--base", "main"], {
			cwd: repository.cwd,
			env: ENVIRONMENT,
			exitCode: 1,
			isFinding: true,
		});
		expect(all.stdout).toContain("the key of prod was replaced");
	});
});

test("an entry that came back beside a key that is not the one it was sealed to", async () => {
	const repository = await branch();
	const rekeyed = swapCustodianKey(start, team.bob.user, generateKeyPair());
	const { user } = team.bob;
	const between = withDomain(rekeyed, "prod", ({ owners }) => ({
		owners: new Map(owners).set(user, garbageBox(32)),
	}));
	repository.write(between);
	repository.commit("re-key");
	repository.write(rekeyed);
	repository.commit("put the entry back");
	expect(await codes(repository, [], 1)).toContain("stale-owner");
	await repository.secret("add-secret", "dev", "extra");
	repository.commit("more");
	expect(await codes(repository, [], 1)).toContain("stale-owner");
});

test("a rotation and a move are no older key, with commits on top", async () => {
	const repository = await branch();
	await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
	repository.commit("rotate");
	await repository.secret("add-secret", "prod", "extra");
	repository.commit("more");
	const usual = await codes(repository, [], 0);
	expect(await codes(repository, ["--base", "main"], 0)).toEqual(usual);
	mkdirSync(join(repository.cwd, "deploy"));
	repository.git("mv", "protected.yaml", "deploy/secrets.yaml");
	repository.commit("move");
	symlinkSync("deploy/secrets.yaml", join(repository.cwd, "protected.yaml"));
	repository.commit("link");
	expect(await codes(repository, ["--base", "main"], 0)).toEqual(usual);
	expect(await codes(repository, [], 0)).toEqual(usual);
});

test("diff says of which secret an old box was", async () => {
	const repository = await branch();
	await repository.secret("add-secret", "prod", "other");
	repository.commit("other");
	const old = /secret-password: (.*)/.exec(start)?.[1] ?? "";
	await repository.secret("update-secret", "prod", "password");
	repository.commit("update");
	repository.write(repository.read().replace(/secret-other: .*/, `secret-other: ${old}`));
	const { stdout } = await repository.pprotect(["diff", "HEAD"]);
	expect(stdout).toMatch(
		/^~ secret other in prod: it holds the box that [0-9a-f]+ has of password in prod/,
	);
});

test("a protected file that a branch adds is told of, since commands take the nearest", async () => {
	const repository = await branch();
	repository.writeOther("app/protected.yaml", swapped);
	repository.commit("another");
	const found = await codes(repository, ["--base", "main"], 0);
	expect(found.filter((code) => code === "new-file")).toHaveLength(1);
	expect(await codes(repository, [], 0)).not.toContain("new-file");
});
