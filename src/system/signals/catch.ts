/**
 * The one way to listen for signals. A listener takes the place of what a signal does by default
 * at once, but only the event loop runs it, so that synchronous code ends first.
 */
import { kernel } from "#kernel";

/**
 * Calls `onSignal` for every signal of `names` from now on. One that this process was started to
 * ignore, as `nohup` does, stays ignored, which it would not once a listener is taken off again.
 *
 * @returns gives the signals back what they did before.
 */
export async function catchSignals<Name extends NodeJS.Signals>(
	names: readonly Name[],
	onSignal: (name: Name) => void,
): Promise<() => void> {
	// Without one it is Node, which sets all signals back as it starts.
	const isIgnored = (await kernel?.ignoredSignals()) ?? (() => false);
	const listeners = names
		.filter((name) => !isIgnored(name))
		.flatMap((name) => spellings(name).map((one) => [one, () => onSignal(name)] as const));
	for (const [name, listener] of listeners) process.on(name, listener);
	return () => {
		for (const [name, listener] of listeners) process.off(name, listener);
	};
}

/** One turn of the event loop: long enough for a signal that has come to reach its listener. */
export function letSignalsArrive(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

/** Windows has a second Ctrl-C, Ctrl-Break. */
function spellings(name: NodeJS.Signals): readonly NodeJS.Signals[] {
	return process.platform === "win32" && name === "SIGINT" ? ["SIGINT", "SIGBREAK"] : [name];
}
