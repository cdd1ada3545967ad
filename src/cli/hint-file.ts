/** Hints are commands to be pasted: they name the file where they would find another one. */
import { shellOption } from "../format/quote.ts";

/** Commands that work on no file. */
const WITHOUT_FILE = new Set(["help", "version", "completion"]);

/**
 * `text` with `--file` in each command of pprotect's that it quotes.
 *
 * @param file undefined where the command finds the file by itself.
 */
export function withFileOption(text: string, file: string | undefined): string {
	if (file === undefined) return text;
	// A name between quotes, with its own quotes and backslashes, is left alone.
	return text.replace(
		/'[^']*'(?:"['\\]+"'[^']*')*|\bpprotect ([a-z-]+)\b(?![^;,)]* --file )/g,
		(all, command) =>
			command === undefined || WITHOUT_FILE.has(command)
				? all
				: `${all} ${shellOption("--file", file)}`,
	);
}
