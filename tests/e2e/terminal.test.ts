/** What a person at a terminal sees, and what Ctrl-C leaves behind. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { runInTerminal, type Step } from "../support/pty.ts";
import { createTeam, type Team } from "../support/team.ts";
import { copyVector } from "../support/vectors.ts";

setDefaultTimeout(30_000);

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

function onTerminal(args: readonly string[], cwd: string, steps: readonly Step[], env = {}) {
	return runInTerminal([PPROTECT, ...args], {
		cwd,
		steps,
		env: { PATH: process.env.PATH, TERM: "xterm", ...env },
	});
}

test("a passphrase is asked for without showing it", async () => {
	const { cwd, alice } = await createTeam();
	const result = await onTerminal(["decrypt-domain", "prod"], cwd, [
		{ expect: "User email: ", send: `${alice.user}\r` },
		{ expect: "Passphrase: ", send: `${alice.passphrase}\r` },
	]);
	expect(result).toMatchObject({ exitCode: 0, echo: true, canonical: true });
	expect(result.output).toContain("{}");
	expect(result.output).toContain(alice.user);
	expect(result.output).not.toContain(alice.passphrase);
});

test("several lines that are pasted as a value are refused, and none reaches the shell", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	const certificate = "-----BEGIN KEY-----\rtouch leaked\r-----END KEY-----\r";
	const result = await runInTerminal(
		["sh", "-c", '"$0" add-secret prod tls; echo "exit $?"; exec sh', PPROTECT],
		{
			cwd,
			env: { PATH: process.env.PATH, TERM: "xterm", PS1: "shell$ " },
			steps: [
				{ expect: "Secret value: ", send: certificate },
				{ expect: "exit 1", send: "exit\r" },
			],
		},
	);
	expect(result.output).toContain("several lines were pasted");
	expect(result.output).not.toContain("KEY");
	expect(existsSync(join(cwd, "leaked"))).toBe(false);
	expect(stateOf(cwd)).toEqual(before);
});

test("a secret's value is typed without showing it; names are shown", async () => {
	const team = await createTeam();
	const result = await onTerminal(["add-secret"], team.cwd, [
		{ expect: "Domain name: ", send: "prod\r" },
		{ expect: "Secret name: ", send: "token\r" },
		{ expect: "Secret value: ", send: "huntör2 \r" },
	]);
	expect(result).toMatchObject({ exitCode: 0, echo: true });
	expect(result.output).toContain("token");
	expect(result.output).not.toContain("hunt");
	const { stdout } = await pprotect(["decrypt-domain", "prod", "--secret", "token"], {
		cwd: team.cwd,
		env: team.alice.env,
	});
	expect(stdout).toBe("huntör2 \n");
});

test("a generated key is shown, and YES is typed", async () => {
	const cwd = scratchFolder();
	const result = await onTerminal(["init", "--key-type", "raw"], cwd, [
		{ expect: "User email: ", send: "ci\r" },
		{ expect: "Type YES to confirm: ", send: "YES\r" },
	]);
	expect(result.exitCode).toBe(0);
	expect(result.output).toMatch(/P[0-9a-f]{64}P/);
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(true);
});

describe.each([
	{ key: "Ctrl-C", send: CTRL_C, exitCode: 130, words: "interrupted" },
	{ key: "Ctrl-D", send: CTRL_D, exitCode: 1, words: "the input ended at" },
])("$key", ({ send, exitCode, words }) => {
	test.each([
		{ at: "an open question", args: ["add-secret"], question: "Domain name: " },
		{ at: "a hidden value", args: ["add-secret", "prod", "s"], question: "Secret value: " },
		{
			at: "a hidden passphrase",
			args: ["add-domain", "-u", "bob@example.com"],
			question: "Passphrase: ",
		},
		{
			at: "a change to confirm",
			args: ["rm-domain", "dev", "--confirm"],
			question: "Write changes? [y/N] ",
		},
	])("at $at: nothing is written, the terminal is as before", async ({ args, question }) => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const result = await onTerminal(args, cwd, [{ expect: question, send }]);
		expect(result).toMatchObject({ exitCode, echo: true, canonical: true });
		expect(result.output).toContain(words);
		expect(stateOf(cwd)).toEqual(before);
	});

	test("at each question of init: no file is left", async () => {
		const answers = [
			{ expect: "User email: ", send: "a@b\r" },
			{ expect: "Passphrase: ", send: "words\r" },
			{ expect: "Retype passphrase: ", send: "words\r" },
		];
		for (const [index, question] of answers.entries()) {
			const cwd = scratchFolder();
			const steps = [...answers.slice(0, index), { ...question, send }];
			const result = await onTerminal(["init"], cwd, steps);
			expect(result).toMatchObject({ exitCode, echo: true, canonical: true });
			expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
		}
	});
});

test("Ctrl-C while a key is derived ends the command at once, and writes nothing", async () => {
	const cwd = copyVector("v1-argon2id-fast.yaml");
	const before = stateOf(cwd);
	const result = await onTerminal(["add-key-custodian"], cwd, [
		{ expect: "User email: ", send: "a@b\r" },
		{ expect: "Passphrase: ", send: "words\r" },
		{ expect: "Retype passphrase: ", send: "words\r" },
		// The last that is said before.
		{ expect: "Using argon2id", send: CTRL_C },
	]);
	expect(result).toMatchObject({ exitCode: 130, echo: true, canonical: true });
	expect(stateOf(cwd)).toEqual(before);
});

test("SIGTERM at a hidden question restores the terminal", async () => {
	const { cwd }: Team = await createTeam();
	const before = stateOf(cwd);
	const result = await onTerminal(["add-secret", "prod", "s"], cwd, [
		{ expect: "Secret value: ", act: (command) => command.kill("SIGTERM") },
	]);
	expect(result).toMatchObject({ exitCode: 143, echo: true, canonical: true });
	expect(stateOf(cwd)).toEqual(before);
});

test("exec asks on the terminal and leaves standard input to the command", async () => {
	const { cwd, alice } = await createTeam();
	const script = `printf 'for the command\\n' | "$P" exec --domain prod -- cat`;
	const result = await runInTerminal(["sh", "-c", script], {
		cwd,
		env: { PATH: process.env.PATH, TERM: "xterm", P: PPROTECT, PPROTECT_USER: alice.user },
		steps: [
			{ expect: "Passphrase: ", send: `${alice.passphrase}\r` },
			{ expect: "for the command" },
		],
	});
	expect(result).toMatchObject({ exitCode: 0, echo: true, canonical: true });
	expect(result.output).not.toContain(alice.passphrase);
});
