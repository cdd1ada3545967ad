import { ProtectError } from "../../errors.ts";
import { ENDING_SIGNAL_NAMES, ENDING_SIGNALS, type EndingSignal } from "./ending-signals.ts";
import { isIgnored } from "./signal-disposition.ts";

export type TrappedSignal = EndingSignal | "SIGTSTP";

/** A signal asked this process to end while it was waiting for an answer. */
export class TerminatedError extends ProtectError {
	override readonly name = "TerminatedError";
	/** 128 and the signal's number, as a shell reports it: 143 for SIGTERM, 129 for SIGHUP. */
	override readonly exitCode: number;

	constructor(signal: EndingSignal) {
		super(`ended by ${signal}`);
		this.exitCode = 128 + ENDING_SIGNALS[signal];
	}
}

/** Signals that are caught from now on. */
export interface SignalTrap {
	/** The first signal that came; undefined as long as none did. */
	caught(): TrappedSignal | undefined;
	/** Gives the signals back what they did before. */
	release(): void;
}

/**
 * Catches the signals that would end this process, so that what was changed can be put right first;
 * with `stopping` also the one of Ctrl-Z. One that is ignored (`nohup`) stays ignored.
 */
export function trapSignals({ stopping }: { stopping: boolean }): SignalTrap {
	let first: TrappedSignal | undefined;
	const names: readonly TrappedSignal[] = stopping
		? [...ENDING_SIGNAL_NAMES, "SIGTSTP"]
		: ENDING_SIGNAL_NAMES;
	const releases = names
		.filter((name) => !isIgnored(name))
		.map((name) => {
			const note = () => {
				first ??= name;
			};
			process.on(name, note);
			return () => process.off(name, note);
		});
	return {
		caught: () => first,
		release() {
			for (const release of releases) release();
		},
	};
}
