import { catchSignals, letSignalsArrive } from "./catch.ts";
import { ENDING_SIGNAL_NAMES, type EndingSignal, errorFor } from "./ending.ts";

/** How long a program may take to end once it is told to. */
const GRACE_MILLISECONDS = 2000;

/**
 * Keeps signals that would end this process from doing so before it has tidied up, and hands them
 * on to a program that runs meanwhile. Those of the keyboard, Ctrl-C and Ctrl-\, are that
 * program's to answer: they end us only where it does not end well after one.
 */
export class SignalGuard {
	#caught: EndingSignal | undefined;
	#child: Bun.Subprocess | undefined;
	#release = () => {};

	static async start(): Promise<SignalGuard> {
		const guard = new SignalGuard();
		guard.#release = await catchSignals(ENDING_SIGNAL_NAMES, (name) => guard.#take(name));
		return guard;
	}

	/** Gives the signals back what they did before. */
	release(): void {
		this.#release();
	}

	/** Waits for a program to end. */
	async waitFor(child: Bun.Subprocess): Promise<void> {
		this.#child = child;
		await child.exited;
		this.#child = undefined;
		const isWell = child.exitCode === 0;
		if (isWell && (this.#caught === "SIGINT" || this.#caught === "SIGQUIT")) {
			this.#caught = undefined;
		}
	}

	/**
	 * Throws what a signal that came asks for.
	 *
	 * @throws InterruptedError on Ctrl-C; TerminatedError on the others.
	 */
	async check(): Promise<void> {
		await letSignalsArrive();
		if (this.#caught !== undefined) throw errorFor(this.#caught);
	}

	#take(signal: EndingSignal): void {
		const isFromKeyboard = signal === "SIGINT" || signal === "SIGQUIT";
		// One that means it weighs more than a Ctrl-C that the program survived.
		if (this.#caught === undefined || !isFromKeyboard) this.#caught = signal;
		const child = this.#child;
		// The console of Windows has told the program already, and a signal would just end it.
		if (isFromKeyboard && process.platform === "win32") return;
		child?.kill(signal);
		if (!isFromKeyboard) setTimeout(() => child?.kill("SIGKILL"), GRACE_MILLISECONDS).unref();
	}
}
