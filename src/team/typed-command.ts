/** Commands as a hint shows them. */
import { shellWord } from "../format/quote.ts";

/** A command with the names that it gets, each quoted for a shell. */
export type TypedCommand = (command: string, ...names: readonly string[]) => string;

/** @param file the protected file, where the command would not find it by itself. */
export function typedCommand(file?: string): TypedCommand {
	const option = file === undefined ? [] : ["--file", shellWord(file)];
	return (command, ...names) => ["pprotect", command, ...names.map(shellWord), ...option].join(" ");
}
