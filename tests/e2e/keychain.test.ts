/** Passphrases in the system's keychain: a real Secret Service, unlocked, locked, absent and silent. */
import {
	afterAll,
	afterEach,
	beforeAll,
	describe,
	expect,
	setDefaultTimeout,
	test,
} from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, PPROTECT, pprotect } from "../support/pprotect.ts";
import { readPlain } from "../support/protected-file.ts";
import { runInTerminal } from "../support/pty.ts";
import {
	NO_LINUX_KEYCHAIN,
	NO_SECRET_SERVICE,
	type SecretService,
	startSecretService,
	startSilentBus,
} from "../support/secret-service.ts";
import { createTeam, readProtectedText, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

const DECRYPT = ["decrypt-domain", "dev"];
const ASKS = asks("Verify credentials for protected.yaml", "User email: ", "Passphrase: ");

/** A team in a repository whose user is alice. */
async function teamOf(user = "alice@example.com"): Promise<Team> {
	const team = await createTeam();
	for (const args of [
		["init", "--quiet"],
		["config", "user.email", user],
	]) {
		expect(Bun.spawnSync(["git", ...args], { cwd: team.cwd }).exitCode).toBe(0);
	}
	return team;
}

function keyFileOf(user: string): string[] {
	return ["--user", user, "--passphrase-file", `${user}.key`];
}

describe.skipIf(NO_SECRET_SERVICE !== "")(`a Secret Service${NO_SECRET_SERVICE}`, () => {
	let service: SecretService;
	beforeAll(async () => {
		service = await startSecretService();
	});
	afterAll(() => service.stop());
	afterEach(async () => {
		await pprotect(["forget", "--all", "--quiet"], { cwd: "/", env: service.env });
	});

	test("remember once, and Git's user is asked nothing any more", async () => {
		const { cwd } = await teamOf();
		const { env } = service;
		await pprotect(["remember", "--passphrase-file", "alice@example.com.key"], { cwd, env });
		await pprotect(DECRYPT, { cwd, env });
		await pprotect(["exec", "dev", "--", "true"], { cwd, env });
		await pprotect(["add-owner", "dev", "bob@example.com"], { cwd, env });
		expect(service.count()).toBe(1);
	});

	test("remember asks on a terminal, and refuses a wrong passphrase", async () => {
		const { cwd, alice } = await teamOf();
		const env = { PATH: process.env.PATH, HOME: cwd, ...service.env };
		const typed = (answer: string) =>
			runInTerminal([PPROTECT, "remember"], {
				cwd,
				env,
				steps: [{ expect: "Passphrase: ", send: `${answer}\r` }],
			});
		expect((await typed("wrong")).exitCode).toBe(1);
		expect(service.count()).toBe(0);
		const { output, exitCode } = await typed(alice.passphrase);
		expect(exitCode).toBe(0);
		expect(output).toContain("alice@example.com");
		expect(output).not.toContain(alice.passphrase);
		expect(service.count()).toBe(1);
	});

	test("a user who is named, or types their email, needs no passphrase", async () => {
		const { cwd, alice } = await teamOf("nobody@example.com");
		const { env } = service;
		await pprotect(["remember", ...keyFileOf(alice.user)], { cwd, env });
		await pprotect([...DECRYPT, "--user", alice.user], { cwd, env });
		await pprotect(DECRYPT, { cwd, env: { ...env, PPROTECT_USER: alice.user } });
		const { output, exitCode } = await runInTerminal([PPROTECT, ...DECRYPT], {
			cwd,
			env: { PATH: process.env.PATH, HOME: cwd, ...env },
			steps: [{ expect: "User email: ", send: `${alice.user}\r` }],
		});
		expect({ output, exitCode }).toMatchObject({ exitCode: 0 });
		await pprotect(DECRYPT, {
			cwd,
			env,
			input: `${alice.user}\n${alice.passphrase}\n`,
			notices: ASKS,
		});
	});

	test("every other source comes first, and each switch leaves it alone", async () => {
		const { cwd, alice } = await teamOf();
		const { env } = service;
		await pprotect(["remember", "--passphrase-file", "alice@example.com.key"], { cwd, env });
		writeFileSync(join(cwd, "wrong"), "wrong-words", { mode: 0o600 });
		const wrong = { ...env, PPROTECT_PASSPHRASE: "wrong-words" };
		await pprotect([...DECRYPT, "--user", alice.user], { cwd, env: wrong, exitCode: 1 });
		const file = ["--user", alice.user, "--passphrase-file", "wrong"];
		await pprotect([...DECRYPT, ...file], { cwd, env, exitCode: 1 });
		const off = { ...env, PPROTECT_KEYCHAIN: "off" };
		for (const [args, variables] of [
			[["--no-keychain"], env],
			[["--ignore-env"], env],
			[[], off],
		] as const) {
			const input = `${alice.user}\n${alice.passphrase}\n`;
			await pprotect([...DECRYPT, ...args], { cwd, env: variables, input, notices: ASKS });
		}
		await pprotect([...DECRYPT, "--non-interactive"], { cwd, env, exitCode: 1 });
		await pprotect(["remember"], { cwd, env: off, exitCode: 2 });
	});

	test("what it has of another key does not count; what is wrong is named", async () => {
		const { cwd, alice } = await teamOf();
		const { env } = service;
		await pprotect(["remember", "--passphrase-file", "alice@example.com.key"], { cwd, env });
		const other = await teamOf();
		const yaml = withOtherSalt(cwd, alice.user);
		const rekey = ["rekey-custodian", "--key-type", "raw", "--save-passphrase", "new"];
		await pprotect([...rekey, ...keyFileOf(alice.user), "--non-interactive"], {
			cwd,
			env,
			notices: /does not ignore new/,
		});
		const { stderr } = await pprotect(DECRYPT, { cwd, env, exitCode: 1 });
		expect(stderr).toContain("User email");
		// The same public key with another salt: the passphrase of the account no longer opens it.
		writeFileSync(join(other.cwd, "protected.yaml"), yaml);
		const bad = await pprotect(DECRYPT, { cwd: other.cwd, env, exitCode: 1 });
		expect(bad.stderr).toContain("or passphrase (from keychain)");
		expect(bad.stderr).toContain("pprotect remember --user alice@example.com");
		expect(bad.stderr).not.toContain(alice.passphrase);
	});

	test("forget takes out one key, and with --all each that pprotect put there", async () => {
		const { cwd, bob } = await teamOf();
		const { env } = service;
		const second = await teamOf();
		for (const folder of [cwd, second.cwd]) {
			const key = ["--passphrase-file", "alice@example.com.key"];
			await pprotect(["remember", ...key], { cwd: folder, env });
		}
		await pprotect(["remember", ...keyFileOf(bob.user)], { cwd, env });
		await pprotect(["forget"], { cwd, env });
		await pprotect(DECRYPT, { cwd, env, exitCode: 1 });
		await pprotect(["list-user-secrets", "-u", bob.user], { cwd, env, notices: /own/ });
		await pprotect(["forget"], { cwd, env, notices: /no such passphrase/ });
		await pprotect(["forget", "--all"], { cwd: "/", env });
		expect(service.count()).toBe(0);
	});

	test("status says whose passphrase it has", async () => {
		const { cwd, alice } = await teamOf();
		const { env } = service;
		const remembered = async () => {
			const { stdout } = await pprotect(["status", "--json"], { cwd, env });
			const status: unknown = JSON.parse(stdout);
			return status;
		};
		expect(await remembered()).toMatchObject({ remembered: [] });
		expect((await pprotect(["status"], { cwd, env })).stdout).toContain("pprotect remember");
		await pprotect(["remember", ...keyFileOf(alice.user)], { cwd, env });
		expect(await remembered()).toMatchObject({ remembered: [alice.user] });
		const { stdout } = await pprotect(["status"], { cwd, env });
		expect(stdout).toContain(`has the passphrase of ${alice.user}`);
	});

	test("a new key takes the old one's place, or the old one goes", async () => {
		const { cwd, alice } = await teamOf();
		const { env } = service;
		await pprotect(["remember", ...keyFileOf(alice.user)], { cwd, env });
		const renew = (name: string) => [
			...["rekey-custodian", "--key-type", "raw", "--save-passphrase", name, "--user", alice.user],
		];
		await pprotect([...renew("k1"), "--passphrase-file", "alice@example.com.key", "--yes"], {
			cwd,
			env,
			notices: /./,
		});
		await pprotect(DECRYPT, { cwd, env });
		expect(service.count()).toBe(1);
		await pprotect([...renew("k2"), "--passphrase-file", "k1"], {
			cwd,
			env,
			notices: /pprotect remember --user alice@example.com/,
		});
		expect(service.count()).toBe(0);
	});

	test("a removed custodian's passphrase goes, too", async () => {
		const { cwd, alice, bob } = await teamOf();
		const { env } = service;
		await pprotect(["remember", ...keyFileOf(bob.user)], { cwd, env });
		await pprotect(["rm-key-custodian", bob.user], { cwd, env });
		expect(service.count()).toBe(0);
		const second = await teamOf();
		await pprotect(["add-owner", "dev", bob.user], { cwd: second.cwd, env: alice.env });
		await pprotect(["remember", ...keyFileOf(bob.user)], { cwd: second.cwd, env });
		await pprotect(["offboard", bob.user], { cwd: second.cwd, env: { ...env, ...alice.env } });
		expect(service.count()).toBe(0);
	});

	test("commands that have a passphrase do not touch it, nor those that ask nobody", async () => {
		const { cwd, alice } = await teamOf();
		const silent = startSilentBus();
		const env = { ...silent.env, ...alice.env };
		await pprotect(DECRYPT, { cwd, env });
		await pprotect(["exec", "dev", "--", "true"], { cwd, env });
		await pprotect([...DECRYPT, "--non-interactive"], { cwd, env: silent.env, exitCode: 1 });
		silent.stop();
		expect(silent.count()).toBe(0);
	});

	test("locked, it is said by remember and forget; others ask the user", async () => {
		const { cwd, alice } = await teamOf();
		const locked = await startSecretService();
		const { env } = locked;
		await pprotect(["remember", ...keyFileOf(alice.user)], { cwd, env });
		locked.lock();
		const input = `${alice.user}\n${alice.passphrase}\n`;
		await pprotect(DECRYPT, { cwd, env, input, notices: ASKS });
		for (const args of [["remember", ...keyFileOf(alice.user)], ["forget"], ["forget", "--all"]]) {
			const { stderr } = await pprotect(args, { cwd, env, exitCode: 1 });
			expect(stderr).toContain("locked");
			expect(stderr).toContain("unlock the keychain");
		}
		await locked.stop();
	});
});

describe("no keychain", () => {
	const ABSENT: readonly Readonly<Record<string, string>>[] = [
		{},
		{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" },
	];
	test.each(ABSENT)("remember says what to install; others ask: %p", async (env) => {
		const { cwd, alice } = await teamOf();
		const { stderr } = await pprotect(["remember", ...keyFileOf(alice.user)], {
			cwd,
			env,
			exitCode: 1,
		});
		expect(stderr).toContain("libsecret");
		expect(stderr).toContain("PPROTECT_PASSPHRASE_COMMAND");
		const input = `${alice.user}\n${alice.passphrase}\n`;
		await pprotect(DECRYPT, { cwd, env, input, notices: ASKS });
	});
});

test.skipIf(NO_LINUX_KEYCHAIN !== "")(
	`a D-Bus that never answers holds nobody, neither at the question nor at the end${NO_LINUX_KEYCHAIN}`,
	async () => {
		const { cwd, alice } = await teamOf();
		const silent = startSilentBus();
		const input = `${alice.user}\n${alice.passphrase}\n`;
		const start = performance.now();
		await pprotect(DECRYPT, { cwd, env: silent.env, input, notices: ASKS });
		// Half a second, and what a loaded machine needs to start two processes and Git.
		expect(performance.now() - start).toBeLessThan(4000);
		const { stderr } = await pprotect(["remember", ...keyFileOf(alice.user)], {
			cwd,
			env: silent.env,
			exitCode: 1,
		});
		expect(stderr).toContain("does not answer");
		silent.stop();
	},
);

/** The text of the folder's file, in which one byte of the salt of this user's key is another. */
function withOtherSalt(cwd: string, user: string): string {
	const pwdkm = readPlain(cwd).custodians.get(user) ?? Buffer.alloc(0);
	const changed = Buffer.from(pwdkm);
	changed[4] = (changed[4] ?? 0) ^ 1;
	return readProtectedText(cwd).replace(pwdkm.toString("base64"), changed.toString("base64"));
}
