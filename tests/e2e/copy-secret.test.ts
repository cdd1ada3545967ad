import { expect, setDefaultTimeout, test } from "bun:test";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const VALUE = "a \nvälue\n\n";

/** prod has `s`; theirs is bob's alone. */
async function prepared(): Promise<Team> {
	const team = await createTeam();
	const { cwd, bob } = team;
	await pprotect(["add-domain", "theirs"], { cwd, env: bob.env });
	await pprotect(["add-secret", "prod", "s", "--value-file", "-"], { cwd, input: VALUE });
	return team;
}

test("an owner of the first copies a value into a domain of others", async () => {
	const { cwd, alice, bob } = await prepared();
	const before = readPlain(cwd).domains.get("prod");
	const { stdout } = await pprotect(["copy-secret", "s", "prod", "theirs"], {
		cwd,
		env: alice.env,
	});
	expect(stdout).toBe("");
	const read = ["decrypt-domain", "theirs", "--secret", "s"];
	expect((await pprotect(read, { cwd, env: bob.env })).stdout).toBe(`${VALUE}\n`);
	expect(auditTexts(cwd).at(-1)).toBe("added secret s in theirs");
	expect(readPlain(cwd).domains.get("prod")).toEqual(before);
});

test("a secret that is there is changed with --update only", async () => {
	const { cwd, alice } = await prepared();
	await pprotect(["add-secret", "dev", "s", "--value-file", "-"], { cwd, input: "old" });
	const before = stateOf(cwd);
	const copy = ["copy_secret", "s", "prod", "dev"];
	const { stderr } = await pprotect(copy, { cwd, env: alice.env, exitCode: 1 });
	expect(stderr).toContain("secret s already exists in dev");
	expect(stderr).toContain("--update");
	expect(stateOf(cwd)).toEqual(before);
	await pprotect([...copy, "--update"], { cwd, env: alice.env });
	const read = ["decrypt-domain", "dev", "--secret", "s"];
	expect((await pprotect(read, { cwd, env: alice.env })).stdout).toBe(`${VALUE}\n`);
	expect(auditTexts(cwd).at(-1)).toBe("updated secret s in dev");
});

test("asks for credentials, then for the names that are left out", async () => {
	const { cwd, alice } = await prepared();
	await pprotect(["copy-secret", "s"], {
		cwd,
		input: `${alice.user}\n${alice.passphrase}\nprod\ndev\n`,
		notices: asks(
			"Copying secret value.",
			"Verify credentials for protected.yaml",
			"User email: ",
			"Passphrase: ",
			"From domain: ",
			"To domain: ",
		),
	});
	expect(auditTexts(cwd).at(-1)).toBe("added secret s in dev");
});

test.each([
	{ args: ["s", "theirs", "prod"], words: 'no secret named "s" in domain theirs' },
	{ args: ["nope", "prod", "dev"], words: 'no secret named "nope" in domain prod' },
	{ args: ["s", "nope", "dev"], words: 'no domain named "nope"' },
	{ args: ["s", "prod", "nope"], words: 'no domain named "nope"' },
	{ args: ["s", "prod", "prod"], words: "prod is both the domain to copy from and to" },
	{ args: ["s", "prod", "dev", "theirs"], words: "too many arguments" },
])("refuses $args", async ({ args, words }) => {
	const { cwd, alice } = await prepared();
	const before = stateOf(cwd);
	const { stderr } = await pprotect(["copy-secret", ...args], { cwd, env: alice.env, exitCode: 1 });
	expect(stderr).toContain(words);
	expect(stateOf(cwd)).toEqual(before);
});

test("is for an owner of the first, whoever owns the second", async () => {
	const { cwd, bob } = await prepared();
	const before = stateOf(cwd);
	const copy = ["copy-secret", "s", "prod", "theirs"];
	const { stderr } = await pprotect(copy, { cwd, env: bob.env, exitCode: 1 });
	expect(stderr).toContain("bob@example.com is not an owner of prod");
	expect(stateOf(cwd)).toEqual(before);
});
