/** What the commands say of themselves, for shell completions, the man page and the documents. */
import { Cli, type Definition } from "clipanion";
import type { Category, Context } from "./base.ts";
import { listOptions, sharedOptions, valueChoices, valueNames } from "./options.ts";
import { COMMANDS } from "./registry.ts";

export interface OptionDefinition {
	/** `-u` and `--user`, say: every spelling, short ones first. */
	readonly names: readonly string[];
	readonly description: string;
	/** What its value is called; undefined where it takes none. */
	readonly valueName: string | undefined;
	/** All values that there are, where they are few. */
	readonly choices: readonly string[] | undefined;
	/** Whether every command takes it. */
	readonly isShared: boolean;
	/** Whether it may be given more than once. */
	readonly isList: boolean;
}

export interface PositionalDefinition {
	/** `DOMAIN`, say. */
	readonly name: string;
	readonly choices: readonly string[] | undefined;
}

export interface CommandDefinition {
	readonly name: string;
	readonly category: Category;
	readonly description: string;
	/** More words, or nothing. */
	readonly details: string;
	/** Pairs of what is done and the line that does it. */
	readonly examples: readonly (readonly [string, string])[];
	readonly options: readonly OptionDefinition[];
	/** As usage shows them: ` [DOMAIN] [OWNER]`. */
	readonly tail: string;
	readonly positionals: readonly PositionalDefinition[];
	/** Whether a command line of another program follows `--`. */
	readonly takesCommand: boolean;
}

/** Every command, in the order of help. */
export async function commandDefinitions(): Promise<readonly CommandDefinition[]> {
	const cli = new Cli<Context>({ binaryName: "pprotect", enableColors: false });
	const classes = await Promise.all(COMMANDS.map(({ load }) => load()));
	for (const command of classes) cli.register(command);
	const definitions = new Map(cli.definitions().map((known) => [known.path, known]));
	return COMMANDS.flatMap(({ name, category }, index) => {
		const definition = definitions.get(`pprotect ${name}`);
		// clipanion breaks the details into lines.
		const details = classes[index]?.usage?.details?.trim() ?? "";
		return definition ? [{ ...commandDefinition(name, category, definition), details }] : [];
	});
}

function commandDefinition(
	name: string,
	category: Category,
	definition: Definition,
): Omit<CommandDefinition, "details"> {
	const { description = "", examples = [], options, path, usage } = definition;
	const takesCommand = name === "exec";
	const tail = takesCommand ? " -- COMMAND [ARGUMENTS]" : usage.slice(path.length);
	return {
		name,
		category,
		description: description.trim(),
		examples: examples.map(([words, line]) => [words.trim(), line]),
		options: options.map(optionDefinition),
		tail,
		positionals: takesCommand ? [] : positionalsOf(tail),
		takesCommand,
	};
}

function optionDefinition({ definition, description }: Definition["options"][number]) {
	// clipanion writes `-u,--user #0`.
	const [spelling = ""] = definition.split(" ");
	return {
		names: spelling.split(","),
		description: description ?? "",
		valueName: valueNames.get(spelling),
		choices: valueChoices.get(spelling),
		isShared: sharedOptions.has(spelling),
		isList: listOptions.has(spelling),
	};
}

function positionalsOf(tail: string): PositionalDefinition[] {
	const names = tail.match(/[A-Z][A-Z_]*/g) ?? [];
	return names.map((name) => ({ name, choices: valueChoices.get(name) }));
}
