/** The signals that ask a process to end and can be caught, and what they become. */

import { InterruptedError, ProtectError } from "../../errors.ts";
import type { ExitCode } from "../../exit-status.ts";

/** With their numbers, the same everywhere. */
export const ENDING_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

export type EndingSignal = keyof typeof ENDING_SIGNALS;

export const ENDING_SIGNAL_NAMES: readonly EndingSignal[] = [
	"SIGHUP",
	"SIGINT",
	"SIGQUIT",
	"SIGTERM",
];

/** A signal other than Ctrl-C's asked this process to end. */
export class TerminatedError extends ProtectError {
	override readonly name = "TerminatedError";
	override readonly exitCode: ExitCode;

	constructor(signal: EndingSignal) {
		super(`ended by ${signal}`);
		this.exitCode = exitCodeFor(signal);
	}
}

/** 128 and the signal's number, as a shell reports it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

/** The exit code of a process that `signal` ended. */
export function exitCodeFor(signal: EndingSignal): ExitCode {
	return EXIT_CODES[signal];
}

/** The error that ends a command after `signal`. */
export function errorFor(signal: EndingSignal): InterruptedError | TerminatedError {
	return signal === "SIGINT" ? new InterruptedError("interrupted") : new TerminatedError(signal);
}
