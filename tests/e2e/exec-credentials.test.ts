/** Where exec takes the passphrase from, and what is left of that for the command. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../support/container-process.ts";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run, runInShell } from "../support/exec-driver-process.ts";
import { pprotect } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";

setDefaultTimeout(30_000);

const { PATH = "" } = process.env;
/** Prints the secret, then what there is of standard input. */
const APP = ["sh", "-c", 'echo "$TOKEN"; cat'];

describe.skipIf(process.platform === "win32")("the passphrase of exec", () => {
	let secrets: Secrets;
	/** An environment that names the user, and gives no passphrase. */
	let env: Record<string, string>;
	beforeAll(async () => {
		secrets = await makeSecrets({ prod: { TOKEN: "s3cr3t" } });
		env = { PATH, PPROTECT_USER: secrets.user };
		writeFileSync(join(secrets.cwd, "wrong"), "wrong\n", { mode: 0o600 });
		writeFileSync(join(secrets.cwd, "no-text"), Buffer.from([0xff]), { mode: 0o600 });
	});

	const SUCCESS = { exitCode: 0, stdout: "s3cr3t\nfor the app\n", stderr: "" };

	/** Runs the app in `script`, where it is `"$@"`, with one line on standard input. */
	function start(options: readonly string[], more: Record<string, string> = {}, script = '"$@"') {
		const settings = { cwd: secrets.cwd, env: { ...env, ...more }, stdin: "for the app\n" };
		return runInShell(script, secrets.exec(APP, ...options), settings);
	}

	/** A run that must fail before the app is started. */
	function fail(options: readonly string[], more: Record<string, string> = {}, exitCode = 1) {
		const outcome = start(options, more);
		expect(outcome.stdout).toBe("");
		expect(outcome.exitCode).toBe(exitCode);
		expect(outcome.stderr).toMatch(/^pprotect: error: /m);
		expect(outcome.stderr).not.toContain(secrets.passphrase);
		return outcome.stderr;
	}

	describe("each source alone", () => {
		test("the environment", () => {
			expect(start([], { PPROTECT_PASSPHRASE: secrets.passphrase })).toEqual(SUCCESS);
		});

		test.each([
			["--passphrase-file", ["--passphrase-file", "key"], {}],
			["--passphrase-command", ["--passphrase-command", "cat key"], {}],
			["PPROTECT_PASSPHRASE_FILE", [], { PPROTECT_PASSPHRASE_FILE: "key" }],
			["PPROTECT_PASSPHRASE_COMMAND", [], { PPROTECT_PASSPHRASE_COMMAND: "cat key" }],
			[
				"MYAPP_PASSPHRASE_FILE",
				["--env-prefix", "MYAPP", "-u", "app@example.com"],
				{ MYAPP_PASSPHRASE_FILE: "key" },
			],
			[
				"MYAPP_PASSPHRASE_COMMAND",
				[],
				{
					PPROTECT_ENV_PREFIX: "MYAPP",
					MYAPP_USER: "app@example.com",
					MYAPP_PASSPHRASE_COMMAND: "cat key",
				},
			],
		])("%s", (_, options, more) => {
			expect(start(options, more)).toEqual(SUCCESS);
		});

		test("--passphrase-fd", () => {
			expect(start(["--passphrase-fd", "7"], {}, '"$@" 7<key')).toEqual(SUCCESS);
		});

		test("a file that another program writes: a pipe", () => {
			const script = 'mkfifo pipe; cat key >pipe & exec "$@"';
			expect(start(["--passphrase-file", "pipe"], {}, script)).toEqual(SUCCESS);
		});

		test("white space around it does not count", () => {
			const spaced = { PPROTECT_PASSPHRASE_COMMAND: 'printf "\\n  %s \\r\\n\\n" "$(cat key)"' };
			expect(start([], spaced)).toEqual(SUCCESS);
		});
	});

	describe("--passphrase-file -", () => {
		test("reads standard input to its end, which the app then sees", () => {
			const settings = { cwd: secrets.cwd, env, stdin: secrets.passphrase };
			const outcome = run(secrets.exec(APP, "--passphrase-file", "-"), settings);
			expect(outcome).toEqual({ exitCode: 0, stdout: "s3cr3t\n", stderr: "" });
		});

		test("never leaves a part of it to the app", () => {
			const stdin = `${secrets.passphrase}\nmore\n`;
			const settings = { cwd: secrets.cwd, env, stdin };
			const outcome = run(secrets.exec(APP, "--passphrase-file", "-"), settings);
			expect(outcome.exitCode).toBe(1);
			expect(outcome.stderr).toContain("passphrase (from stdin)");
		});
	});

	describe("--passphrase-fd", () => {
		test("reads to the end, from where it stands", () => {
			writeFileSync(join(secrets.cwd, "behind"), `line\n${secrets.passphrase}`);
			const script = 'exec 7<behind; dd bs=1 count=5 <&7 >/dev/null 2>&1; exec "$@"';
			expect(start(["--passphrase-fd", "7"], {}, script)).toEqual(SUCCESS);
		});

		test.skipIf(process.platform !== "linux")(
			"waits where nothing is there yet, and the descriptor does not block (linux: /proc)",
			async () => {
				const wrapper = join(import.meta.dir, "../support/container-nonblocking.ts");
				const argv = [secrets.exec(APP, "--passphrase-fd", "0"), env].map((x) => JSON.stringify(x));
				const options = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
				const child = Bun.spawn([process.execPath, wrapper, ...argv], options);
				await until(() => isSelecting(child.pid));
				child.stdin.write(secrets.passphrase);
				child.stdin.end();
				expect(await child.stderr.text()).toBe("");
				expect(await child.stdout.text()).toBe("s3cr3t\n");
			},
		);

		test("closes it", () => {
			const list = ["sh", "-c", "ls /proc/$$/fd; :"];
			const script = 'exec "$@" 7<key';
			const settings = { cwd: secrets.cwd, env };
			const outcome = runInShell(script, secrets.exec(list, "--passphrase-fd", "7"), settings);
			expect(outcome.stdout).toBe("0\n1\n2\n");
		});

		test("as 0 is standard input, whose end the app sees", () => {
			const settings = { cwd: secrets.cwd, env, stdin: secrets.passphrase };
			const outcome = run(secrets.exec(APP, "--passphrase-fd", "0"), settings);
			expect(outcome).toEqual({ exitCode: 0, stdout: "s3cr3t\n", stderr: "" });
		});

		test("fails for every descriptor that our caller did not open", () => {
			const alone = 'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- "$@"';
			for (const fd of ["3", "4", "5", "6", "7", "8", "9", "1023", "99999"]) {
				const outcome = start(["--passphrase-fd", fd], {}, alone);
				expect(outcome.exitCode).toBe(1);
				expect(outcome.stderr).toStartWith(`pprotect: error: cannot read file descriptor ${fd}: `);
			}
		});
	});

	describe("a source that fails never falls through to another", () => {
		// With these, any other source would do.
		const good = (name: "file" | "command") => ({
			...(name === "file" && { PPROTECT_PASSPHRASE_FILE: "key" }),
			...(name === "command" && { PPROTECT_PASSPHRASE_COMMAND: "cat key" }),
		});

		test.each([
			["a file that is missing", ["--passphrase-file", "none"], "cannot read the passphrase file"],
			["a folder", ["--passphrase-file", "."], "it is a folder"],
			[
				"a file without a name",
				["--passphrase-file", ""],
				"the path of the passphrase file is empty",
			],
			["a file that is no text", ["--passphrase-file", "no-text"], "is not UTF-8 text"],
			[
				"a file with another passphrase",
				["--passphrase-file", "wrong"],
				"(from passphrase file: /",
			],
			["an empty file", ["--passphrase-file", "/dev/null"], "(warning: empty passphrase)"],
			[
				"a descriptor that is not open",
				["--passphrase-fd", "77"],
				"file descriptor 77: it is not open",
			],
			["a descriptor that is no number", ["--passphrase-fd", "x"], '"x" is not a file descriptor'],
			[
				"a command that fails",
				["--passphrase-command", "cat key; exit 3"],
				"failed with exit code 3",
			],
			[
				"a command that is not there",
				["--passphrase-command", "no-such"],
				"failed with exit code 127",
			],
			[
				"a command that a signal ends",
				["--passphrase-command", "kill -9 $$"],
				"failed with exit code 137",
			],
			[
				"a command without output",
				["--passphrase-command", ":"],
				"(from passphrase command) (warning: empty",
			],
			["an empty command", ["--passphrase-command", ""], "the passphrase command is empty"],
		])("%s", (_, options, message) => {
			expect(fail(options, good("file"))).toContain(message);
			expect(fail(options, good("command"))).toContain(message);
		});

		test.each([
			[
				"an empty passphrase",
				{ PPROTECT_PASSPHRASE: "" },
				"(from env var: PPROTECT_PASSPHRASE) (warning: empty passphrase)",
			],
			["a missing file", { PPROTECT_PASSPHRASE_FILE: "/none" }, "/none: it does not exist"],
			[
				"a file without a name",
				{ PPROTECT_PASSPHRASE_FILE: "" },
				"the path of the passphrase file is empty",
			],
			["a failing command", { PPROTECT_PASSPHRASE_COMMAND: "exit 3" }, "failed with exit code 3"],
		])("in the environment: %s", (_, more, message) => {
			expect(fail([], more)).toContain(message);
		});
	});

	describe("more than one at the same level is an error, exit 2", () => {
		const flags = [
			["--passphrase-file", "key"],
			["--passphrase-fd", "0"],
			["--passphrase-command", "cat key"],
		];
		const variables = {
			PPROTECT_PASSPHRASE: "x",
			PPROTECT_PASSPHRASE_FILE: "key",
			PPROTECT_PASSPHRASE_COMMAND: "cat key",
		};

		test.each(pairs(flags))("%p and %p", (one, other) => {
			const error = fail([...one, ...other], {}, 2);
			expect(error).toContain(`both ${one[0]} and ${other[0]} give a passphrase`);
		});

		test.each(pairs(Object.entries(variables)))("%p and %p", (one, other) => {
			const error = fail([], Object.fromEntries([one, other]), 2);
			expect(error).toContain(`both ${one[0]} and ${other[0]} give a passphrase`);
		});
	});

	test("a flag comes before the environment, which is then not looked at", () => {
		const more = { PPROTECT_PASSPHRASE: "wrong", PPROTECT_PASSPHRASE_FILE: "/none" };
		expect(start(["--passphrase-file", "key"], more)).toEqual(SUCCESS);
	});

	test("--ignore-env looks at none of the variables", () => {
		const more = { PPROTECT_PASSPHRASE_COMMAND: "touch run" };
		const options = ["--ignore-env", "-u", secrets.user, "--passphrase-file", "key"];
		expect(start(options, more)).toEqual(SUCCESS);
		expect(existsSync(join(secrets.cwd, "run"))).toBe(false);
	});

	describe("a passphrase file that others may read", () => {
		const warning = () => {
			const path = join(secrets.cwd, "open");
			return `pprotect: warning: ${path} is readable by others; to fix: chmod 600 ${path}\n`;
		};

		test.each([
			["0644", true],
			["0604", true],
			["0640", false],
			["0400", false],
		])("mode %s", (mode, warns) => {
			const path = join(secrets.cwd, "open");
			writeFileSync(path, secrets.passphrase);
			chmodSync(path, Number.parseInt(mode, 8));
			const stderr = warns ? warning() : "";
			expect(start(["--passphrase-file", path])).toEqual({ ...SUCCESS, stderr });
			expect(start([], { PPROTECT_PASSPHRASE_FILE: path })).toEqual({ ...SUCCESS, stderr });
		});
	});

	test("a command keeps off the app's standard input, and its errors are seen", () => {
		const command = "cat; cat key; echo looking >&2";
		expect(start(["--passphrase-command", command])).toEqual({ ...SUCCESS, stderr: "looking\n" });
	});

	describe("asking", () => {
		/** Runs exec in a terminal, with its standard streams apart from that. */
		function ask(options: readonly string[], variables: Record<string, string>, send: string[]) {
			const script = 'echo "for the app" | "$@" >out 2>err; echo "exit $?"; cat out err';
			return runInTerminal(["sh", "-c", script, "sh", ...secrets.exec(APP, ...options)], {
				cwd: secrets.cwd,
				env: { PATH, ...variables },
				steps: [
					...send.map((text, i) => ({
						expect: i === send.length - 1 ? "Passphrase: " : "User email: ",
						send: `${text}\r`,
					})),
					{ expect: /exit \d+/ },
				],
			});
		}

		test("is done on the terminal; standard input, output and error are the app's", async () => {
			const { output } = await ask([], {}, [secrets.user, secrets.passphrase]);
			expect(output).toContain(`Verify credentials for ${join(secrets.cwd, "protected.yaml")}`);
			expect(output).toEndWith("exit 0\r\ns3cr3t\r\nfor the app\r\n");
			expect(output).not.toContain(secrets.passphrase);
		});

		test("for what is missing alone", async () => {
			const { output } = await ask([], { PPROTECT_USER: secrets.user }, [secrets.passphrase]);
			expect(output).not.toContain("User email: ");
			expect(output).toContain(`(Using user ${secrets.user} from env var: PPROTECT_USER)`);
			expect(output).toEndWith("exit 0\r\ns3cr3t\r\nfor the app\r\n");
		});

		test("leaves the terminal as it was for the app", async () => {
			const script = 'stty -g; "$@"; stty -g';
			const app = secrets.exec(["stty", "-g"]);
			const { output, echo } = await runInTerminal(["sh", "-c", script, "sh", ...app], {
				env: { PATH, PPROTECT_USER: secrets.user },
				steps: [{ expect: "Passphrase: ", send: `${secrets.passphrase}\r` }],
			});
			const states = output.match(/^[0-9a-f:]{20,}/gm) ?? [];
			expect(states.length).toBe(3);
			expect(new Set(states).size).toBe(1);
			expect(echo).toBe(true);
		});

		test.each([
			["nosuchprogram", 127, 'command "nosuchprogram" not found'],
			["/nowhere/program", 127, "there is no such file"],
			["/etc/passwd", 126, "permission denied"],
			["/", 126, "it is a folder"],
		])("%s, which cannot be run, is told as without a prompt", async (program, code, words) => {
			const { output } = await runInTerminal(
				["sh", "-c", '"$@"; echo "exit $?"', "sh", ...secrets.exec([program])],
				{
					env: { PATH, PPROTECT_USER: secrets.user },
					steps: [{ expect: "Passphrase: ", send: `${secrets.passphrase}\r` }],
				},
			);
			expect(output).toContain(words);
			expect(output).toMatch(new RegExp(`exit ${code}\\r\\n$`));
			expect(output).not.toContain("bug");
		});

		test("ends with 130 on Ctrl-C, the app not started", async () => {
			const script = '"$@"; echo "exit $?"';
			const app = secrets.exec(["echo", "started"]);
			const { output } = await runInTerminal(["sh", "-c", `trap : INT; ${script}`, "sh", ...app], {
				env: { PATH, PPROTECT_USER: secrets.user },
				steps: [{ expect: "Passphrase: ", send: "\x03" }, { expect: "exit 130" }],
			});
			expect(output).not.toContain("started");
		});

		test("is not done with --non-interactive", async () => {
			const script = '"$@"; echo "exit $?"';
			const app = secrets.exec(APP, "--non-interactive");
			const { output } = await runInTerminal(["sh", "-c", script, "sh", ...app], {
				env: { PATH, PPROTECT_USER: secrets.user },
				steps: [{ expect: "exit 1" }],
			});
			expect(output).toContain("the passphrase is not given");
		});

		describe("without a terminal", () => {
			/** Leaves the terminal that the tests may have been started from. */
			const detached = (command: readonly string[]) => ["setsid", "-w", ...command];

			test("lines of standard input answer, and the rest is the app's, to the byte", () => {
				const rest = `line\n\0${"x".repeat(100_000)}`;
				const stdin = `${secrets.user}\n${secrets.passphrase}\n${rest}`;
				const outcome = run(detached(secrets.exec(APP)), { env: { PATH }, stdin });
				expect(outcome.stdout).toBe(`s3cr3t\n${rest}`);
				expect(outcome.exitCode).toBe(0);
				const one = run(detached(secrets.exec(APP)), {
					env,
					stdin: `${secrets.passphrase}\n${rest}`,
				});
				expect(one.stdout).toBe(`s3cr3t\n${rest}`);
			});

			test("and lines of a file, which the app goes on to read from there", () => {
				const path = join(secrets.cwd, "answers");
				writeFileSync(path, `${secrets.user}\n${secrets.passphrase}\nfor the app`);
				const command = ["sh", "-c", '"$@" <answers', "sh", ...detached(secrets.exec(APP))];
				const outcome = run(command, { env: { PATH }, cwd: secrets.cwd });
				expect(outcome.stdout).toBe("s3cr3t\nfor the app");
			});

			test("not where another source gives them", () => {
				const options = {
					env: { ...env, PPROTECT_PASSPHRASE: secrets.passphrase },
					stdin: "all\nof\nit",
				};
				expect(run(detached(secrets.exec(APP)), options).stdout).toBe("s3cr3t\nall\nof\nit");
			});

			test("a wrong answer is an error that names its source", () => {
				const stdin = `${secrets.user}\nwrong\n`;
				const outcome = run(detached(secrets.exec(APP)), { env: { PATH }, stdin });
				expect(outcome.exitCode).toBe(1);
				expect(outcome.stdout).toBe("");
				expect(outcome.stderr).toContain("stdin");
			});

			test("the error says which sources there are, where nothing answers", () => {
				const command = detached(secrets.exec(APP));
				const words = [
					"pprotect: error: the passphrase is not given, and there is no terminal to ask on\n",
					"give one of --passphrase-file, --passphrase-fd, --passphrase-command, PPROTECT_PASSPHRASE, PPROTECT_PASSPHRASE_FILE, PPROTECT_PASSPHRASE_COMMAND",
				];
				for (const input of ["</dev/null", "<&-", "<empty"]) {
					writeFileSync(join(secrets.cwd, "empty"), "");
					const script = ["sh", "-c", `"$@" ${input}`, "sh", ...command];
					const outcome = run(script, { env, cwd: secrets.cwd });
					expect(outcome.exitCode).toBe(1);
					expect(outcome.stdout).toBe("");
					for (const text of words) expect(outcome.stderr).toContain(text);
				}
			});
		});
	});

	describe("the app sees none of it", () => {
		const SUFFIXES = ["USER", "PASSPHRASE", "PASSPHRASE_FILE", "PASSPHRASE_COMMAND"];

		/** Both prefixes' variables with `value`, but the one that is used. */
		function variables(...prefixes: string[]): Record<string, string> {
			const names = prefixes.flatMap((prefix) => SUFFIXES.map((suffix) => `${prefix}_${suffix}`));
			return Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
		}

		const namesLeft = (options: readonly string[], more: Record<string, string>) => {
			const command = secrets.exec(
				["env"],
				"-u",
				secrets.user,
				"--passphrase-file",
				"key",
				...options,
			);
			const { stdout, stderr } = run(command, { cwd: secrets.cwd, env: { PATH, ...more } });
			expect(stderr).toBe("");
			return stdout
				.split("\n")
				.flatMap((line) => line.split("=", 1))
				.filter(Boolean)
				.sort();
		};

		const OTHERS = { PPROTECT_DEBUG: "0", PPROTECT_PASSPHRASE_HINT: "x", MYAPP_USERS: "x" };
		const LEFT = ["MYAPP_USERS", "PATH", "PPROTECT_DEBUG", "PPROTECT_PASSPHRASE_HINT", "TOKEN"];

		test("under the default prefix", () => {
			expect(namesLeft([], { ...variables("PPROTECT"), ...OTHERS })).toEqual(LEFT);
		});

		test("under both, with --env-prefix", () => {
			const more = { ...variables("PPROTECT", "MYAPP"), ...OTHERS };
			expect(namesLeft(["--env-prefix", "MYAPP"], more)).toEqual(LEFT);
		});

		test("under both, with PPROTECT_ENV_PREFIX, which goes too", () => {
			const more = { ...variables("PPROTECT", "MYAPP"), ...OTHERS, PPROTECT_ENV_PREFIX: "MYAPP" };
			expect(namesLeft([], more)).toEqual(LEFT);
			expect(namesLeft(["--env-prefix", "OTHER"], { ...more, OTHER_USER: "x" })).toEqual(LEFT);
		});

		test("with --ignore-env as well", () => {
			const more = { ...variables("PPROTECT"), ...OTHERS };
			expect(namesLeft(["--ignore-env"], more)).toEqual(LEFT);
		});
	});

	test("own failures: exit 1, or 2 for what contradicts, with nothing on standard output", async () => {
		const { cwd } = secrets;
		const credentials = { env: secrets.env, cwd };
		const missing = ["exec", "--file", "none.yaml", "--domain", "prod", "--", "true"];
		await pprotect(missing, { ...credentials, exitCode: 2 });
		await pprotect(["exec", "--domain", "none", "--", "true"], { ...credentials, exitCode: 1 });
		await pprotect(["exec", "--domain", "prod", "--"], { ...credentials, exitCode: 1 });
		await pprotect(["exec", "--", "true"], { ...credentials, exitCode: 1 });
		const contradiction = [
			"exec",
			"--domain",
			"prod",
			"--ignore-env",
			"--non-interactive",
			"--",
			"true",
		];
		await pprotect(contradiction, { ...credentials, exitCode: 2 });
	});
});

/** Whether it waits in select(2) for standard input: by the call's number on x64, arm64. */
function isSelecting(pid: number): boolean {
	return /^(23|270|72) 0x1 /.test(readFileSync(`/proc/${pid}/syscall`, "utf8"));
}

/** Every two of `items`. */
function pairs<Item>(items: readonly Item[]): [Item, Item][] {
	return items.flatMap((one, i) => items.slice(i + 1).map((other): [Item, Item] => [one, other]));
}
