import { readSync } from "node:fs";
import { InterruptedError, ProtectError } from "../../errors.ts";
import { osErrorCode, osErrorText } from "../os-error.ts";
import { AnswerLine } from "./answer-line.ts";

const LF = 0x0a;
const CR = 0x0d;
const CTRL_C = 0x03;
const CTRL_D = 0x04;
/** What linux makes of a Ctrl-D that was typed before the terminal was switched over. */
const EARLY_CTRL_D = 0x00;

/** More than any answer that a person types or pastes. */
const MAX_ANSWER = 1024 * 1024;

const oneByte = new Uint8Array(1);

/** One byte of input; undefined at its end. */
export type NextByte = () => Promise<number | undefined>;

/**
 * Reads one line, without its end (LF or CRLF). The last one may lack it.
 *
 * It takes a byte at a time, and never one more than the line has: what follows belongs to the
 * next question, or to the next process that reads from the same place.
 *
 * @returns undefined where there is no line left.
 * @throws ProtectError when it is longer than 1 MiB; what `next` throws.
 */
export async function readLine(next: NextByte): Promise<Uint8Array | undefined> {
	const line = new AnswerLine();
	for (;;) {
		const byte = await next();
		if (byte === undefined && line.length === 0) return undefined;
		if (byte === undefined || byte === LF) return withoutCarriageReturn(line.toBytes());
		line.append(byte);
		checkLength(line);
	}
}

/**
 * Reads one line from a terminal that neither shows nor edits it: Enter ends it, Ctrl-D on an empty
 * line ends the input, Backspace, Ctrl-W and Ctrl-U erase.
 *
 * @returns undefined where there is no line left.
 * @throws InterruptedError on Ctrl-C, where that arrives as a byte and not as a signal.
 * @throws ProtectError when it is longer than 1 MiB; what `next` throws.
 */
export async function readTypedLine(next: NextByte): Promise<Uint8Array | undefined> {
	const line = new AnswerLine();
	for (;;) {
		const byte = await next();
		if (byte === CTRL_C) throw new InterruptedError("interrupted");
		if (byte === LF || byte === CR) return line.toBytes();
		if (byte === undefined) return line.length === 0 ? undefined : line.toBytes();
		if (byte === CTRL_D || byte === EARLY_CTRL_D) {
			if (line.length === 0) return undefined;
			continue;
		}
		line.type(byte);
		checkLength(line);
	}
}

/**
 * Reads one byte from `fd`: undefined at the end of the input, which includes a terminal that hung
 * up (EIO); "none yet" where nothing is there and the descriptor does not block.
 *
 * @throws ProtectError when the system refuses.
 */
export function readByte(fd: number): number | undefined | "none yet" {
	try {
		return readSync(fd, oneByte, 0, 1, null) === 0 ? undefined : oneByte[0];
	} catch (error) {
		const code = osErrorCode(error);
		if (code === "EAGAIN") return "none yet";
		if (code === "EIO" || code === "EOF") return undefined;
		throw new ProtectError(`cannot read an answer: ${osErrorText(error)}`, { cause: error });
	}
}

function checkLength(line: AnswerLine): void {
	if (line.length > MAX_ANSWER) throw new ProtectError("the answer is longer than 1 MiB");
}

function withoutCarriageReturn(line: Uint8Array): Uint8Array {
	return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

/** What is wrong where one line is asked for, and more were given. */
export function severalLines(how: "pasted" | "given"): ProtectError {
	return new ProtectError(
		`several lines were ${how} where one is asked for, and none was taken`,
		"put them into a file and add --value-file PATH, or pipe them in with --value-file -",
	);
}
