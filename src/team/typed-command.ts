/** Commands as a hint shows them. */
import { shellNames, shellOption } from "../format/quote.ts";

/** A command with the names that it gets, each quoted for a shell. */
export type TypedCommand = (command: string, ...names: readonly string[]) => string;

/** @param file the protected file, where the command would not find it by itself. */
export function typedCommand(file?: string): TypedCommand {
	const option = file === undefined ? "" : ` ${shellOption("--file", file)}`;
	return (command, ...names) => {
		const words = names.length === 0 ? "" : ` ${shellNames(...names)}`;
		// What follows `--` is a name.
		return words.startsWith(" -- ")
			? `pprotect ${command}${option}${words}`
			: `pprotect ${command}${words}${option}`;
	};
}
