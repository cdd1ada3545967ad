import { InterruptedError } from "../../errors.ts";
import { ENDING_SIGNAL_NAMES, type EndingSignal } from "./ending-signals.ts";
import { TerminatedError } from "./signal-trap.ts";

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
	readonly #release: () => void;

	private constructor(ignored: ReadonlySet<EndingSignal>) {
		const names = ENDING_SIGNAL_NAMES.filter((name) => !ignored.has(name));
		const listeners = names.map((name) => [name, () => this.#take(name)] as const);
		for (const [name, listener] of listeners) process.on(name, listener);
		this.#release = () => {
			for (const [name, listener] of listeners) process.off(name, listener);
		};
	}

	static async start(): Promise<SignalGuard> {
		return new SignalGuard(new Set(await ignoredSignals()));
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
		// Listeners run in a turn of the event loop.
		await new Promise((resolve) => setImmediate(resolve));
		if (this.#caught === undefined) return;
		throw this.#caught === "SIGINT"
			? new InterruptedError("interrupted")
			: new TerminatedError(this.#caught);
	}

	#take(signal: EndingSignal): void {
		const isFromKeyboard = signal === "SIGINT" || signal === "SIGQUIT";
		// One that means it weighs more than a Ctrl-C that the program survived.
		if (this.#caught === undefined || !isFromKeyboard) this.#caught = signal;
		const child = this.#child;
		child?.kill(signal);
		if (!isFromKeyboard) setTimeout(() => child?.kill("SIGKILL"), GRACE_MILLISECONDS).unref();
	}
}

/** Those that this process was started to ignore, as `nohup` does: they stay ignored. */
async function ignoredSignals(): Promise<EndingSignal[]> {
	if (process.platform === "win32") return [];
	const { isIgnored } = await import("./signal-disposition.ts");
	return ENDING_SIGNAL_NAMES.filter(isIgnored);
}
