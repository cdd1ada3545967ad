import { readFileSync } from "node:fs";

/**
 * `argv`, the last arguments of our own command line, with the bytes that were typed: the
 * runtime hands over strings, in which what is no UTF-8 has become U+FFFD.
 *
 * Gives `argv` itself where the command line cannot be read (only linux has it) or where it
 * does not end with just these arguments.
 */
export function rawArguments(argv: readonly string[]): readonly (string | Uint8Array)[] {
	const typed = ownCommandLine().slice(-argv.length);
	const isSame = typed.length === argv.length && typed.every((bytes, i) => `${bytes}` === argv[i]);
	return isSame ? typed : argv;
}

function ownCommandLine(): Buffer[] {
	try {
		const line = readFileSync("/proc/self/cmdline", "latin1").split("\0").slice(0, -1);
		return line.map((argument) => Buffer.from(argument, "latin1"));
	} catch {
		return [];
	}
}
