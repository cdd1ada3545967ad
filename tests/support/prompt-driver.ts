/**
 * A program that does nothing but ask, for the tests of the terminal. Its arguments are played in
 * order; what follows `=` is their value:
 *
 * - `stdio`, `terminal`: whom to ask from now on
 * - `ask=LABEL`, `hidden=LABEL`, `notice=TEXT`
 * - `rest`: reads standard input to its end
 * - `fail`: throws something unexpected
 * - `exec=COMMAND`: lets a shell run a command that takes over the terminal
 * - `repeat=N`: writes N bytes to standard output
 * - `nonblocking=FD`: makes a descriptor non-blocking, as a program that shares it may (linux)
 * - `exit-on=SIGNAL`: from now on, exits on that signal with 99
 * - `out=TEXT`, `err=TEXT`: writes text
 * - `isatty=FD`: tells whether that is a terminal, and may be coloured
 *
 * Answers are printed in hexadecimal, so that whatever shows them in clear has leaked them.
 */
import { spawnSync } from "node:child_process";
import { ProtectError } from "../../src/errors.ts";
import { openLibc } from "../../src/system/libc.ts";
import { isTerminal, writeStderr, writeStdout } from "../../src/system/output.ts";
import { useColour } from "../../src/system/paint.ts";
import type { Prompter } from "../../src/system/terminal/prompter.ts";
import {
	readAllStdin,
	stdioPrompter,
	terminalPrompter,
} from "../../src/system/terminal/terminal.ts";

const hex = (bytes: Uint8Array | string) => `answer ${Buffer.from(bytes).toString("hex")}\n`;

function setNonBlocking(fd: number): void {
	const F_SETFL = 4;
	const O_NONBLOCK = 0o4000;
	const libc = openLibc({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
	if (libc.fcntl(fd, F_SETFL, O_NONBLOCK) !== 0) throw new Error("cannot make it non-blocking");
}

async function play(steps: readonly string[]): Promise<void> {
	let prompter: Prompter | undefined;
	try {
		for (const step of steps) {
			const [action, value = ""] = step.split("=", 2);
			if (action === "stdio") prompter = stdioPrompter();
			else if (action === "terminal") prompter = terminalPrompter();
			else if (action === "ask") writeStdout(hex((await prompter?.ask(value)) ?? ""));
			else if (action === "hidden") writeStdout(hex((await prompter?.askHidden(value)) ?? ""));
			else if (action === "notice") prompter?.notice(value);
			else if (action === "rest") writeStdout(hex(readAllStdin()));
			else if (action === "fail") throw new Error("unexpected");
			else if (action === "exec") spawnSync("sh", ["-c", value], { stdio: "inherit" });
			else if (action === "repeat") writeStdout("x".repeat(Number(value)));
			else if (action === "nonblocking") setNonBlocking(Number(value));
			else if (action === "exit-on") process.on(value, () => process.exit(99));
			else if (action === "out") writeStdout(value);
			else if (action === "err") writeStderr(value);
			else if (action === "isatty") {
				const fd = Number(value);
				writeStdout(`terminal ${isTerminal(fd)} colour ${useColour(fd, process.env)}\n`);
			} else throw new Error(`unknown step ${step}`);
		}
	} finally {
		prompter?.close();
	}
}

async function main(): Promise<void> {
	process.exitCode = 70;
	try {
		await play(process.argv.slice(2));
		process.exitCode = 0;
	} catch (error) {
		if (error instanceof ProtectError) process.exitCode = error.exitCode;
		writeStderr(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`);
	}
}

void main();
