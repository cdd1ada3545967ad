/** What the words of a command line are, and what is wrong with those that clipanion refuses. */
import type { CommandClass } from "clipanion";
import { UsageError } from "../errors.ts";
import { fieldsOf, type OptionFacts } from "./options.ts";
import type { Context } from "./registration.ts";
import { closest } from "./suggest.ts";

/** Every spelling of an option, and whether a value follows it. */
export type KnownOptions = ReadonlyMap<string, boolean>;

/** The options of `commands`. */
export function optionsOf(commands: readonly CommandClass<Context>[]): KnownOptions {
	const options = new Map<string, boolean>();
	for (const field of commands.flatMap((Command) => fieldsOf(new Command()))) {
		if (field.kind !== "option") continue;
		for (const name of field.names) options.set(name, field.valueName !== undefined);
	}
	return options;
}

/** With hyphens for underscores in options, as the Python tool takes both: `--env_prefix=A_B`. */
export function withHyphens(words: readonly string[]): string[] {
	return words.map((word) => word.replace(/^--[^=]+/, (option) => option.replaceAll("_", "-")));
}

/** As many characters as `--generate` makes unless told. */
const GENERATED_LENGTH = 32;

/**
 * With `--generate=N` for `--generate N` and for `--generate` alone: clipanion knows no option
 * whose value may be left out.
 */
export function withGeneratedLength(words: readonly string[]): string[] {
	return words.flatMap((word, index) => {
		const next = words[index + 1] ?? "";
		if (word === "--generate") return `--generate=${/^\d+$/.test(next) ? next : GENERATED_LENGTH}`;
		return words[index - 1] === "--generate" && /^\d+$/.test(word) ? [] : word;
	});
}

/** The words that are neither options nor values of options. */
export function positionalsOf(words: readonly string[], options: KnownOptions): string[] {
	return words.filter((_, index) => isPositional(words, index, options));
}

function isPositional(words: readonly string[], index: number, options: KnownOptions): boolean {
	const before = words[index - 1];
	return !isOption(words[index] ?? "") && !(before !== undefined && options.get(before));
}

/**
 * What is wrong with the options among `words`, if anything is; a value that was given by mistake
 * is not repeated.
 *
 * @param command undefined where none is named.
 */
export function optionFault(
	command: string | undefined,
	words: readonly string[],
	options: KnownOptions,
): UsageError | undefined {
	const help = helpHint(command);
	for (const [index, word] of words.entries()) {
		if (!isOption(word)) continue;
		const [name = "", value] = word.split("=", 2);
		const takesValue = options.get(name) ?? options.get(name.replace(/^--no-/, "--"));
		if (takesValue === undefined) return unknownOption(command, name, options);
		if (!takesValue && value !== undefined) return new UsageError(`${name} takes no value`, help);
		const next = words[index + 1];
		if (takesValue && value === undefined && (next === undefined || isOption(next))) {
			const hyphen = `for one that begins with a hyphen: ${name}=VALUE`;
			return new UsageError(`${name} needs a value`, next === undefined ? help : hyphen);
		}
	}
	return undefined;
}

/**
 * Whether `words`, of exec without a `--`, hold a command that should stand behind one; then what
 * to say.
 */
export function forgottenDashes(
	words: readonly string[],
	options: KnownOptions,
): UsageError | undefined {
	const namesDomain = words.some((word) => /^(-d|--domain)(=|$)/.test(word));
	const places = [...words.keys()].filter((index) => isPositional(words, index, options));
	// Its own name comes first, then the domain where no option names that.
	const place = places[namesDomain ? 1 : 2];
	if (place === undefined) return undefined;
	const line = ["pprotect", ...words.slice(0, place), "--", words[place]].join(" ");
	return new UsageError(
		"exec needs a command after --",
		// Words that a shell would read otherwise are not repeated.
		/^[\w@%+=:,./ -]+$/.test(line)
			? `put -- before the command: ${line} …`
			: "for example: pprotect exec --domain DOMAIN -- ./app",
	);
}

/** An option that is given twice, though it may not be, in its second spelling. */
export function repeatedOption(
	words: readonly string[],
	Command: CommandClass<Context>,
): string | undefined {
	const fields = fieldsOf(new Command()).filter((field) => field.kind === "option");
	const given = new Set<OptionFacts>();
	return words
		.filter(isOption)
		.map((word) => word.split("=", 1)[0] ?? "")
		.find((name) => {
			const spellings = [name, name.replace(/^--no-/, "--")];
			const option = fields.find(({ names }) => spellings.some((word) => names.includes(word)));
			if (option === undefined || option.isList) return false;
			const isRepeated = given.has(option);
			given.add(option);
			return isRepeated;
		});
}

/** Whether someone may try to put a secret's value on the command line. */
export function takesSecretValue(command: string | undefined): boolean {
	return /^((add|update)-secret|set)$/.test(command ?? "");
}

function isOption(word: string): boolean {
	return word.startsWith("-") && word !== "-";
}

function unknownOption(
	command: string | undefined,
	name: string,
	options: KnownOptions,
): UsageError {
	const near = closest(name, [...options.keys()]);
	// A word that is like no option may be a password that begins with a hyphen.
	const isWord = /^--?[a-z]+(-[a-z]+)*$/i.test(name);
	const mayShow = near !== undefined || (isWord && !takesSecretValue(command));
	const shown = mayShow ? `option ${name}` : "such option";
	return new UsageError(
		command === undefined ? `there is no ${shown}` : `${command} has no ${shown}`,
		near ? `did you mean: ${near}` : helpHint(command),
	);
}

function helpHint(command: string | undefined): string {
	return command === undefined
		? "for a list of commands: pprotect help commands"
		: `for its options: pprotect ${command} --help`;
}
