/** add-key-custodian, set-key-custodian-passphrase and rekey-custodian. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";
import { copyVector } from "../support/vectors.ts";
import expected from "../vectors/expected.json" with { type: "json" };

setDefaultTimeout(30_000);

const HEADING = "Adding new key custodian.";
const ARGON2ID_NOTICE =
	"Using argon2id, so that the Python tool can still read this file (for scrypt: --kdf scrypt)";
const SCRYPT_WARNING =
	"pprotect: warning: the Python tool cannot read a file with a scrypt key, so it can no longer read this one (to keep it readable: --kdf argon2id)";

function writeSecretFile(cwd: string, name: string, text: string): string {
	writeFileSync(join(cwd, name), text, { mode: 0o600 });
	return name;
}

function versionOf(cwd: string, user: string): number | undefined {
	return readPlain(cwd).custodians.get(user)?.[0];
}

/** What `env` reads in `domain`. */
async function read(
	{ cwd }: Pick<Team, "cwd">,
	env: Readonly<Record<string, string>>,
	domain: string,
) {
	return (await pprotect(["decrypt-domain", domain], { cwd, env })).stdout;
}

describe("add-key-custodian", () => {
	test("asks for an email and twice for a passphrase; the new custodian owns nothing", async () => {
		const { cwd } = await createTeam();
		await pprotect(["add-key-custodian", "--key-type", "fast"], {
			cwd,
			input: "carol@example.com\nopen sesame\nopen sesame\n",
			notices: asks(
				...[HEADING, "User email: ", "Passphrase: ", "Retype passphrase: "],
				"pprotect: warning: the Python tool cannot read a file with a scrypt key, so it can no longer read this one (to keep it readable: --kdf argon2id)",
			),
		});
		expect(versionOf(cwd, "carol@example.com")).toBe(3);
		expect(auditTexts(cwd).at(-1)).toBe("created key custodian carol@example.com");
	});

	test("does not take the acting user's environment for the new custodian's", async () => {
		const { cwd, alice } = await createTeam();
		const key = ["--key-type", "raw", "--save-passphrase", "carol.key"];
		await pprotect(["add-key-custodian", ...key], {
			cwd,
			env: alice.env,
			input: "carol@example.com\n",
			notices: asks(HEADING, "User email: "),
		});
		expect([...readPlain(cwd).custodians.keys()]).toContain("carol@example.com");
	});

	test("with --non-interactive the environment is the new custodian's, under its prefix", async () => {
		const { cwd } = await createTeam();
		const env = { NEW_USER: "carol@example.com", NEW_PASSPHRASE: "open sesame" };
		const kdf = ["--key-type", "fast", "--kdf", "argon2id"];
		const options = ["--non-interactive", "--env-prefix", "NEW", ...kdf];
		await pprotect(["add-key-custodian", ...options], { cwd, env });
		expect(versionOf(cwd, "carol@example.com")).toBe(1);
		const { stderr } = await pprotect(["add-key-custodian", ...options], { cwd, env, exitCode: 1 });
		expect(stderr).toContain("key custodian carol@example.com already exists");
	});

	test("with --non-interactive says what is missing", async () => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const nobody = await pprotect(["add-key-custodian", "--non-interactive"], { cwd, exitCode: 1 });
		expect(nobody.stderr).toContain("no user email is given");
		const args = ["add-key-custodian", "--non-interactive", "-u", "carol"];
		const nothing = await pprotect(args, { cwd, exitCode: 1 });
		expect(nothing.stderr).toContain("no new passphrase is given");
		const contradiction = await pprotect([...args, "--ignore-env"], { cwd, exitCode: 2 });
		expect(contradiction.stderr).toContain("--ignore-env and --non-interactive");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("refuses a name that is there before it asks for a passphrase", async () => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["add-key-custodian"], {
			cwd,
			input: "bob@example.com\n",
			exitCode: 1,
		});
		expect(stderr).toContain("key custodian bob@example.com already exists");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("refuses an empty passphrase", async () => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const file = writeSecretFile(cwd, "empty", " \n");
		const { stderr } = await pprotect(["add-key-custodian", "-u", "x", "--passphrase-file", file], {
			cwd,
			exitCode: 1,
		});
		expect(stderr).toContain("the new passphrase is empty");
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("the key derivation that a file gets", () => {
	const addFast = ["add-key-custodian", "--user", "x", "--key-type", "fast"];

	test("is Argon2id in a file of Argon2id custodians, which one line says", async () => {
		const cwd = copyVector("v1-argon2id-fast.yaml");
		const pass = writeSecretFile(cwd, "pass", "open sesame");
		await pprotect([...addFast, "--passphrase-file", pass], {
			cwd,
			notices: asks(ARGON2ID_NOTICE),
		});
		expect(versionOf(cwd, "x")).toBe(1);
	});

	test("is scrypt where it is asked for, and from then on", async () => {
		const cwd = copyVector("v1-argon2id-fast.yaml");
		const pass = writeSecretFile(cwd, "pass", "open sesame");
		await pprotect([...addFast, "--passphrase-file", pass, "--kdf", "scrypt"], {
			cwd,
			notices: asks(SCRYPT_WARNING),
		});
		expect(versionOf(cwd, "x")).toBe(3);
		// It is said once: now the Python tool cannot read the file in any case.
		await pprotect(
			["add-key-custodian", "--user", "y", "--key-type", "fast", "--passphrase-file", pass],
			{ cwd },
		);
		expect(versionOf(cwd, "y")).toBe(3);
	});

	test("is scrypt in a file of raw keys only, which locks the Python tool out: one line says so", async () => {
		const cwd = copyVector("v2-raw.yaml");
		const pass = writeSecretFile(cwd, "pass", "open sesame");
		await pprotect([...addFast, "--passphrase-file", pass], { cwd, notices: asks(SCRYPT_WARNING) });
		expect(versionOf(cwd, "x")).toBe(3);
	});

	test("is Argon2id in a file of raw keys only that is folded as the Python tool folds it", async () => {
		const cwd = copyVector("ruamel-0.19/v2-raw.yaml");
		const pass = writeSecretFile(cwd, "pass", "open sesame");
		await pprotect([...addFast, "--passphrase-file", pass], {
			cwd,
			notices: asks(ARGON2ID_NOTICE),
		});
		expect(versionOf(cwd, "x")).toBe(1);
	});

	test("locks the Python tool out with a new passphrase, too: one line says so", async () => {
		const cwd = copyVector("v1-argon2id-fast.yaml");
		const [owner] = expected["v1-argon2id-fast.yaml"].custodians;
		if (owner === undefined) throw new Error("no custodian");
		await pprotect(
			[
				...["set-key-custodian-passphrase", "--user", owner.user, "--key-type", "fast"],
				...["--passphrase-file", writeSecretFile(cwd, "old", owner.passphrase)],
				...["--new-passphrase-file", writeSecretFile(cwd, "new", "new words")],
				...["--kdf", "scrypt"],
			],
			{ cwd, notices: asks(SCRYPT_WARNING) },
		);
		expect(versionOf(cwd, owner.user)).toBe(3);
	});

	test("is no matter for a raw key", async () => {
		const cwd = copyVector("v1-argon2id-fast.yaml");
		const key = ["--key-type", "raw", "--save-passphrase", "x.key"];
		await pprotect(["add-key-custodian", "--user", "x", ...key], { cwd });
		expect(versionOf(cwd, "x")).toBe(2);
	});
});

describe("set-key-custodian-passphrase", () => {
	const command = "set-key-custodian-passphrase";

	test("asks for email, current passphrase and twice the new; all domains open with the new one", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		await pprotect(["add-secret", "prod", "s", "--value-file", "-"], { cwd, input: "value" });
		await pprotect([command, "--key-type", "fast", "--kdf", "argon2id"], {
			cwd,
			// bob's credentials in the environment are not the custodian's concerned.
			env: team.bob.env,
			input: `${alice.user}\n${alice.passphrase}\nnew words\nnew words\n`,
			notices: asks(
				"User email: ",
				"Current passphrase: ",
				"New passphrase: ",
				"Retype new passphrase: ",
			),
		});
		expect(auditTexts(cwd).at(-1)).toBe(
			`updated key custodian passphrase for ${alice.user} (updated domains -> dev, prod)`,
		);
		const env = { PPROTECT_USER: alice.user, PPROTECT_PASSPHRASE: "new words" };
		expect(await read(team, env, "prod")).toBe('{\n  "s": "value"\n}\n');
		await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env, exitCode: 1 });
	});

	test("runs unattended, by flags or with the current credentials from the environment", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		const one = writeSecretFile(cwd, "one", "\tfirst words \n");
		await pprotect(
			[
				command,
				...["--user", alice.user, "--passphrase-file", `${alice.user}.key`],
				...["--new-passphrase-file", one, "--key-type", "fast", "--kdf", "argon2id"],
			],
			{ cwd },
		);
		expect(versionOf(cwd, alice.user)).toBe(1);
		const two = writeSecretFile(cwd, "two", "second words");
		const first = { PPROTECT_USER: alice.user, PPROTECT_PASSPHRASE: "first words" };
		await pprotect(
			[command, "--non-interactive", "--new-passphrase-file", two, "--key-type", "fast"],
			{ cwd, env: first, notices: asks(ARGON2ID_NOTICE) },
		);
		await read(team, { ...first, PPROTECT_PASSPHRASE: "second words" }, "dev");
		expect(auditTexts(cwd).slice(-2)).toEqual(
			Array(2).fill(
				`updated key custodian passphrase for ${alice.user} (updated domains -> dev, prod)`,
			),
		);
	});

	test("refuses a wrong current passphrase before it asks for a new one", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect([command], {
			cwd,
			env: alice.env,
			input: `${alice.user}\nwrong-words\nnew\nnew\n`,
			exitCode: 1,
		});
		expect(stderr).toContain("invalid user email (from stdin) or passphrase (from stdin)");
		expect(stderr).not.toContain("New passphrase");
		expect(stderr).not.toContain("wrong-words");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("writes nothing where the retyped one did not match", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect([command], {
			cwd,
			input: `${alice.user}\n${alice.passphrase}\nnew-one\nnew-two\n`,
			exitCode: 1,
		});
		expect(stderr).toContain("did not match");
		expect(stderr).not.toMatch(/new-(one|two)/);
		expect(stateOf(cwd)).toEqual(before);
	});

	test("with --non-interactive does not take the current passphrase for the new one", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect([command, "--non-interactive"], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain("--new-passphrase-file");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("sends who wants a raw key to rekey-custodian", async () => {
		const { cwd } = await createTeam();
		const { stderr } = await pprotect([command, "--key-type", "raw"], { cwd, exitCode: 1 });
		expect(stderr).toContain("rekey-custodian --key-type raw");
	});
});

describe("rekey-custodian", () => {
	test("from a raw key to a passphrase and back, asking for all of it", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		await pprotect(["rekey_custodian", "--key-type", "fast", "--kdf", "argon2id"], {
			cwd,
			env: team.bob.env,
			input: `${alice.user}\n${alice.passphrase}\nnew words\nnew words\n`,
			notices: asks(
				"User email: ",
				"Current passphrase: ",
				"New passphrase: ",
				"Retype new passphrase: ",
			),
		});
		expect(versionOf(cwd, alice.user)).toBe(1);
		const text = `rekeyed custodian for ${alice.user} (updated domains -> dev, prod)`;
		expect(auditTexts(cwd).at(-1)).toBe(text);

		const { stdout } = await pprotect(["rekey-custodian", "--key-type", "raw"], {
			cwd,
			input: `${alice.user}\nnew words\nYES\n`,
			notices: asks(
				"User email: ",
				"Current passphrase: ",
				"Have you saved the key? Type YES to confirm: ",
			),
		});
		expect(versionOf(cwd, alice.user)).toBe(2);
		expect(auditTexts(cwd).at(-1)).toBe(text);
		const passphrase = /P[0-9a-f]{64}P/.exec(stdout)?.[0] ?? "";
		await read(team, { PPROTECT_USER: alice.user, PPROTECT_PASSPHRASE: passphrase }, "prod");
	});

	test("runs unattended, with the new key in a file", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		const current = ["--user", alice.user, "--passphrase-file", `${alice.user}.key`];
		const wanted = ["--key-type", "raw", "--save-passphrase", "new.key"];
		await pprotect(["rekey-custodian", ...current, ...wanted], { cwd });
		const passphrase = readFileSync(join(cwd, "new.key"), "utf8").trim();
		expect(passphrase).not.toBe(alice.passphrase);
		await read(team, { PPROTECT_USER: alice.user, PPROTECT_PASSPHRASE: passphrase }, "prod");
		await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env, exitCode: 1 });
	});

	test("writes nothing where the key is not acknowledged", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		await pprotect(["rekey-custodian", "--key-type", "raw"], {
			cwd,
			input: `${alice.user}\n${alice.passphrase}\nno\n`,
			notices: /\nAborting\n$/,
		});
		await pprotect(["rekey-custodian", "--key-type", "raw"], {
			cwd,
			input: `${alice.user}\n${alice.passphrase}\n`,
			exitCode: 1,
			mayPrintBeforeFailing: true,
		});
		expect(stateOf(cwd)).toEqual(before);
	});

	test("writes no key where the current passphrase is wrong", async () => {
		const { cwd, bob } = await createTeam();
		const before = stateOf(cwd);
		const args = ["rekey-custodian", "--key-type", "raw", "--save-passphrase", "new.key"];
		await pprotect(
			[...args, "--user", "alice@example.com", "--passphrase-file", `${bob.user}.key`],
			{
				cwd,
				exitCode: 1,
			},
		);
		expect(existsSync(join(cwd, "new.key"))).toBe(false);
		expect(stateOf(cwd)).toEqual(before);
	});
});
