/**
 * The environment of a process: `NAME=value`, each ended by a NUL byte (proc_pid_environ(5),
 * `env -0`). A line, in what is said of it, is an entry.
 */
import { type Parsed, ParsedBuilder } from "./parsed.ts";

/** Reads such a text. */
export function parseEnviron(text: string): Parsed {
	const parsed = new ParsedBuilder();
	for (const [index, entry] of text.split("\0").entries()) {
		if (entry.trim() === "") continue;
		const equals = entry.indexOf("=");
		const name = entry.slice(0, equals);
		if (equals < 1) parsed.problem(index + 1, "is not NAME=value");
		// The shell's note of the last command.
		else if (name === "_") parsed.note(index + 1, "_ is the shell's own, and left out");
		// How bash hands its functions on; not a variable of any program's.
		else if (/^BASH_FUNC_.*%%$/s.test(name)) {
			parsed.note(index + 1, `${name} is a function of bash, and left out`);
		} else parsed.entry(index + 1, name, entry.slice(equals + 1));
	}
	return parsed;
}
