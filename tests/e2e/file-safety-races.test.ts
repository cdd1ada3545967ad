/** Never a lost update: commands at the same time, and people who take their time. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lackOf, testUnless } from "../support/fault.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { runInTerminal, type Step, wordsOf } from "../support/pty.ts";
import { createTeam, type Team } from "../support/team.ts";

const NAME = "protected.yaml";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Adds a secret, as another person would meanwhile. */
async function addSecret(cwd: string, name: string, value = name): Promise<void> {
	const args = ["add-secret", "prod", name, "--value-file", "-"];
	await pprotect(args, { cwd, input: value });
}

function secretsOf(cwd: string): string[] {
	const names = [...(readPlain(cwd).domains.get("prod")?.keys() ?? [])];
	return names.filter((name) => name.startsWith("secret-"));
}

describe("commands at the same time", () => {
	test("queue up: 40 add a secret each, and leave 40 secrets and 40 log entries", async () => {
		const { cwd } = await createTeam();
		const before = auditTexts(cwd).length;
		await Promise.all(numbers(40).map((number) => addSecret(cwd, `s${number}`)));
		const names = numbers(40).map((number) => `secret-s${number}`);
		expect(secretsOf(cwd).sort()).toEqual(names.sort());
		const added = auditTexts(cwd).slice(before);
		expect(added.sort()).toEqual(
			numbers(40)
				.map((number) => `added secret s${number} in prod`)
				.sort(),
		);
		expect(readdirSync(cwd).filter((name) => name.includes(NAME))).toEqual([NAME]);
	}, 60_000);

	test("apply to what they find: what is added while keys are rotated opens with the last", async () => {
		const { cwd, alice } = await createTeam();
		const rotations = numbers(6).map(() =>
			pprotect(["rotate-domain-keys", "prod"], { cwd, env: alice.env }),
		);
		await Promise.all([...rotations, ...numbers(18).map((number) => addSecret(cwd, `s${number}`))]);
		const { stdout } = await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env });
		const values = numbers(18).map((number) => [`s${number}`, `s${number}`]);
		expect(JSON.parse(stdout)).toEqual(Object.fromEntries(values));
		expect(auditTexts(cwd).filter((text) => text.startsWith("rotated"))).toHaveLength(6);
	}, 60_000);

	test("of which only one can be right leave the others with an error and no change", async () => {
		const { cwd } = await createTeam();
		const exits = await Promise.all(
			numbers(10).map((number) => {
				const child = Bun.spawn([PPROTECT, "add-secret", "prod", "same", "--value-file", "-"], {
					cwd,
					env: { PATH: process.env.PATH ?? "" },
					stdin: new Blob([String(number)]),
					stderr: "ignore",
				});
				return child.exited;
			}),
		);
		expect(exits.sort()).toEqual([0, ...numbers(9).map(() => 1)]);
		expect(auditTexts(cwd).filter((text) => text === "added secret same in prod")).toHaveLength(1);
	}, 60_000);
});

describe("nobody waits while a person is typing", () => {
	/** Runs a command in a terminal, with another's `add-secret` between its question and the answer. */
	async function withAnother(
		team: Team,
		args: readonly string[],
		question: string,
		answer: string,
	) {
		const { cwd, alice } = team;
		let another: Promise<void> | undefined;
		const { promise: done, resolve } = Promise.withResolvers<void>();
		const steps: readonly Step[] = [
			{
				expect: question,
				act: (command) => {
					another = addSecret(cwd, "meanwhile").then(() => {
						command.terminal?.write(answer);
						resolve();
					}, resolve);
				},
			},
		];
		const env = { ...alice.env, PATH: process.env.PATH, HOME: cwd };
		const result = await runInTerminal([PPROTECT, ...args], { cwd, env, steps });
		await done;
		await another;
		return result;
	}

	test("a value: both secrets are there", async () => {
		const team = await createTeam();
		const { exitCode } = await withAnother(
			team,
			["add-secret", "prod", "slow"],
			"Secret value: ",
			"value\r",
		);
		expect(exitCode).toBe(0);
		expect(secretsOf(team.cwd)).toEqual(["secret-meanwhile", "secret-slow"]);
		expect(auditTexts(team.cwd).slice(-2)).toEqual([
			"added secret meanwhile in prod",
			"added secret slow in prod",
		]);
	});

	test("a name", async () => {
		const team = await createTeam();
		const { exitCode } = await withAnother(team, ["add-domain"], "Domain name: ", "new\r");
		expect(exitCode).toBe(0);
		expect(secretsOf(team.cwd)).toEqual(["secret-meanwhile"]);
		expect(readPlain(team.cwd).domains.has("new")).toBe(true);
	});

	test("a yes to a migration", async () => {
		const team = await createTeam();
		const { exitCode } = await withAnother(
			team,
			["migrate-owner", team.bob.user],
			"Proceed? [y/N] ",
			"y\r",
		);
		expect(exitCode).toBe(0);
		expect(secretsOf(team.cwd)).toEqual(["secret-meanwhile"]);
	});

	test("but a diff that was shown is written as it was shown, or not at all", async () => {
		const team = await createTeam();
		const args = ["rm-owner", "dev", team.alice.user, "--confirm"];
		await pprotect(["add-owner", "dev", team.bob.user], { cwd: team.cwd, env: team.alice.env });
		const { exitCode, output } = await withAnother(team, args, "Write changes? [y/N] ", "y\r");
		expect(exitCode).toBe(1);
		expect(wordsOf(output)).toContain(
			`pprotect: error: ${NAME} was changed or removed after it was read; nothing was written pprotect: hint: run the command again, to apply it to what is there now`,
		);
		expect(secretsOf(team.cwd)).toEqual(["secret-meanwhile"]);
		expect(auditTexts(team.cwd).at(-1)).toBe("added secret meanwhile in prod");
	});

	test("and what no longer applies is an error", async () => {
		const team = await createTeam();
		const args = ["add-secret", "prod", "meanwhile"];
		const { exitCode, output } = await withAnother(team, args, "Secret value: ", "value\r");
		expect(exitCode).toBe(1);
		expect(output).toContain("secret meanwhile already exists in prod");
		expect(secretsOf(team.cwd)).toEqual(["secret-meanwhile"]);
	});

	test("a file that is gone at the answer to --confirm stays gone", async () => {
		const { cwd } = await createTeam();
		const steps: readonly Step[] = [
			{
				expect: "Write changes? [y/N] ",
				act: (command) => {
					rmSync(join(cwd, NAME));
					command.terminal?.write("y\r");
				},
			},
		];
		const args = ["rm-domain", "dev", "--confirm"];
		const { exitCode, output } = await runInTerminal([PPROTECT, ...args], { cwd, steps });
		expect(exitCode).toBe(1);
		expect(wordsOf(output)).toContain(
			"was changed or removed after it was read; nothing was written",
		);
		expect(readdirSync(cwd)).not.toContain(NAME);
	});
});

