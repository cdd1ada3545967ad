/** --confirm and --yes. */
import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

const ADD = ["add-secret", "prod", "s", "--value-file", "/dev/null", "--confirm"];
const ESCAPE = "\u001b";

test("--confirm shows the lines that would change, without colour where nobody sees it", async () => {
	const { cwd } = await createTeam();
	const { stdout, stderr } = await pprotect(ADD, {
		cwd,
		input: "y\n",
		notices: /^Changes to be written:\n\n--- protected\.yaml\.old.*\n\+\+\+ protected\.yaml\.new/,
	});
	expect(stdout).toBe("");
	expect(stderr).toMatch(/^@@ -\d+,\d+ \+\d+,\d+ @@$/m);
	const added = stderr.split("\n").filter((line) => /^\+[^+]/.test(line));
	expect(added).toEqual([
		expect.stringMatching(/^\+ {2}secret-s: [A-Za-z0-9+/]+={0,2}$/),
		expect.stringMatching(/^\+- \S+Z -- added secret s in prod$/),
	]);
	expect(stderr).not.toMatch(/^-[^-]/m);
	expect(stderr).toEndWith("\nWrite changes? [y/N] \n");
	expect(stderr).not.toContain(ESCAPE);
	const { text } = stateOf(cwd);
	for (const line of added) expect(text).toContain(line.slice(1));
});

test.each(["n", "", "N", "no", "maybe"])(
	"the answer %p: Aborting, exit 0, the file untouched",
	async (answer) => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		await pprotect(ADD, {
			cwd,
			input: `${answer}\n`,
			notices: /Write changes\? \[y\/N\] \nAborting\n$/,
		});
		expect(stateOf(cwd)).toEqual(before);
	},
);

test.each(["y", "Y", "yes", "Yes"])("the answer %p writes", async (answer) => {
	const { cwd } = await createTeam();
	await pprotect(ADD, { cwd, input: `${answer}\n`, notices: /Write changes\? \[y\/N\] \n$/ });
	expect(stateOf(cwd).text).toContain("  secret-s: ");
});

test("input that ends at the question is exit 1, nothing written", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	const { stderr } = await pprotect(ADD, { cwd, exitCode: 1 });
	expect(stderr).toContain('the input ended at "Write changes? [y/N]"');
	expect(stateOf(cwd)).toEqual(before);
});

test("--yes shows the lines and writes them without a question", async () => {
	const { cwd } = await createTeam();
	for (const [yes, name] of [
		["--yes", "a"],
		["-y", "b"],
	] as const) {
		const args = ["add-secret", "prod", name, "--value-file", "/dev/null", "--confirm", yes];
		const { stderr } = await pprotect(args, { cwd, notices: /^Changes to be written:/ });
		expect(stderr).not.toContain("Write changes?");
	}
	expect(stateOf(cwd).text).toContain("  secret-b: ");
});

test("what the value would be is not shown", async () => {
	const { cwd } = await createTeam();
	writeFileSync(join(cwd, "value"), "hunter2");
	const args = ["add-secret", "prod", "s", "--confirm", "--value-file", "value"];
	const { stderr } = await pprotect(args, { cwd, input: "n\n", notices: /^\+ {2}secret-s: /m });
	expect(stderr).not.toContain("hunter2");
});

test("standard input cannot give both a value and the answer", async () => {
	const { cwd } = await createTeam();
	const args = ["add-secret", "prod", "s", "--confirm", "--value-file", "-"];
	const { stderr } = await pprotect(args, { cwd, input: "hunter2", exitCode: 2 });
	expect(stderr).toContain("standard input cannot give both");
	await pprotect([...args, "--yes"], { cwd, input: "hunter2", notices: /^Changes to be written:/ });
});

describe("every command that writes asks first", () => {
	test.each([
		{ args: ["init", "--file", "new.yaml", "--user", "x", "--key-type", "raw", "--yes"] },
		{
			args: ["add-key-custodian", "--user", "x", "--key-type", "raw", "--save-passphrase", "x.key"],
		},
		{ args: ["add-domain", "new"] },
		{ args: ["rm-domain", "dev"] },
		{ args: ["add-owner", "prod", "bob@example.com"] },
		{ args: ["rotate-domain-keys", "prod"] },
		{ args: ["add-secret", "dev", "new", "--value-file", "/dev/null"] },
		{ args: ["update-secret", "prod", "old", "--value-file", "/dev/null"] },
		{ args: ["rm-secret", "prod", "old"] },
		{
			args: [
				"rekey-custodian",
				"--non-interactive",
				"--key-type",
				"raw",
				"--save-passphrase",
				"x.key",
			],
		},
	])("$args", async ({ args }) => {
		const { cwd, alice } = await createTeam();
		await pprotect(["add-secret", "prod", "old", "--value-file", "/dev/null"], { cwd });
		const before = stateOf(cwd);
		const input = args.join(" ").includes("--yes") ? "YES\nn\n" : "n\n";
		await pprotect([...args.filter((word) => word !== "--yes"), "--confirm"], {
			cwd,
			env: alice.env,
			input,
			notices: /\nWrite changes\? \[y\/N\] \nAborting\n$/,
		});
		expect(stateOf(cwd)).toEqual(before);
		expect(existsSync(join(cwd, "new.yaml"))).toBe(false);
		expect(existsSync(join(cwd, "x.key"))).toBe(false);
	});

	test("migrate-owner, after its own question", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		await pprotect(["migrate-owner", "bob@example.com", "--confirm"], {
			cwd,
			env: alice.env,
			input: "y\nn\n",
			notices: /Proceed\? \[y\/N\] \nChanges.*Write changes\? \[y\/N\] \nAborting\n$/s,
		});
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("on a terminal", () => {
	const terminal = { PATH: process.env.PATH, TERM: "xterm-256color" };
	const steps = [{ expect: "Write changes? [y/N] ", send: "y\r" }];

	test("the changed lines are coloured", async () => {
		const { cwd } = await createTeam();
		await pprotect(["add-secret", "prod", "s", "--value-file", "/dev/null"], { cwd });
		const { output, exitCode } = await runInTerminal(
			[PPROTECT, "rm-secret", "prod", "s", "--confirm"],
			{
				cwd,
				env: terminal,
				steps,
			},
		);
		expect(exitCode).toBe(0);
		expect(output).toContain(`${ESCAPE}[31m-  secret-s: `);
		expect(output.replaceAll(ESCAPE, "ESC")).toMatch(
			/ESC\[32m\+- \S+ -- removed secret s from prodESC\[0m/,
		);
	});

	test.each([
		["NO_COLOR", { NO_COLOR: "1" }],
		["a dumb terminal", { TERM: "dumb" }],
	])("not with %s", async (_, variables) => {
		const { cwd } = await createTeam();
		const env = { ...terminal, ...variables };
		const { output, exitCode } = await runInTerminal([PPROTECT, ...ADD], { cwd, env, steps });
		expect(exitCode).toBe(0);
		expect(output).toContain("+  secret-s: ");
		expect(output).not.toContain(ESCAPE);
	});
});
