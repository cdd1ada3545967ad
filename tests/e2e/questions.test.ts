/** What a person at a terminal is asked, and how the program helps with the answer. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal, type Step } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(60_000);

function onTerminal(args: readonly string[], cwd: string, steps: readonly Step[], env = {}) {
	return runInTerminal([PPROTECT, ...args], {
		cwd,
		steps,
		env: { PATH: process.env.PATH, HOME: cwd, TERM: "dumb", ...env },
		size: [200, 50],
	});
}

function withGitEmail(cwd: string, email: string): void {
	Bun.spawnSync(["git", "init", "--quiet"], { cwd });
	Bun.spawnSync(["git", "config", "user.email", email], { cwd });
}

const FAST = ["--key-type", "fast"];
const GOOD = "correct horse battery staple";
const twice = (words: string): Step[] => [
	{ expect: "Passphrase: ", send: `${words}\r` },
	{ expect: "Retype passphrase: ", send: `${words}\r` },
];

describe("the user email", () => {
	test("is Git's, if Enter is pressed: of a new custodian", async () => {
		const cwd = scratchFolder();
		withGitEmail(cwd, "alice@example.com");
		const enter = { expect: "User email [alice@example.com]: ", send: "\r" };
		const { output } = await onTerminal(["init", ...FAST], cwd, [enter, ...twice(GOOD)]);
		expect(output).toContain("alice@example.com is its first key custodian.");
		expect(output).not.toContain("weak");
	});

	test("is Git's for an acting user only where that is a custodian", async () => {
		const { cwd, alice } = await createTeam();
		withGitEmail(cwd, alice.user);
		const passphrase = { expect: "Passphrase: ", send: `${alice.passphrase}\r` };
		const enter = { expect: `User email [${alice.user}]: `, send: "\r" };
		const listed = await onTerminal(["list-user-secrets"], cwd, [enter, passphrase]);
		expect(listed.output).toContain("prod: (no secrets)");
		withGitEmail(cwd, "carol@example.com");
		const typed = { expect: "User email: ", send: `  ${alice.user} \r` };
		const other = await onTerminal(["list-user-secrets"], cwd, [typed, passphrase]);
		expect(other.output).toContain("prod: (no secrets)");
	});

	test("is none of Git's for a script", async () => {
		const { cwd, alice } = await createTeam();
		withGitEmail(cwd, alice.user);
		const { stderr } = await pprotect(["list-user-secrets"], { cwd, input: "\n\n", exitCode: 1 });
		expect(stderr).toContain("User email: \n");
	});

	test("of nobody is refused before a passphrase is typed", async () => {
		const { cwd } = await createTeam();
		const byOption = await onTerminal(["list-user-secrets", "-u", "nobody"], cwd, []);
		const typed = { expect: "User email: ", send: "nobody\r" };
		const byHand = await onTerminal(["list-user-secrets"], cwd, [typed]);
		for (const { output, exitCode } of [byOption, byHand]) {
			expect(exitCode).toBe(1);
			expect(output).toContain("known key custodians: alice@example.com, bob@example.com");
			expect(output).not.toContain("Passphrase");
		}
	});
});

describe("a new passphrase", () => {
	test("is generated where none is typed, shown once, and works", async () => {
		const cwd = scratchFolder();
		const { output } = await onTerminal(["init", ...FAST, "-u", "a@b", "-d", "dev"], cwd, [
			{ expect: "Passphrase: ", send: "\r" },
			{ expect: "Have you saved it? [y/N] ", send: "n\r" },
			{ expect: "Passphrase: ", send: "\r" },
			{ expect: "Have you saved it? [y/N] ", send: "y\r" },
		]);
		const [first, second, ...more] = output.match(/\b[a-z2-9]{5}(-[a-z2-9]{5}){4}\b/g) ?? [];
		expect(more).toEqual([]);
		expect(first).not.toBe(second);
		const env = { PPROTECT_USER: "a@b", PPROTECT_PASSPHRASE: second ?? "" };
		const { stdout } = await pprotect(["list-user-secrets"], { cwd, env });
		expect(stdout).toBe("dev: (no secrets)\n");
	});

	test("that is retyped differently is asked for again", async () => {
		const cwd = scratchFolder();
		const steps = [
			{ expect: "Passphrase: ", send: "one\r" },
			{ expect: "Retype passphrase: ", send: "other\r" },
			...twice("bob one two"),
		];
		const { output } = await onTerminal(["init", ...FAST, "-u", "bob@example.com"], cwd, steps);
		expect(output).toContain("The passphrases did not match. Try again.");
		expect(output).toContain("this passphrase is weak");
		expect(existsSync(join(cwd, "protected.yaml"))).toBe(true);
	});
});

test("an empty value is stored only if that is meant", async () => {
	const { cwd, alice } = await createTeam();
	const add = ["add-secret", "dev", "token"];
	const enter = { expect: "Secret value: ", send: "\r" };
	const question = "Store it all the same? [y/N] ";
	await onTerminal(add, cwd, [enter, { expect: question, send: "\r" }]);
	expect((await pprotect(["list-all-secrets"], { cwd, notices: /No secrets/ })).stdout).toBe("");
	await onTerminal(add, cwd, [enter, { expect: question, send: "y\r" }]);
	const { stdout } = await pprotect(["get", "dev", "token"], { cwd, env: alice.env });
	expect(stdout).toBe("\n");
});

const CHECK_PATH = "check the path: --file, PPROTECT_FILE, or protected.yaml here or above";

describe("an error", () => {
	test.each([
		["package.json", '{\n\t"name": "x"\n}\n'],
		["README.md", "# Title\n\n- a list: of things\n"],
		["program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe])],
	])("says of %s that it is not a protected file", async (name, content) => {
		const cwd = scratchFolder();
		writeFileSync(join(cwd, name), content);
		const { stderr } = await pprotect(["list-domains", "-f", name], { cwd, exitCode: 1 });
		expect(stderr).toStartWith(`pprotect: error: ${name} is not a protected file\n`);
		expect(stderr).not.toMatch(/indent|version control|line/);
		const check = await pprotect(["check", name], { cwd, exitCode: 1, isFinding: true });
		expect(check.stdout).toBe(`${name}:1: is not a protected file: ${CHECK_PATH}\n`);
		const diff = await pprotect(["diff", `./${name}`, `./${name}`], { cwd, exitCode: 1 });
		expect(diff.stderr).toStartWith(`pprotect: error: ./${name} is not a protected file\n`);
		const textconv = await pprotect(["textconv", name], { cwd });
		expect(textconv.stdout).toMatch(/^not a protected file \(\d+ bytes, [0-9a-f]+\)\n$/);
	});

	test("of import names what is missing", async () => {
		const { cwd } = await createTeam();
		writeFileSync(join(cwd, ".env"), "A=1\n");
		const file = await pprotect(["import", ".env"], { cwd, exitCode: 1 });
		expect(file.stderr).toContain("hint: for example: pprotect import DOMAIN .env\n");
		const domain = await pprotect(["import", "prod"], { cwd, exitCode: 1 });
		expect(domain.stderr).toContain("hint: for example: pprotect import prod .env\n");
	});
});
