/** Merges by real Git whose common ancestor is not what both sides share. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	const place = ["add-secret", "prod", "shared", "--value-file", "-"];
	await pprotect(place, { cwd: team.cwd, input: "at the start" });
	start = readFileSync(join(team.cwd, "protected.yaml"), "utf8");
});

async function setUp(file?: string): Promise<Repository> {
	const repository = await Repository.create(start, file);
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	return repository;
}

const addBob = (repository: Repository) =>
	repository.pprotect(["add-owner", "prod", team.bob.user], { env: team.alice.env });
const removeBob = (repository: Repository) =>
	repository.pprotect(["rm-owner", "prod", team.bob.user]);

const REMOVED =
	/^pprotect: conflict: protected\.yaml: ours removed owner bob@example\.com of prod, and theirs has the entry from before that\npprotect: hint: take ours at every mark of bob@example\.com, so that what was removed stays removed\n/m;

/** Expects a conflict that says so, with one mark; takes the side that is to be taken. */
function expectRemoval(
	repository: Repository,
	{ exitCode, output }: { exitCode: number; output: string },
) {
	expect(exitCode).not.toBe(0);
	expect(output).toMatch(REMOVED);
	const text = repository.read();
	expect(text.match(/^<{7} /gm)).toHaveLength(1);
	repository.write(text.replace(/^<{7} .*\n((?:.*\n)*?)={7}\n(?:.*\n)*?>{7} .*\n/gm, "$1"));
	repository.git("add", "--all");
	expect(repository.read()).not.toMatch(/^ {6}bob@example\.com: /m);
}

test("an owner who was removed after a squash does not come back with the branch", async () => {
	const repository = await setUp();
	repository.git("switch", "--quiet", "--create", "feature");
	await addBob(repository);
	repository.commit("add bob");
	repository.git("switch", "--quiet", "main");
	repository.git("merge", "--quiet", "--squash", "feature");
	repository.commit("squashed");
	await removeBob(repository);
	repository.commit("remove bob");
	repository.git("switch", "--quiet", "feature");
	await repository.secret("add-secret", "dev", "later");
	repository.commit("later");

	repository.git("switch", "--quiet", "--create", "merged", "main");
	expectRemoval(repository, repository.tryGit("merge", "--no-edit", "feature"));
	repository.git("commit", "--quiet", "--no-edit");
	await repository.pprotect(["check", "--quiet"]);
	expect(repository.tryGit("merge", "--no-edit", "feature").exitCode).toBe(0);

	repository.git("switch", "--quiet", "--create", "rebased", "feature");
	// Git leaves out the commit that the squash has: the next one comes after it.
	repository.git("rebase", "--quiet", "main");
	expect(repository.read()).not.toMatch(/^ {6}bob@example\.com: /m);

	repository.git("switch", "--quiet", "--create", "squashed", "main");
	expectRemoval(repository, repository.tryGit("merge", "--squash", "feature"));
});

test("an owner whom both sides got with a cherry-pick stays removed", async () => {
	const repository = await setUp();
	repository.git("switch", "--quiet", "--create", "feature");
	await addBob(repository);
	repository.commit("add bob");
	repository.git("switch", "--quiet", "main");
	await repository.secret("add-secret", "dev", "other");
	repository.commit("other");
	repository.git("cherry-pick", "feature");
	await removeBob(repository);
	repository.commit("remove bob");
	expectRemoval(repository, repository.tryGit("merge", "--no-edit", "feature"));
});

test("a revert of a removal brings back what it reverts", async () => {
	const repository = await setUp();
	await addBob(repository);
	repository.commit("add bob");
	await removeBob(repository);
	repository.commit("remove bob");
	await repository.secret("add-secret", "dev", "later");
	repository.commit("later");
	repository.git("revert", "--no-edit", "HEAD~1");
	expect(repository.read()).toMatch(/^ {6}bob@example\.com: /m);
});

test("a removal that one side of a criss-cross undid, and the other did not, is settled once", async () => {
	const repository = await setUp();
	await addBob(repository);
	repository.commit("add bob");
	repository.git("branch", "feature");
	await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
	repository.commit("rotate");
	repository.git("switch", "--quiet", "feature");
	await removeBob(repository);
	repository.commit("remove bob");
	const [ours, theirs] = ["main", "feature"].map((name) =>
		repository.git("rev-parse", name).trim(),
	);
	const takeRemoval = async (name: string, side: 1 | 2) => {
		const marks = /^<{7} .*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} .*\n/gm;
		repository.write(repository.read().replace(marks, `$${side}`));
		await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
		repository.commit(name);
	};
	expect(repository.tryGit("merge", ours ?? "").exitCode).toBe(1);
	await takeRemoval("merged", 1);
	repository.git("switch", "--quiet", "main");
	expect(repository.tryGit("merge", theirs ?? "").exitCode).toBe(1);
	await takeRemoval("merged too", 2);
	const { output } = repository.tryGit("merge", "feature");
	// Both rotated again: that is the conflict, and neither side has bob.
	expect(output).toContain("both rotated the key of prod");
	expect(repository.read()).not.toMatch(/^ {6}bob@example\.com: /m);
});

test("rerere replays a resolution, as it does without the driver", async () => {
	const repository = await setUp();
	repository.git("config", "rerere.enabled", "true");
	repository.git("branch", "feature");
	await repository.secret("update-secret", "prod", "shared", "ours");
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await repository.secret("update-secret", "prod", "shared", "theirs");
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	const marks = /^<{7} .*\n((?:.*\n)*?)={7}\n(?:.*\n)*?>{7} .*\n/gm;
	const resolved = repository.read().replace(marks, "$1");
	repository.write(resolved);
	repository.commit("merged");
	repository.git("reset", "--quiet", "--hard", "HEAD~1");
	const { output } = repository.tryGit("merge", "feature");
	expect(output).toContain("Resolved 'protected.yaml' using previous resolution.");
	expect(output).not.toContain("pprotect: error: protected.yaml (");
	expect(repository.read()).toBe(resolved);
});

test("hints name the file, as it is called from where Git was", async () => {
	const repository = await setUp("svc/a b/protected.yaml");
	repository.git("branch", "feature");
	await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
	repository.commit("rotate");
	repository.git("switch", "--quiet", "feature");
	await repository.secret("add-secret", "prod", "new");
	repository.commit("new");
	repository.git("switch", "--quiet", "main");
	const fromTop = repository.tryGit("merge", "feature").output;
	expect(fromTop).toContain("conflict: svc/a b/protected.yaml: ours rotated the key of prod");
	expect(fromTop).toContain("pprotect add-secret prod new --file 'svc/a b/protected.yaml'\n");
	expect(fromTop).toContain("pprotect check --file 'svc/a b/protected.yaml', then git add");
	repository.git("merge", "--abort");
	const inside = repository.at(join(repository.cwd, "svc"));
	expect(inside.tryGit("merge", "feature").output).toContain(
		"pprotect add-secret prod new --file 'a b/protected.yaml'\n",
	);
	inside.git("merge", "--abort");
	const beside = repository.at(join(repository.cwd, "svc/a b"));
	expect(beside.tryGit("merge", "feature").output).toContain("pprotect add-secret prod new\n");
});