describe("a lock that another keeps", () => {
	const onLinux =
		process.platform === "linux" ? lackOf("flock") : "only linux names a lock's holder";

	/** A process that keeps the folder locked, from now on. */
	async function holdLock(cwd: string, seconds: number) {
		const script = `echo locked; exec sleep ${seconds} >/dev/null`;
		const holder = Bun.spawn(["flock", "--no-fork", cwd, "sh", "-c", script], { stdout: "pipe" });
		expect(await new Response(holder.stdout).text()).toBe("locked\n");
		return holder;
	}

	testUnless(onLinux)(
		"is waited for ten seconds; then the error names the holder, and nothing was written",
		async () => {
			const { cwd } = await createTeam();
			const before = stateOf(cwd);
			const holder = await holdLock(cwd, 60);
			const start = performance.now();
			const args = ["rm-domain", "dev"];
			const { stderr } = await pprotect(args, { cwd, exitCode: 1 });
			const seconds = (performance.now() - start) / 1000;
			expect(seconds).toBeGreaterThan(9.5);
			expect(seconds).toBeLessThan(20);
			expect(stderr).toMatch(
				new RegExp(
					`^pprotect: error: process ${holder.pid} \\(sleep\\) has kept the folder \\S+ locked for 10 seconds; nothing was written\npprotect: hint: .+\n$`,
				),
			);
			expect(stateOf(cwd)).toEqual(before);
			// Reading asks for no lock.
			await pprotect(["list-domains"], { cwd });
			holder.kill("SIGKILL");
			await holder.exited;
			await pprotect(args, { cwd });
			expect(readPlain(cwd).domains.has("dev")).toBe(false);
		},
		40_000,
	);

	testUnless(onLinux)("is taken once it is free, and leaves nothing behind", async () => {
		const { cwd } = await createTeam();
		const before = readdirSync(cwd);
		const holder = await holdLock(cwd, 1);
		await addSecret(cwd, "s");
		expect(secretsOf(cwd)).toEqual(["secret-s"]);
		expect(readdirSync(cwd)).toEqual(before);
		await holder.exited;
	});
});

describe("init", () => {
	const init = (name: string) => [
		"init",
		...["--user", name, "--key-type", "raw", "--save-passphrase", `${name}.key`],
	];

	test("of many at the same time, one makes the file; the others leave it alone", async () => {
		const cwd = scratchFolder();
		const names = numbers(12).map((number) => `u${number}`);
		const exits = await Promise.all(
			names.map(async (name) => {
				const child = Bun.spawn([PPROTECT, ...init(name)], {
					cwd,
					env: { PATH: process.env.PATH ?? "" },
					stderr: "ignore",
				});
				return { name, exitCode: await child.exited };
			}),
		);
		const winners = exits.filter(({ exitCode }) => exitCode === 0).map(({ name }) => name);
		expect(winners).toHaveLength(1);
		expect(exits.filter(({ exitCode }) => exitCode === 2)).toHaveLength(11);
		expect([...readPlain(cwd).custodians.keys()]).toEqual(winners);
		expect(readdirSync(cwd).sort()).toEqual([NAME, `${winners[0]}.key`]);
	}, 60_000);

	test("never overwrites a file that appears while it asks", async () => {
		const cwd = scratchFolder();
		const path = join(cwd, NAME);
		const steps: readonly Step[] = [
			{ expect: /User email.*: /, send: "a\r" },
			{ expect: "Passphrase: ", send: "hunter2\r" },
			{
				expect: "Retype passphrase: ",
				act: (command) => {
					writeFileSync(path, "another's\n");
					command.terminal?.write("hunter2\r");
				},
			},
		];
		const { exitCode, output } = await runInTerminal([PPROTECT, "init", "--key-type", "fast"], {
			cwd,
			steps,
		});
		expect(exitCode).toBe(2);
		expect(wordsOf(output)).toContain(`error: Protected file already exists: ${NAME}`);
		expect(readFileSync(path, "utf8")).toBe("another's\n");
		expect(readdirSync(cwd)).toEqual([NAME]);
	}, 30_000);
});
