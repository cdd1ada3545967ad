/** What ends exec while it still derives the key, so that the command never starts. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { asFirst, canBeFirst, childOf, FIRST } from "../support/container-namespace.ts";
import { until } from "../support/container-process.ts";
import { makeSlowSecrets } from "../support/container-secrets.ts";
import { runInTerminal } from "../support/pty.ts";

setDefaultTimeout(60_000);

const COMMAND = ["echo", "started"];

/** With what a shell says of a program that the signal ended. */
const SIGNALS = [
	["SIGTERM", 143],
	["SIGINT", 130],
] as const;

/** Keys of as much memory as the hard ones, which take many times as long. */
const KEYS = [
	["scrypt", { kdf: "scrypt", log2N: 18, r: 8, p: 16 }],
	["Argon2id", { kdf: "argon2id", opslimit: 20, memlimit: 256 * 2 ** 20 }],
] as const;

/** A small part of what these take. */
const AT_ONCE_MILLISECONDS = 1500;

/** More than pprotect ever holds but for a derivation: this one is under way. */
const DERIVING_KIB = 120 * 1024;

/**
 * Starts `command`, and as soon as its child derives a key sends that a signal.
 *
 * @returns how `command` ended.
 */
async function interrupt(
	command: readonly string[],
	env: Record<string, string>,
	signal: NodeJS.Signals,
) {
	const options = { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" } as const;
	const parent = Bun.spawn([...command], options);
	await until(() => residentKiB(childOf(parent.pid)) > DERIVING_KIB);
	const start = performance.now();
	process.kill(childOf(parent.pid) ?? Number.NaN, signal);
	const exitCode = await parent.exited;
	expect(performance.now() - start).toBeLessThan(AT_ONCE_MILLISECONDS);
	return { exitCode, stdout: await parent.stdout.text(), stderr: await parent.stderr.text() };
}

function residentKiB(pid: number | undefined): number {
	if (pid === undefined) return 0;
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

describe.skipIf(process.platform !== "linux")(
	"a signal while a key is derived (linux: /proc)",
	() => {
		describe.each(KEYS)("%s", (_, kdf) => {
			const secrets = makeSlowSecrets(kdf);
			const command = secrets.exec(COMMAND);

			test.each(SIGNALS)("%s ends exec at once, with %d", async (signal, exitCode) => {
				const shell = ["sh", "-c", '"$@"; exit $?', "sh", ...command];
				const ended = await interrupt(shell, secrets.env, signal);
				expect(ended).toMatchObject({ exitCode, stdout: "" });
				expect(ended.stderr).not.toContain("pprotect");
			});

			describe.skipIf(!canBeFirst)(FIRST, () => {
				test.each(SIGNALS)("%s ends exec at once, with %d", async (signal, exitCode) => {
					const ended = await interrupt(asFirst(command), secrets.env, signal);
					expect(ended).toEqual({ exitCode, stdout: "", stderr: "" });
				});
			});
		});

		test("Ctrl-C in a terminal", async () => {
			const { env, exec } = makeSlowSecrets(KEYS[0][1]);
			const command = Bun.spawn(exec(COMMAND), { env, terminal: { data() {} } });
			await until(() => residentKiB(command.pid) > DERIVING_KIB);
			command.terminal?.write("\x03");
			await command.exited;
			expect(command.signalCode).toBe("SIGINT");
		});
	},
);

describe.skipIf(!canBeFirst)(`a signal before that, ${FIRST}`, () => {
	const secrets = makeSlowSecrets(KEYS[0][1]);

	test("while the passphrase's command runs", async () => {
		const passphrase = ["--ignore-env", "-u", secrets.user, "--passphrase-command"];
		const command = secrets.exec(COMMAND, ...passphrase, "echo ready >&2; sleep 60");
		const options = { env: secrets.env, stdout: "pipe", stderr: "pipe" } as const;
		const unshare = Bun.spawn(asFirst(command), options);
		const { value } = await unshare.stderr.getReader().read();
		expect(Buffer.from(value ?? []).toString()).toBe("ready\n");
		process.kill(childOf(unshare.pid) ?? Number.NaN, "SIGTERM");
		expect(await unshare.exited).toBe(143);
		expect(await unshare.stdout.text()).toBe("");
	});

	test("while the passphrase is asked for; the terminal then shows what is typed again", async () => {
		const { PATH = "" } = process.env;
		const outcome = await runInTerminal(asFirst(secrets.exec(COMMAND)), {
			env: { PATH, PPROTECT_USER: secrets.user },
			steps: [
				{
					expect: "Passphrase: ",
					act: (unshare) => void process.kill(childOf(unshare.pid) ?? Number.NaN, "SIGTERM"),
				},
			],
		});
		expect(outcome).toMatchObject({ exitCode: 143, echo: true });
		expect(outcome.output).not.toContain("started");
	});
});
