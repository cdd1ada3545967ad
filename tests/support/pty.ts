/** One thing to type: as soon as `expect` appears in what was shown since the last step. */
export interface Step {
	readonly expect: string | RegExp;
	/** Keys, as a terminal sends them: "\r" is Enter, "\x03" Ctrl-C. Nothing, to just wait. */
	readonly send?: string;
	/** Anything else to do then, such as sending a signal to the command. */
	readonly act?: (command: Bun.Subprocess) => void;
}

export interface TerminalOptions {
	readonly env?: Record<string, string | undefined>;
	readonly cwd?: string;
	readonly steps?: readonly Step[];
	/** Typed at once, before the command can ask for anything. */
	readonly typedAhead?: string;
	/** Columns and rows. */
	readonly size?: readonly [number, number];
	/** After so long the command is killed, and the run fails. */
	readonly timeoutMilliseconds?: number;
}

export interface TerminalResult {
	/** All that the terminal showed, typed characters that it echoed included; lines end in CRLF. */
	readonly output: string;
	/** 128 and its number, where a signal ended the command. */
	readonly exitCode: number;
	/** Whether the terminal was left echoing what is typed. */
	readonly echo: boolean;
	/** Whether it was left editing lines (canonical mode). */
	readonly canonical: boolean;
}

/** What a terminal showed, without colours and with a space for each break of a line. */
export function wordsOf(output: string): string {
	return Bun.stripANSI(output).replaceAll(/\s+/g, " ");
}

/** Flags of `c_lflag` in termios.h. */
const ECHO = 0x8;
const ICANON = process.platform === "darwin" ? 0x100 : 0x2;

/**
 * Runs a command in a terminal of its own, as its controlling terminal, and plays the steps.
 *
 * @throws Error when a step's text never comes, with all that was shown instead.
 */
export async function runInTerminal(
	argv: readonly string[],
	options: TerminalOptions = {},
): Promise<TerminalResult> {
	const { steps = [], size = [80, 24], timeoutMilliseconds = 10_000 } = options;
	const waiting = [...steps];
	const decoder = new TextDecoder();
	const closed = Promise.withResolvers<void>();
	let output = "";
	let seen = 0;

	const command = Bun.spawn([...argv], {
		terminal: {
			cols: size[0],
			rows: size[1],
			data(_terminal, bytes) {
				output += decoder.decode(bytes, { stream: true });
				play();
			},
			exit: () => closed.resolve(),
		},
		...(options.env && { env: options.env }),
		...(options.cwd && { cwd: options.cwd }),
	});
	const { terminal } = command;
	if (terminal === undefined) throw new Error("this platform has no pseudo terminals");
	if (options.typedAhead !== undefined) terminal.write(options.typedAhead);

	function play(): void {
		for (let step = waiting[0]; step !== undefined; step = waiting[0]) {
			const end = endOfMatch(output, seen, step.expect);
			if (end === undefined) return;
			seen = end;
			waiting.shift();
			if (step.send !== undefined) terminal?.write(step.send);
			step.act?.(command);
		}
	}

	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		closed.resolve();
		command.kill("SIGKILL");
	}, timeoutMilliseconds);
	// The end of the output can come after the end of the command, and before.
	const [exitCode] = await Promise.all([command.exited, closed.promise]);
	clearTimeout(timer);
	const { localFlags } = terminal;
	terminal.close();

	const missing = waiting[0]?.expect;
	if (isLate || missing !== undefined) {
		const what = missing === undefined ? "the command did not end" : `never saw ${missing}`;
		throw new Error(`${what}; the terminal showed: ${JSON.stringify(output)}`);
	}
	return {
		output,
		exitCode,
		echo: (localFlags & ECHO) !== 0,
		canonical: (localFlags & ICANON) !== 0,
	};
}

/** Where the first match of `expected` in `text` after `from` ends. */
function endOfMatch(text: string, from: number, expected: string | RegExp): number | undefined {
	const rest = text.slice(from);
	if (typeof expected === "string") {
		const index = rest.indexOf(expected);
		return index < 0 ? undefined : from + index + expected.length;
	}
	const match = expected.exec(rest);
	return match === null ? undefined : from + match.index + match[0].length;
}
