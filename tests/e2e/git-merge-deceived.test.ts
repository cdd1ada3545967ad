/** Merges of branches on which somebody without credentials put a key in the place of another's. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPair, type KeyPair } from "../../src/crypto/x25519.ts";
import { swapCustodianKey, swapPublicKey, withDomain } from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { createTeam, shareProd, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let start: string;
let key: KeyPair;

beforeAll(async () => {
	team = await createTeam();
	start = await shareProd(team, { token: "1" });
	key = generateKeyPair();
});

/** A repository with the attack on the branch `feature`, and something on main, too. */
async function attacked(
	attack: (text: string) => string,
	onMain: (repository: Repository) => Promise<unknown>,
): Promise<Repository> {
	const repository = await Repository.create(start);
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	repository.git("switch", "--quiet", "--create", "feature");
	repository.write(attack(repository.read()));
	repository.commit("attack");
	repository.git("switch", "--quiet", "main");
	await onMain(repository);
	repository.commit("main");
	return repository;
}

/** Text between the markers of a conflict, of ours or of theirs. */
function taken(text: string, side: "ours" | "theirs"): string {
	const kept = side === "ours" ? "$1" : "$2";
	return text.replace(/^<{7} .*\n([\s\S]*?)^={7}\n([\s\S]*?)^>{7} .*\n/gm, kept);
}

const swapped = () => (text: string) => swapPublicKey(text, "prod", key);

describe("a merge stops at a replaced key, and advises to seal nothing", () => {
	const onMain: [string, (repository: Repository) => Promise<unknown>][] = [
		["elsewhere", (repository) => repository.secret("add-secret", "dev", "new")],
		["in the same domain", (repository) => repository.secret("add-secret", "prod", "new")],
		[
			"with a rotation",
			(repository) => repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env }),
		],
		[
			"with an offboarding",
			(repository) => repository.pprotect(["offboard", team.bob.user], { env: team.alice.env }),
		],
	];
	test.each(onMain)("a domain's, while main changed something %s", async (_, change) => {
		const repository = await attacked(swapped(), change);
		const { exitCode, output } = repository.tryGit("merge", "--no-edit", "feature");
		expect(exitCode).toBe(1);
		const said = output.split("\n").filter((line) => line.startsWith("pprotect: "));
		expect(said[0]).toContain("replaced the key of prod, and did not rotate it");
		expect(output).not.toMatch(/pprotect (add|update|rotate|rm)-/);
		repository.write(taken(repository.read(), "ours"));
		const { publicKey } = key;
		expect(repository.read()).not.toContain(Buffer.from(publicKey).toString("base64"));
		await repository.pprotect(["decrypt-domain", "prod"], { env: team.alice.env });
	});

	test("a domain's, with one owner's entry sealed anew to look like a rotation", async () => {
		const attack = (text: string) =>
			withDomain(
				swapPublicKey(text, "prod", key),
				"prod",
				({ owners }) => ({
					owners: new Map(owners).set(team.bob.user, [...owners.values()][0] ?? ""),
				}),
				"2026-11-21T17:50:49Z -- rotated key for domain prod",
			);
		const repository = await attacked(attack, (at) => at.secret("add-secret", "dev", "new"));
		const { exitCode, output } = repository.tryGit("merge", "--no-edit", "feature");
		expect(exitCode).toBe(1);
		expect(output).toContain("replaced the key of prod");
	});

	const withCustodian: [string, (repository: Repository) => Promise<unknown>][] = [
		["changed something else", (repository) => repository.secret("add-secret", "dev", "new")],
		[
			"made them an owner",
			(repository) =>
				repository.pprotect(["add-owner", "dev", team.bob.user], { env: team.alice.env }),
		],
		[
			"offboarded them",
			(repository) => repository.pprotect(["offboard", team.bob.user], { env: team.alice.env }),
		],
	];
	test.each(withCustodian)("a custodian's, while main %s", async (_, change) => {
		const attack = (text: string) => swapCustodianKey(text, team.bob.user, key);
		const repository = await attacked(attack, change);
		const { exitCode, output } = repository.tryGit("merge", "--no-edit", "feature");
		expect(exitCode).toBe(1);
		const said = output.split("\n").filter((line) => line.startsWith("pprotect: "));
		expect(said[0]).toContain(`replaced the key of custodian ${team.bob.user}`);
		expect(output).not.toMatch(/pprotect (add|update|rotate|rm)-/);
		repository.write(taken(repository.read(), "ours"));
		const before = /^ {2}bob@example\.com:\n {4}pwdkm: (.*)$/m.exec(start)?.[1] ?? "";
		const after = /^ {2}bob@example\.com:\n {4}pwdkm: (.*)$/m.exec(repository.read())?.[1];
		expect([undefined, before]).toContain(after);
	});

	test("on our own side, and in a rebase", async () => {
		const repository = await attacked(swapped(), (at) => at.secret("add-secret", "dev", "new"));
		repository.git("switch", "--quiet", "feature");
		const merge = repository.tryGit("merge", "--no-edit", "main");
		expect(merge.output).toContain("replaced the key of prod");
		repository.git("merge", "--abort");
		const rebase = repository.tryGit("rebase", "main");
		expect(rebase.exitCode).not.toBe(0);
		expect(rebase.output).toContain("replaced the key of prod");
	});
});
