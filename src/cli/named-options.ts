/** A command without the options that its command line does not name. */
import type { CommandClass } from "clipanion";
import { factsOf } from "./options.ts";
import type { Context } from "./registration.ts";

/**
 * The same command, where options that none of `words` can name have the value of one that is left
 * out. clipanion takes steps by the square of the number of options: with all of them it takes
 * longer than reading the file does. Each `new` gives the same object: clipanion makes one to read
 * the options, and another to fill.
 */
export function onlyNamedOptions(
	Command: CommandClass<Context>,
	words: readonly string[],
): CommandClass<Context> {
	const command = new Command();
	for (const [key, field] of Object.entries(command)) {
		const facts = factsOf(field);
		if (facts?.kind !== "option" || isNamed(facts.names, words)) continue;
		Reflect.set(command, key, facts.valueName === undefined ? false : undefined);
	}
	return new Proxy(Command, { construct: () => command });
}

/** Whether a word can be one of the `names`: `--name`, `--name=value`, `--no-name`, `-n`, `-xyn`. */
function isNamed(names: readonly string[], words: readonly string[]): boolean {
	return words.some((word) => {
		if (!word.startsWith("--")) return word.startsWith("-") && names.some(isLetterIn(word));
		const [name = ""] = word.split("=", 1);
		return names.includes(name) || names.includes(name.replace(/^--no-/, "--"));
	});
}

function isLetterIn(word: string): (name: string) => boolean {
	return (name) => name.length === 2 && word.includes(name.slice(1));
}
