import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../../../support/compile.ts";
import { runInTerminal, type Step } from "../../../support/pty.ts";

const isPosix = process.platform !== "win32";

let folder = "";
let driver = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pprotect-test-"));
	driver = compile(join(import.meta.dir, "../../../support/prompt-driver.ts"), folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the driver prints for an answer. */
const answer = (text: string | Uint8Array) => `answer ${Buffer.from(text).toString("hex")}\n`;
const shownAnswer = (text: string) => answer(text).replace("\n", "\r\n");

/** Plays the driver's steps with `input` as standard input, and no terminal at all. */
async function pipe(steps: readonly string[], input: string | Uint8Array | Bun.BunFile) {
	const stdin = typeof input === "string" ? Buffer.from(input) : input;
	// Detached: away from the terminal of whoever runs the tests.
	const child = Bun.spawn([driver, ...steps], {
		stdin,
		stdout: "pipe",
		stderr: "pipe",
		detached: true,
	});
	const [stdout, stderr, exitCode] = await Promise.all([
		child.stdout.text(),
		child.stderr.text(),
		child.exited,
	]);
	return { stdout, stderr, exitCode };
}

/** Runs the driver and sends `signal` once the question is shown. */
async function pipeAndSignal(steps: readonly string[], signal: NodeJS.Signals) {
	const child = Bun.spawn([driver, ...steps], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
	let stderr = "";
	for await (const chunk of child.stderr) {
		if (stderr === "") child.kill(signal);
		stderr += Buffer.from(chunk).toString();
	}
	return { stderr, stdout: await child.stdout.text(), exitCode: await child.exited };
}

describe("answers from a pipe", () => {
	test("are a line for each question, whoever asks it and whether hidden or not", async () => {
		const steps = ["stdio", "ask=User: ", "hidden=Passphrase: ", "stdio", "ask=Domain: "];
		const { stdout, stderr, exitCode } = await pipe(steps, "bob\nsecret\nprod\n");
		expect(stdout).toBe(answer("bob") + answer("secret") + answer("prod"));
		expect(stderr).toBe("User: \nPassphrase: \nDomain: \n");
		expect(exitCode).toBe(0);
	});

	test("keep blanks, tabs, a byte order mark and all else, but for the line's end", async () => {
		const { stdout } = await pipe(["stdio", "hidden=Value: "], "\ufeff \tä\b\x15 \u{1f511} \n");
		expect(stdout).toBe(answer("\ufeff \tä\b\x15 \u{1f511} "));
	});

	test("may end in CRLF, be empty, and the last may lack its end", async () => {
		const steps = ["stdio", "ask=a", "ask=b", "ask=c"];
		const { stdout } = await pipe(steps, "one\r\n\nthree");
		expect(stdout).toBe(answer("one") + answer("") + answer("three"));
	});

	test("leave what follows to the next process", async () => {
		const steps = ["stdio", "ask=a", "exec=cat"];
		const { stdout } = await pipe(steps, "one\nfor cat\n");
		expect(stdout).toBe(`${answer("one")}for cat\n`);
	});

	test("may be longer than a terminal's line", async () => {
		const long = "k".repeat(100_000);
		const { stdout } = await pipe(["stdio", "hidden=Value: "], `${long}\n`);
		expect(stdout).toBe(answer(long));
	});

	test("that end too early are an error which names the question", async () => {
		const { stdout, stderr, exitCode } = await pipe(
			["stdio", "ask=a", "hidden=Passphrase: "],
			"one\n",
		);
		expect(stdout).toBe(answer("one"));
		expect(stderr).toBe('a\nPassphrase: \nInputEndedError: the input ended at "Passphrase"\n');
		expect(exitCode).toBe(1);
	});

	test("that are no UTF-8 are an error which does not show them", async () => {
		const invalid = Buffer.from([0x73, 0xff, 0x0a]);
		const { stdout, stderr, exitCode } = await pipe(["stdio", "hidden=Value: "], invalid);
		expect(stdout).toBe("");
		expect(stderr).toBe('Value: \nProtectError: the answer to "Value" is not valid UTF-8\n');
		expect(exitCode).toBe(1);
	});

	test.skipIf(!isPosix)("are waited for, where the pipe does not block", async () => {
		const fifo = makeFifo();
		const input = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
		const output = openSync(fifo, constants.O_WRONLY);
		const child = Bun.spawn([driver, "stdio", "ask=a", "rest"], { stdin: input, stderr: "pipe" });
		closeSync(input);
		for await (const _question of child.stderr) {
			writeSync(output, "li");
			writeSync(output, "ne\nrest");
			closeSync(output);
			break;
		}
		expect(await child.stdout.text()).toBe(answer("line") + answer("rest"));
	});

	test.each([
		["SIGINT", 130, "InterruptedError: interrupted"],
		["SIGTERM", 143, "TerminatedError: ended by SIGTERM"],
		["SIGHUP", 129, "TerminatedError: ended by SIGHUP"],
	] as const)("are not waited for after %s", async (signal, code, message) => {
		const { stderr, exitCode } = await pipeAndSignal(["stdio", "ask=User: "], signal);
		expect(stderr).toBe(`User: \n${message}\n`);
		expect(exitCode).toBe(code);
	});
});

test.skipIf(!isPosix)("half a line is no answer where a signal ended its writer", async () => {
	const child = Bun.spawn([driver, "stdio", "ask=a"], {
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
	});
	for await (const _question of child.stderr) {
		child.kill("SIGSTOP");
		child.stdin.write("half");
		child.kill("SIGINT");
		await child.stdin.end();
		child.kill("SIGCONT");
		break;
	}
	expect(await child.stdout.text()).toBe("");
	expect(await child.exited).toBe(130);
});

describe("standard input as a value", () => {
	test("keeps every byte after the lines that were asked for", async () => {
		const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256);
		const input = Buffer.concat([Buffer.from("prod\n"), bytes]);
		const { stdout, stderr } = await pipe(["stdio", "ask=Domain: ", "rest"], input);
		expect(stdout).toBe(answer("prod") + answer(bytes));
		expect(stderr).toBe("Domain: \n");
	});

	test("may be empty, and is once it was read", async () => {
		expect((await pipe(["rest"], "")).stdout).toBe(answer(""));
		expect((await pipe(["rest", "rest"], "x")).stdout).toBe(answer("x") + answer(""));
	});

	test.skipIf(!isPosix)("has an end, or is refused", async () => {
		const { stdout, stderr, exitCode } = await pipe(["rest"], Bun.file("/dev/zero"));
		expect(stdout).toBe("");
		expect(stderr).toBe("ProtectError: standard input holds more than 64 MiB\n");
		expect(exitCode).toBe(1);
	});

	test.skipIf(!isPosix)("that cannot be read is an error", () => {
		const folder = openSync(tmpdir(), "r");
		const result = spawnSync(driver, ["rest"], { stdio: [folder, "pipe", "pipe"] });
		closeSync(folder);
		expect(result.stderr.toString()).toBe(
			"ProtectError: cannot read standard input: it is a folder\n",
		);
		expect(result.status).toBe(1);
	});
});

/** Plays the driver's steps in a terminal. */
function terminal(steps: readonly string[], typing: readonly Step[] = [], typedAhead?: string) {
	return runInTerminal([driver, ...steps], { steps: typing, ...(typedAhead && { typedAhead }) });
}

describe.skipIf(!isPosix).each(["stdio", "terminal"])("answers typed on a terminal (%s)", (who) => {
	test("are shown when asked for plainly, and edited by the terminal", async () => {
		const result = await terminal([who, "ask=User: "], [{ expect: "User: ", send: "bobx\x7f\r" }]);
		expect(result).toMatchObject({ exitCode: 0, echo: true, canonical: true });
		expect(result.output).toBe(`User: bobx\b \b\r\n${shownAnswer("bob")}`);
	});

	test("are not shown when hidden, and the terminal shows again what is typed later", async () => {
		const result = await terminal(
			[who, "hidden=Passphrase: ", "exec=read shown; stty -a"],
			[
				{ expect: "Passphrase: ", send: "s3cret\r" },
				{ expect: shownAnswer("s3cret"), send: "shown\r" },
			],
		);
		expect(result.output).toStartWith(`Passphrase: \r\n${shownAnswer("s3cret")}shown\r\n`);
		expect(result.output).toMatch(/ icanon [^-]* echo /);
		expect(result).toMatchObject({ exitCode: 0, echo: true, canonical: true });
	});

	test("are not shown while they wait for their question, nor lost", async () => {
		const result = await terminal(
			[who, "hidden=Passphrase: ", "hidden=Retype: ", "ask=Proceed? "],
			[{ expect: "Passphrase: ", send: "first\rsecond\ry\r" }],
		);
		const answers = ["first", "second", "y"].map(shownAnswer);
		expect(result.output).toBe(
			`Passphrase: \r\n${answers[0]}Retype: \r\n${answers[1]}Proceed? ${answers[2]}`,
		);
	});

	test("are taken if they were typed before the program could ask", async () => {
		const steps = [who, "hidden=Passphrase: ", "ask=User: ", "hidden=Again: "];
		const { output } = await terminal(steps, [], "early\rbob\rlate\r");
		const answers = [...output.matchAll(/answer .*\r\n/g)].map(([line]) => line);
		expect(answers).toEqual(["early", "bob", "late"].map(shownAnswer));
	});

	test("leave what was typed ahead to the next program", async () => {
		const { output } = await terminal(
			[who, "hidden=Passphrase: ", 'exec=read line; echo "got <$line>"'],
			[{ expect: "Passphrase: ", send: "first\rfor the app\r" }],
		);
		expect(output).toContain("got <for the app>");
	});

	test("can be mended while hidden: characters of any length, words, all", async () => {
		const typed = "gone\x15 one twoo\x17ä\u{1f511}é\x7f\x7f\x08x\r";
		const { output } = await terminal(
			[who, "hidden=Value: "],
			[{ expect: "Value: ", send: typed }],
		);
		expect(output).toBe(`Value: \r\n${shownAnswer(" one x")}`);
	});

	test("may be longer than the kernel's line when hidden", async () => {
		const pasted = "k".repeat(20_000);
		const { output } = await terminal(
			[who, "hidden=Value: "],
			[{ expect: "Value: ", send: `${pasted}\r` }],
		);
		expect(output).toBe(`Value: \r\n${shownAnswer(pasted)}`);
	});

	test.each(["ask", "hidden"])("end in an error on Ctrl-C (%s)", async (how) => {
		const result = await terminal(
			[who, `${how}=Question: `],
			[{ expect: "Question: ", send: "half\x03" }],
		);
		expect(result).toMatchObject({ exitCode: 130, echo: true, canonical: true });
		expect(result.output).toEndWith("\r\nInterruptedError: interrupted\r\n");
		if (how === "hidden") expect(result.output).not.toContain("half");
	});

	test.each(["ask", "hidden"])("end in an error on Ctrl-D (%s)", async (how) => {
		const expected = {
			output: 'Question: \r\nInputEndedError: the input ended at "Question"\r\n',
			exitCode: 1,
			echo: true,
			canonical: true,
		};
		const steps = [who, `${how}=Question: `];
		expect(await terminal(steps, [{ expect: "Question: ", send: "\x04" }])).toEqual(expected);
		expect(await terminal(steps, [], "\x04")).toEqual(expected);
	});

	test.each([
		["SIGTERM", 143],
		["SIGHUP", 129],
		["SIGQUIT", 131],
		["SIGINT", 130],
	] as const)("give the terminal back on %s", async (signal, exitCode) => {
		const act = (command: Bun.Subprocess) => command.kill(signal);
		const result = await terminal([who, "hidden=Value: "], [{ expect: "Value: ", act }]);
		expect(result).toMatchObject({ exitCode, echo: true, canonical: true });
	});

	test("give the terminal back when something fails", async () => {
		const steps = [{ expect: "Value: ", send: "\xff\r" }];
		const result = await terminal([who, "hidden=Value: ", "fail"], steps);
		expect(result).toMatchObject({ exitCode: 70, echo: true, canonical: true });
	});

	test("give the terminal back for Ctrl-Z, and hide again once continued", async () => {
		const script = `set -m; "$0" "$@"; echo "stopped: $(stty -a | tr ' ' '\\n' | grep 'echo$')"; fg`;
		const result = await runInTerminal(["sh", "-c", script, driver, who, "hidden=Value: "], {
			steps: [
				{ expect: "Value: ", send: "half\x1a" },
				{ expect: "stopped: echo" },
				{ expect: "Value: ", send: "s3cret\r" },
			],
		});
		expect(result.output).toContain(shownAnswer("s3cret"));
		expect(result.output).not.toMatch(/s3cret|half/);
		expect(result).toMatchObject({ exitCode: 0, echo: true, canonical: true });
	});

	test("survive Ctrl-Z where there is no shell to continue us", async () => {
		const steps = [
			{ expect: "Value: ", send: "half\x1a" },
			{ expect: "Value: ", send: "s3cret\r" },
		];
		const { output } = await terminal([who, "hidden=Value: "], steps);
		expect(output).toBe(`Value: \r\nValue: \r\n${shownAnswer("s3cret")}`);
	});

	test("do not change what signals do afterwards", async () => {
		const steps = [who, "hidden=Value: ", "exec=kill -TERM $PPID; sleep 5"];
		const result = await terminal(steps, [{ expect: "Value: ", send: "x\r" }]);
		expect(result.exitCode).toBe(143);
		expect(result.output).not.toContain("TerminatedError");
	});

	test("leave an ignored signal ignored", async () => {
		const script = `trap '' HUP; exec "$0" "$@"`;
		const argv = ["sh", "-c", script, driver, who, "hidden=First: ", "hidden=Second: "];
		const act = (command: Bun.Subprocess) => command.kill("SIGHUP");
		const result = await runInTerminal(argv, {
			steps: [
				{ expect: "First: ", act, send: "one\r" },
				{ expect: "Second: ", act, send: "two\r" },
			],
		});
		expect(result.output).toContain(shownAnswer("two"));
		expect(result.exitCode).toBe(0);
	});
});

describe.skipIf(!isPosix)("who is asked", () => {
	test("is the terminal alone, where standard input belongs to another program", async () => {
		const script = 'echo data | "$0" "$@" 2>&1 >/dev/null | sed "s/^/not the terminal: /"';
		const steps = ["terminal", "notice=hello", "hidden=Passphrase: ", "exec=cat >&2"];
		const result = await runInTerminal(["sh", "-c", script, driver, ...steps], {
			steps: [{ expect: "Passphrase: ", send: "s3cret\r" }],
		});
		expect(result.output).toBe("hello\r\nPassphrase: \r\nnot the terminal: data\r\n");
		expect(result.echo).toBe(true);
	});

	// The runtime itself restores a terminal that is a standard stream: here none is.
	test.each([
		["its question is answered", "x\r", [], 0],
		["Ctrl-C", "\x03", [], 130],
		["Ctrl-D", "\x04", [], 1],
		["Ctrl-\\", "\x1c", [], 131],
		["a listener that exits", "\x1c", ["exit-on=SIGQUIT"], 99],
	] as const)("has its echo again after %s", async (_what, send, before, exitCode) => {
		const script = 'exec "$0" "$@" </dev/null >/dev/null 2>&1';
		const steps = [...before, "terminal", "hidden=Passphrase: "];
		const result = await runInTerminal(["sh", "-c", script, driver, ...steps], {
			steps: [{ expect: "Passphrase: ", send }],
		});
		expect(result).toMatchObject({ exitCode, echo: true, canonical: true });
	});

	test("is standard error and input, even on a terminal", async () => {
		const script = 'echo bob | "$0" "$@" 2>&1 >/dev/null | sed "s/^/stderr: /"';
		const steps = ["stdio", "notice=hello", "ask=User: "];
		const { output } = await runInTerminal(["sh", "-c", script, driver, ...steps]);
		expect(output).toBe("stderr: hello\r\nstderr: User: \r\n");
	});

	test("is nobody without a terminal", async () => {
		const { stdout, stderr, exitCode } = await pipe(["terminal", "ask=User: "], "bob\n");
		expect(stdout).toBe("");
		expect(stderr).toBe("ProtectError: there is no terminal to ask on\n");
		expect(exitCode).toBe(1);
	});
});

/** Makes a named pipe in a folder of its own. */
function makeFifo(): string {
	const path = join(mkdtempSync(join(folder, "fifo-")), "fifo");
	expect(spawnSync("mkfifo", [path]).status).toBe(0);
	return path;
}
