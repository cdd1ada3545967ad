/**
 * How pprotect asks questions. The rules:
 *
 * - Results own standard output; questions and notices go to standard error, or to the terminal.
 * - Answers are lines of standard input, or, where that belongs to another program (exec), of the
 *   terminal itself. A file or a pipe answers as a person does, a line for each question.
 * - Not a byte is read beyond the answer: nothing that was typed, pasted or piped ahead is lost,
 *   be it for the next question or for the program that comes after us. Only a value, the last
 *   answer of its command, is refused where more follows it.
 * - A passphrase or a value that is typed is never shown: echo is off before the question appears,
 *   and back on in every way out, signals and Ctrl-Z included.
 * - Ctrl-C is InterruptedError, the end of the input InputEndedError.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { InputEndedError, ProtectError } from "../../errors.ts";
import { isTerminal, writeFully, writeStderr } from "../output.ts";
import { printable } from "../printable.ts";
import { readAll } from "../read-all.ts";
import { isMsysTerminal } from "../windows/msys-terminal.ts";
import type { Prompter } from "./prompter.ts";
import { type NextByte, readByte, readLine, severalLines } from "./read-line.ts";
import { openWindowsConsole } from "./windows-console.ts";

export type { Prompter } from "./prompter.ts";

const STDIN = 0;
const STDERR = 2;

/** Where a question is shown and answered. */
interface Respondent {
	readonly isAttended: boolean;
	write(text: string): void;
	/** Shows `label` and reads one line, the last one or not; undefined at the end of the input. */
	answer(label: string, isHidden: boolean, isLast: boolean): Promise<Uint8Array | undefined>;
	close(): void;
}

/** Asks on standard error, and takes the answers from standard input. */
export function stdioPrompter(): Prompter {
	const isAttended = isTerminal(STDIN) && isTerminal(STDERR);
	if (process.platform !== "win32") {
		return prompterFor({ ...posixRespondent(STDIN, writeStderr), isAttended });
	}
	if (!isTerminal(STDIN)) return prompterFor(windowsPipe());
	return prompterFor({ ...openWindowsConsole(writeStderr), isAttended });
}

/**
 * Asks on the terminal that this process was started from, and takes the answers from there;
 * standard input, output and error stay untouched.
 *
 * @throws ProtectError where there is no such terminal.
 */
export function terminalPrompter(): Prompter {
	if (process.platform === "win32") {
		// Its console exists, but nobody sees it.
		if (([0, 1, 2] as const).some(isMsysTerminal)) throw withoutConsole();
		return prompterFor({ ...openWindowsConsole(), isAttended: true });
	}
	const terminal = openTerminal();
	const write = (text: string) => {
		try {
			writeFully(terminal, new TextEncoder().encode(text));
		} catch {
			// It hung up; reading from it will tell.
		}
	};
	const close = () => closeSync(terminal);
	return prompterFor({ ...posixRespondent(terminal, write), isAttended: true, close });
}

/** Whether somebody may have put answers into standard input: it is a pipe, a file or a terminal. */
export function mayAnswer(): boolean {
	try {
		const status = fstatSync(STDIN);
		return isTerminal(STDIN) || status.isFIFO() || status.isFile() || status.isSocket();
	} catch {
		return false;
	}
}

/**
 * Reads standard input to its end.
 *
 * @throws ProtectError when it cannot be read, or holds more than 64 MiB.
 */
export function readAllStdin(): Uint8Array {
	return readAll(STDIN, "standard input");
}

function prompterFor(respondent: Respondent): Prompter {
	async function ask(label: string, isHidden: boolean, isLast = false): Promise<string> {
		const bytes = await respondent.answer(label, isHidden, isLast);
		const question = label.trim().replace(/:$/, "");
		if (bytes === undefined) throw new InputEndedError(`the input ended at "${question}"`);
		try {
			// A byte order mark is part of the answer, as every other byte is.
			return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
		} catch (error) {
			throw new ProtectError(`the answer to "${question}" is not valid UTF-8`, { cause: error });
		}
	}
	const { isAttended } = respondent;
	return {
		isAttended,
		ask: async (label) => {
			const answer = await ask(label, false);
			return isAttended ? answer.trim() : answer;
		},
		askHidden: (label) => ask(label, true),
		askLastHidden: (label) => ask(label, true, true),
		notice: (text) => respondent.write(`${printable(text)}\n`),
		close: () => respondent.close(),
	};
}

function posixRespondent(
	input: number,
	write: (text: string) => void,
): Omit<Respondent, "isAttended"> {
	const isInputTerminal = isTerminal(input);
	return {
		write,
		async answer(label, isHidden, isLast) {
			// Loaded when needed: most commands are answered before they ask.
			const { askOnPosix } = await import("./posix-input.ts");
			return askOnPosix({ input, isTerminal: isInputTerminal, isHidden, isLast, label, write });
		},
		close() {},
	};
}

/** Standard input of windows when it is a pipe or a file: reads block, and Ctrl-C ends us. */
function windowsPipe(): Respondent {
	return {
		isAttended: false,
		write: writeStderr,
		async answer(label, _isHidden, isLast) {
			writeStderr(label);
			const next: NextByte = async () => {
				const byte = readByte(STDIN);
				return byte === "none yet" ? undefined : byte;
			};
			const answer = await readLine(next);
			writeStderr("\n");
			if (isLast && answer !== undefined && (await next()) !== undefined) {
				throw severalLines("given");
			}
			return answer;
		},
		close() {},
	};
}

function withoutConsole(): ProtectError {
	return new ProtectError(
		"this terminal is not a console of Windows, and would show what is typed",
		"put winpty before the command, or use Windows Terminal, PowerShell or cmd",
	);
}

/** Opens the controlling terminal. */
function openTerminal(): number {
	try {
		return openSync("/dev/tty", "r+");
	} catch (error) {
		throw new ProtectError("there is no terminal to ask on", { cause: error });
	}
}
