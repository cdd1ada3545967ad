/** To whom a command seals the key of a domain: it is said, and refused where the key is not theirs. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import { garbageBox, rewritten, swapCustodianKey } from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import {
	addMember,
	createTeam,
	type Member,
	readProtectedText,
	type Team,
} from "../support/team.ts";

setDefaultTimeout(30_000);

const PRINT = "[0-9a-f]{4}(?:-[0-9a-f]{4}){4}";

let team: Team;
let carol: Member;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	const { cwd, alice, bob } = team;
	carol = await addMember(cwd, "add-key-custodian", "carol@example.com");
	for (const domain of ["prod", "dev"])
		await pprotect(["add-owner", domain, bob.user], { cwd, env: alice.env });
	await pprotect(["add-owner", "dev", carol.user], { cwd, env: alice.env });
	start = readProtectedText(cwd);
});

type Attempt = [words: string, command: () => string[]];

/** Each of these seals the key of a domain to bob. */
const toBob: Attempt[] = [
	["rotate-domain-keys", () => ["rotate-domain-keys", "prod"]],
	["add-owner", () => ["add-owner", "prod", team.bob.user]],
	["offboard", () => ["offboard", carol.user]],
];

describe("says on stderr who got the key, with the fingerprint of theirs", () => {
	test("a rotation, a new owner, a migration, an offboarding", async () => {
		const repository = await Repository.create(start);
		const { alice, bob } = team;
		const all = (command: string[], ...lines: string[]) =>
			repository.pprotect(command, {
				env: alice.env,
				notices: new RegExp(`^${lines.map((line) => `pprotect: note: ${line}\n`).join("")}$`),
			});
		const [a, b, c] = [alice.user, bob.user, carol.user].map((name) => `${name} \\(${PRINT}\\)`);
		await all(["rotate-domain-keys", "prod"], `the key of prod was sealed to ${a}, ${b}`);
		await all(["add-owner", "prod", carol.user], `the key of prod was sealed to ${c}`);
		await repository.pprotect(["rm-owner", "prod", carol.user]);
		await all(["migrate-owner", carol.user, "--yes"], `the key of prod was sealed to ${c}`);
		await all(
			["offboard", bob.user],
			`the key of dev was sealed to ${a}, ${c}`,
			`the key of prod was sealed to ${a}, ${c}`,
		);
	});

	test("the fingerprint is the one that add-key-custodian printed", async () => {
		const cwd = scratchFolder();
		await Bun.write(`${cwd}/protected.yaml`, start);
		const key = ["--key-type", "raw", "--save-passphrase", `${cwd}/dan.key`];
		const { stdout } = await pprotect(["add-key-custodian", "--user", "dan@example.com", ...key], {
			cwd,
		});
		const [, print = ""] =
			new RegExp(`^fingerprint of dan@example\\.com: (${PRINT})\n$`).exec(stdout) ?? [];
		expect(print).not.toBe("");
		const { stderr } = await pprotect(["add-owner", "prod", "dan@example.com"], {
			cwd,
			env: team.alice.env,
		});
		expect(stderr).toContain(`dan@example.com (${print})`);
	});
});

describe("stops where git shows that the key was replaced", () => {
	const swap = () => swapCustodianKey(start, team.bob.user, generateKeyPair());

	test.each(toBob)("%s, committed or not, until it is accepted by name", async (_, command) => {
		const repository = await Repository.create(start);
		repository.write(swap());
		for (const commit of [false, true]) {
			if (commit) {
				repository.commit("swapped");
				await repository.secret("add-secret", "dev", "later");
				repository.commit("later");
			}
			const before = repository.read();
			const { stderr } = await repository.pprotect(command(), {
				env: team.alice.env,
				exitCode: 1,
			});
			expect(stderr).toContain(`the key of ${team.bob.user} was replaced in `);
			expect(stderr).toContain(`--accept-key ${team.bob.user}`);
			expect(repository.read()).toBe(before);
		}
		const other = ["--accept-key", carol.user];
		await repository.pprotect([...command(), ...other], { env: team.alice.env, exitCode: 1 });
		const accept = ["--accept-key", team.bob.user];
		await repository.pprotect([...command(), ...accept], { env: team.alice.env });
	});

	test("migrate-owner, to somebody who owned another domain", async () => {
		const repository = await Repository.create(start);
		repository.write(swapCustodianKey(start, carol.user, generateKeyPair()));
		repository.commit("swapped");
		const migrate = ["migrate-owner", carol.user, "--yes"];
		await repository.pprotect(migrate, { env: team.alice.env, exitCode: 1 });
	});

	test("also where the entry that gave it away was made garbage later", async () => {
		const repository = await Repository.create(start);
		repository.write(swap());
		repository.commit("swapped");
		repository.write(
			rewritten(repository.read(), ({ domains }) => ({
				domains: new Map(
					[...domains].map(([name, domain]) => [
						name,
						{ ...domain, owners: new Map(domain.owners).set(team.bob.user, garbageBox(32)) },
					]),
				),
			})),
		);
		repository.commit("covered up");
		const rotate = ["rotate-domain-keys", "prod"];
		const { stderr } = await repository.pprotect(rotate, { env: team.alice.env, exitCode: 1 });
		expect(stderr).toContain("was replaced in ");
	});

	test("and goes on where a custodian changed their key themselves", async () => {
		const repository = await Repository.create(start);
		const { bob, alice } = team;
		const key = ["--key-type", "raw", "--save-passphrase", `${scratchFolder()}/new.key`];
		await repository.pprotect(["rekey-custodian", "--non-interactive", ...key], { env: bob.env });
		repository.commit("re-keyed");
		await repository.pprotect(["rotate-domain-keys", "prod"], { env: alice.env });
	});

	test("an unknown name to accept is an error", async () => {
		const repository = await Repository.create(start);
		const command = ["rotate-domain-keys", "prod", "--accept-key", "none@example.com"];
		await repository.pprotect(command, { env: team.alice.env, exitCode: 1 });
	});
});
