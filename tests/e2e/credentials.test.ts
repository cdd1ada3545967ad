/** Where credentials come from: flag, then environment, then prompt. */
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, pprotect } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";

const DECRYPT = ["decrypt-domain", "prod"];
/** A raw key, and nobody's. */
const WRONG = `P${"0".repeat(64)}P`;
const CHECK = "pprotect: hint: to see who can unlock this file: pprotect status\n";

function invalid(userSource: string, passphraseSource: string, warning = ""): string {
	return `pprotect: error: invalid user email (from ${userSource}) or passphrase (from ${passphraseSource})${warning}\n${CHECK}`;
}

function secretFile({ cwd }: Team, name: string, contents: string | Uint8Array): string {
	const path = join(cwd, name);
	writeFileSync(path, contents, { mode: 0o600 });
	return path;
}

describe("each source works", () => {
	test("flags", async () => {
		const team = await createTeam();
		const file = secretFile(team, "pass", team.alice.passphrase);
		for (const args of [
			[...DECRYPT, "--user", team.alice.user, "--passphrase-file", file],
			["-u", team.alice.user, "--passphrase-file=pass", ...DECRYPT],
			[...DECRYPT, `--user=${team.alice.user}`, "--passphrase_file", file, "--non-interactive"],
		]) {
			await pprotect(args, { cwd: team.cwd });
		}
	});

	test("environment, with --non-interactive too", async () => {
		const { cwd, alice } = await createTeam();
		await pprotect(DECRYPT, { cwd, env: alice.env });
		await pprotect([...DECRYPT, "--non-interactive"], { cwd, env: alice.env });
	});

	test("questions, one line of standard input each", async () => {
		const { cwd, alice } = await createTeam();
		const verify = "Verify credentials for protected.yaml";
		const notices = asks(verify, "User email: ", "Passphrase: ");
		await pprotect(DECRYPT, { cwd, input: `${alice.user}\n${alice.passphrase}\n`, notices });
		await pprotect(DECRYPT, { cwd, input: `${alice.user}\r\n${alice.passphrase}`, notices });
	});

	test("a question only for what is not known, naming what is", async () => {
		const { cwd, alice } = await createTeam();
		const input = `${alice.passphrase}\n`;
		const known = (source: string) =>
			asks(
				`Verify passphrase for protected.yaml (Using user ${alice.user} from ${source})`,
				"Passphrase: ",
			);
		await pprotect([...DECRYPT, "--user", alice.user], { cwd, input, notices: known("argument") });
		await pprotect(DECRYPT, {
			cwd,
			env: { PPROTECT_USER: alice.user },
			input,
			notices: known("env var: PPROTECT_USER"),
		});
		await pprotect(DECRYPT, {
			cwd,
			env: { PPROTECT_PASSPHRASE: alice.passphrase },
			input: `${alice.user}\n`,
			notices: asks("Verify credentials for protected.yaml", "User email: "),
		});
	});

	test("a passphrase file is stripped at both ends, and not within", async () => {
		const team = await createTeam();
		const file = secretFile(team, "new", "\n \t two  words \r\n\n");
		await pprotect(
			[
				"set-key-custodian-passphrase",
				...["--user", team.bob.user, "--passphrase-file", `${team.bob.user}.key`],
				...["--new-passphrase-file", file, "--key-type", "fast", "--kdf", "argon2id"],
			],
			{ cwd: team.cwd },
		);
		await pprotect(["list-user-secrets"], {
			cwd: team.cwd,
			env: { PPROTECT_USER: team.bob.user, PPROTECT_PASSPHRASE: "two  words" },
			notices: /does not own any domains/,
		});
	});

	test("a byte-order mark is part of a passphrase, as the Python tool has it", async () => {
		const team = await createTeam();
		const { cwd, bob } = team;
		const passphrase = "\uFEFF two words\uFEFF";
		secretFile(team, "new", `\n ${passphrase} \n`);
		await pprotect(
			[
				"set-key-custodian-passphrase",
				...["--user", bob.user, "--passphrase-file", `${bob.user}.key`],
				...["--new-passphrase-file", "new", "--key-type", "fast", "--kdf", "argon2id"],
			],
			{ cwd },
		);
		const env = { PPROTECT_USER: bob.user, PPROTECT_PASSPHRASE: passphrase };
		await pprotect(["list-user-secrets"], { cwd, env, notices: /does not own any domains/ });
		const without = { ...env, PPROTECT_PASSPHRASE: "two words" };
		await pprotect(["list-user-secrets"], { cwd, env: without, exitCode: 1 });
	});
});

