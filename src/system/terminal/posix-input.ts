import { catchSignals, letSignalsArrive } from "../signals/catch.ts";
import { ENDING_SIGNAL_NAMES, type EndingSignal, errorFor } from "../signals/ending.ts";
import { waitFor } from "../wait.ts";
import { hideTyping } from "./hidden-typing.ts";
import { type NextByte, readByte, readLine, readTypedLine, severalLines } from "./read-line.ts";

/**
 * How long a signal can stay unnoticed that comes just before a wait begins, or that the kernel
 * gives to another thread of the runtime. Any other ends the wait at once.
 */
const SIGNAL_CHECK_MILLISECONDS = 50;

/** Ctrl-Z, while typing is hidden. */
class SuspendedError extends Error {}

/** Where answers are read from, and how the question is shown. */
export interface Question {
	/** Descriptor of the input. */
	readonly input: number;
	/** Whether that is a terminal. */
	readonly isTerminal: boolean;
	/** Whether what is typed there is not shown. */
	readonly isHidden: boolean;
	/** Whether lines that follow the answer are refused. */
	readonly isLast: boolean;
	readonly label: string;
	/** Shows text where the questions are shown. */
	readonly write: (text: string) => void;
}

/**
 * Asks a question and reads one line. The terminal is as it was before, and the signals do what
 * they did before, whichever way it ends.
 *
 * @returns the answer's bytes; undefined at the end of the input.
 * @throws InterruptedError on Ctrl-C; TerminatedError on SIGTERM, SIGHUP and SIGQUIT.
 */
export async function askOnPosix(question: Question): Promise<Uint8Array | undefined> {
	for (;;) {
		try {
			return await attempt(question);
		} catch (error) {
			if (!(error instanceof SuspendedError)) throw error;
			// The signal does now what it does by default; once continued, the question is asked anew,
			// as the kernel has dropped what was typed.
			process.kill(process.pid, "SIGTSTP");
		}
	}
}

async function attempt(question: Question): Promise<Uint8Array | undefined> {
	const { input, isTerminal, isHidden, isLast, label, write } = question;
	const hides = isTerminal && isHidden;
	// Before typing is hidden, so that no signal can leave it so; and that before the question is
	// shown, so that an early answer is not.
	const trap = await trapSignals({ stopping: hides });
	let answer: Uint8Array | undefined;
	let needsNewline = true;
	try {
		const restore = hides ? hideTyping(input) : () => {};
		// Another listener of a signal may end the process before our turn comes.
		process.on("exit", restore);
		try {
			// Binds select now, so that little time is left between the question and the first wait.
			waitFor(input, "read", 0);
			write(label);
			const next = byteReader(input, trap);
			answer = await (hides ? readTypedLine(next) : readLine(next));
			if (isLast && hides) refusePasted(input);
			else if (isLast && !isTerminal && answer !== undefined) await refusePiped(input, trap);
			needsNewline = hides || !isTerminal || answer === undefined;
		} finally {
			restore();
			process.off("exit", restore);
			// What is written next starts on a line of its own; only a plain terminal showed the Enter.
			if (needsNewline) write("\n");
		}
		// Also after the last byte: what ends us may have cut the line short.
		await throwCaught(trap);
		return answer;
	} finally {
		trap.release();
	}
}

/** Signals that are caught from now on: the first of them. */
interface SignalTrap {
	caught(): EndingSignal | "SIGTSTP" | undefined;
	release(): void;
}

/** Traps the signals that would end this process; with `stopping` also that of Ctrl-Z. */
async function trapSignals({ stopping }: { stopping: boolean }): Promise<SignalTrap> {
	let first: EndingSignal | "SIGTSTP" | undefined;
	const names = [...ENDING_SIGNAL_NAMES, ...(stopping ? (["SIGTSTP"] as const) : [])];
	const release = await catchSignals(names, (name) => {
		first ??= name;
	});
	return { caught: () => first, release };
}

/** How long the next line of what is pasted may take to arrive. */
const PASTE_MILLISECONDS = 20;

/** How long a program that has written a line may take to write another, or to end. */
const PIPE_MILLISECONDS = 2000;

/** @throws ProtectError where there is more, which is then read and dropped. */
function refusePasted(fd: number): void {
	let isMore = false;
	while (waitFor(fd, "read", PASTE_MILLISECONDS) && typeof readByte(fd) === "number") isMore = true;
	if (isMore) throw severalLines("pasted");
}

/**
 * Waits for the end of the input, but not for good: whoever wrote the line may wait for us.
 *
 * @throws ProtectError where there is more.
 */
async function refusePiped(fd: number, trap: SignalTrap): Promise<void> {
	for (let waited = 0; waited < PIPE_MILLISECONDS; waited += SIGNAL_CHECK_MILLISECONDS) {
		if (!waitFor(fd, "read", SIGNAL_CHECK_MILLISECONDS)) await throwCaught(trap);
		else {
			const byte = readByte(fd);
			if (typeof byte === "number") throw severalLines("given");
			if (byte === undefined) return;
		}
	}
}

/** Reads byte by byte, and throws what a signal asks for. */
function byteReader(fd: number, trap: SignalTrap): NextByte {
	return async () => {
		for (;;) {
			while (!waitFor(fd, "read", SIGNAL_CHECK_MILLISECONDS)) await throwCaught(trap);
			const byte = readByte(fd);
			if (byte !== "none yet") return byte;
		}
	};
}

/** Throws what the signals ask for that were caught, if any. */
async function throwCaught(trap: SignalTrap): Promise<void> {
	await letSignalsArrive();
	const signal = trap.caught();
	if (signal === "SIGTSTP") throw new SuspendedError();
	if (signal !== undefined) throw errorFor(signal);
}