test("a byte-order mark that an editor put before the passphrase is named", async () => {
	const team = await createTeam();
	const { cwd, alice } = team;
	const file = secretFile(team, "pass", `\uFEFF${alice.passphrase}\r\n`);
	const { stderr } = await pprotect([...DECRYPT, "--passphrase-file", "pass"], {
		cwd,
		env: alice.env,
		exitCode: 1,
	});
	const source = `passphrase file: ${file}, which starts with a byte-order mark`;
	expect(stderr).toContain(`(from ${source})`);
});

describe("a source that is wrong never falls through to the next", () => {
	test("a flag to the environment", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		const file = secretFile(team, "pass", WRONG);
		const byUser = await pprotect([...DECRYPT, "--user", "carol"], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(byUser.stderr).toBe(invalid("argument", "env var: PPROTECT_PASSPHRASE"));
		const byFile = await pprotect([...DECRYPT, "--passphrase-file", "pass"], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(byFile.stderr).toBe(invalid("env var: PPROTECT_USER", `passphrase file: ${file}`));
	});

	test("the environment to a question", async () => {
		const { cwd, alice } = await createTeam();
		const { stderr } = await pprotect(DECRYPT, {
			cwd,
			env: { ...alice.env, PPROTECT_PASSPHRASE: WRONG },
			input: `${alice.user}\n${alice.passphrase}\n`,
			exitCode: 1,
		});
		expect(stderr).toBe(invalid("env var: PPROTECT_USER", "env var: PPROTECT_PASSPHRASE"));
	});

	test("a passphrase file that cannot be read to the environment", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		mkdirSync(join(cwd, "folder"));
		secretFile(team, "binary", Buffer.from([0x70, 0xff]));
		for (const [name, words] of [
			["missing", `cannot read the passphrase file ${join(cwd, "missing")}: it does not exist`],
			["folder", `cannot read the passphrase file ${join(cwd, "folder")}`],
			["binary", "is not UTF-8 text"],
		] as const) {
			const { stderr } = await pprotect([...DECRYPT, "--passphrase-file", name], {
				cwd,
				env: alice.env,
				exitCode: 1,
			});
			expect(stderr).toContain(words);
		}
	});

	const asRoot = process.getuid?.() === 0 ? " (skipped: root may read anything)" : "";
	test.skipIf(asRoot !== "")(`a passphrase file without permission${asRoot}`, async () => {
		const team = await createTeam();
		chmodSync(secretFile(team, "locked", team.alice.passphrase), 0o000);
		const { stderr } = await pprotect([...DECRYPT, "--passphrase-file", "locked"], {
			cwd: team.cwd,
			env: team.alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain("locked");
	});

	test("an answer to another question", async () => {
		const { cwd, alice } = await createTeam();
		const { stderr } = await pprotect(DECRYPT, {
			cwd,
			input: `${alice.user}\n${WRONG}\n${alice.passphrase}\n`,
			exitCode: 1,
		});
		expect(stderr).toEndWith(invalid("stdin", "stdin"));
		expect(stderr).not.toContain(WRONG);
	});
});

describe("bad credentials", () => {
	test("a wrong name and a wrong passphrase are one message", async () => {
		const { cwd, alice, bob } = await createTeam();
		for (const env of [
			{ ...alice.env, PPROTECT_USER: "nobody" },
			{ ...alice.env, PPROTECT_USER: alice.user.toUpperCase() },
			{ ...alice.env, PPROTECT_PASSPHRASE: bob.passphrase },
		]) {
			const { stderr } = await pprotect(DECRYPT, { cwd, env, exitCode: 1 });
			expect(stderr).toBe(invalid("env var: PPROTECT_USER", "env var: PPROTECT_PASSPHRASE"));
		}
	});

	test("for a raw key that was cut short or encoded, the hint says so", async () => {
		const { cwd, alice } = await createTeam();
		for (const PPROTECT_PASSPHRASE of [
			"not even a raw key",
			alice.passphrase.slice(0, -1),
			alice.passphrase.toUpperCase(),
			btoa(alice.passphrase),
		]) {
			const env = { ...alice.env, PPROTECT_PASSPHRASE };
			const { stderr } = await pprotect(DECRYPT, { cwd, env, exitCode: 1 });
			const [error] = invalid("env var: PPROTECT_USER", "env var: PPROTECT_PASSPHRASE").split("\n");
			expect(stderr).toStartWith(`${error}\npprotect: hint: alice@example.com has a raw key, and`);
			expect(stderr).not.toContain(PPROTECT_PASSPHRASE);
		}
	});

	test("an empty one is warned of, and not asked for", async () => {
		const { cwd, alice } = await createTeam();
		for (const [env, what] of [
			[{ PPROTECT_USER: "", PPROTECT_PASSPHRASE: "" }, "user email and passphrase"],
			[{ ...alice.env, PPROTECT_USER: "" }, "user email"],
			[{ ...alice.env, PPROTECT_PASSPHRASE: "" }, "passphrase"],
		] as const) {
			const { stderr } = await pprotect(DECRYPT, { cwd, env, input: "x\ny\n", exitCode: 1 });
			expect(stderr).toBe(
				invalid(
					"env var: PPROTECT_USER",
					"env var: PPROTECT_PASSPHRASE",
					` (warning: empty ${what})`,
				),
			);
		}
	});

	test.each([
		[{}, "the credentials are not given", "--user or PPROTECT_USER, and one of --passphrase-file"],
		[{ PPROTECT_USER: "a" }, "the passphrase is not given", "give one of --passphrase-file"],
		[{ PPROTECT_PASSPHRASE: "a" }, "the user email is not given", "give --user or PPROTECT_USER\n"],
	])("with --non-interactive, the error names the missing half: %p", async (env, words, hint) => {
		const { cwd } = await createTeam();
		const run = { cwd, env, input: "x\ny\n", exitCode: 1 };
		const { stderr } = await pprotect([...DECRYPT, "--non-interactive"], run);
		expect(stderr).toStartWith(`pprotect: error: ${words}\npprotect: hint: `);
		expect(stderr).toContain(hint);
	});

	test("every command that needs credentials checks them, and the others need none", async () => {
		const { cwd } = await createTeam();
		const env = { PPROTECT_USER: "nobody", PPROTECT_PASSPHRASE: WRONG };
		const before = stateOf(cwd);
		for (const args of [
			["add-domain", "x"],
			["add-owner", "prod", "bob@example.com"],
			["rotate-domain-keys", "prod"],
			["migrate-owner", "bob@example.com", "--yes"],
			["list-user-secrets"],
			["decrypt-domain", "prod"],
			["exec", "--domain", "prod", "--", "echo", "ran"],
			["set-key-custodian-passphrase", "--non-interactive"],
			["rekey-custodian", "--key-type", "raw", "--non-interactive", "--save-passphrase", "k"],
		]) {
			const { stderr } = await pprotect(args, { cwd, env, exitCode: 1 });
			expect(stderr, args.join(" ")).toContain("invalid user email (from env var: PPROTECT_USER)");
			expect(stderr).not.toContain(WRONG);
		}
		expect(stateOf(cwd)).toEqual(before);
		const value = { cwd, env, input: "v" };
		await pprotect(["add-secret", "prod", "s", "--value-file", "-"], value);
		await pprotect(["update-secret", "prod", "s", "--value-file", "-"], value);
		for (const args of [
			["rm-secret", "prod", "s"],
			["list-domains"],
			["list-audit-log"],
			["rm-domain", "dev"],
		]) {
			await pprotect(args, { cwd, env });
		}
	});
});

describe("the prefix of the variables", () => {
	test("is --env-prefix, else PPROTECT_ENV_PREFIX, else PPROTECT", async () => {
		const { cwd, alice, bob } = await createTeam();
		const wrong = { PPROTECT_USER: bob.user, PPROTECT_PASSPHRASE: bob.passphrase };
		const mine = { MYAPP_USER: alice.user, MYAPP_PASSPHRASE: alice.passphrase };
		await pprotect([...DECRYPT, "--env-prefix", "MYAPP"], { cwd, env: { ...wrong, ...mine } });
		const named = { ...wrong, ...mine, PPROTECT_ENV_PREFIX: "MYAPP" };
		await pprotect(DECRYPT, { cwd, env: named });
		const both = { ...mine, PPROTECT_ENV_PREFIX: "OTHER", OTHER_USER: "x", OTHER_PASSPHRASE: "y" };
		await pprotect(["--env-prefix=MYAPP", ...DECRYPT], { cwd, env: both });
		const { stderr } = await pprotect(DECRYPT, { cwd, env: both, exitCode: 1 });
		expect(stderr).toBe(invalid("env var: OTHER_USER", "env var: OTHER_PASSPHRASE"));
	});

	test.each([
		[["--env-prefix", "my app"], {}, "--env-prefix"],
		[[], { PPROTECT_ENV_PREFIX: "my app" }, "PPROTECT_ENV_PREFIX"],
	])("that no variable can have is an error: %p %p", async (args, env, source) => {
		const { cwd } = await createTeam();
		const { stderr } = await pprotect([...DECRYPT, ...args], { cwd, env, exitCode: 1 });
		expect(stderr).toContain(`${source} is "my app"`);
		expect(stderr).not.toContain("User email");
	});

	test("takes the default variables' place, and does not fall back to them", async () => {
		const { cwd, alice } = await createTeam();
		const { stderr } = await pprotect([...DECRYPT, "--env-prefix", "MYAPP", "--non-interactive"], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain("--user or MYAPP_USER");
		await pprotect([...DECRYPT, "--env-prefix", "MYAPP"], {
			cwd,
			env: alice.env,
			input: `${alice.user}\n${alice.passphrase}\n`,
			notices: /^Verify credentials/,
		});
	});
});

describe("--ignore-env", () => {
	test("goes with --non-interactive where options give both credentials", async () => {
		const { cwd, alice } = await createTeam();
		writeFileSync(join(cwd, "key"), alice.passphrase, { mode: 0o600 });
		const options = ["--ignore-env", "--non-interactive", "-u", alice.user];
		const env = { PPROTECT_USER: "nobody", PPROTECT_PASSPHRASE: "wrong" };
		await pprotect([...DECRYPT, ...options, "--passphrase-file", "key"], { cwd, env });
		await pprotect([...DECRYPT, ...options], { cwd, env, exitCode: 2 });
	});

	test("skips the environment", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect([...DECRYPT, "--ignore-env"], {
			cwd,
			env: bob.env,
			input: `${alice.user}\n${alice.passphrase}\n`,
			notices: asks("Verify credentials for protected.yaml", "User email: ", "Passphrase: "),
		});
	});

	test("with --non-interactive is exit 2, in every command that takes credentials", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const user = ["--user", alice.user];
		for (const args of [
			DECRYPT,
			[...DECRYPT, ...user],
			["exec", "--domain", "prod", "--", "true"],
			["rekey-custodian", "--key-type", "raw", "--yes", ...user],
			["set-key-custodian-passphrase", "--passphrase-file", `${alice.user}.key`],
			["add-key-custodian"],
			["init", "--file", "new.yaml"],
		]) {
			const [command = "", ...rest] = args;
			const { stderr } = await pprotect([command, "--ignore-env", "--non-interactive", ...rest], {
				cwd,
				env: alice.env,
				exitCode: 2,
			});
			expect(stderr, args.join(" ")).toContain("--ignore-env and --non-interactive");
		}
		expect(stateOf(cwd)).toEqual(before);
	});
});

test("a passphrase file that others may read is warned of", async () => {
	const team = await createTeam();
	const file = secretFile(team, "open", team.alice.passphrase);
	chmodSync(file, 0o644);
	await pprotect([...DECRYPT, "--user", team.alice.user, "--passphrase-file", "open"], {
		cwd: team.cwd,
		notices: asks(`pprotect: warning: ${file} is readable by others; to fix: chmod 600 ${file}`),
	});
});
