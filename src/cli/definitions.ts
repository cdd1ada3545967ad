/** What the commands say of themselves, for help, shell completions, the man page and the documents. */
import type { CommandClass } from "clipanion";
import { fieldsOf, type OptionFacts, type PositionalFacts } from "./options.ts";
import { type Category, type Context, loadCommand, type Registration } from "./registration.ts";
import { credentialOptionNames, sharedOptionNames } from "./shared-options.ts";

export interface OptionDefinition extends OptionFacts {
	/** Whether every command takes it. */
	readonly isShared: boolean;
	/** Whether it says which credentials to use. */
	readonly isCredential: boolean;
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
	readonly positionals: readonly PositionalFacts[];
	/** Whether a command line of another program follows `--`. */
	readonly takesCommand: boolean;
	/** Whether it uses credentials. */
	readonly takesCredentials: boolean;
}

/** Every command, in the order of help. */
export function commandDefinitions(
	commands: readonly Registration[],
): Promise<readonly CommandDefinition[]> {
	return Promise.all(
		commands.map(async (registration) =>
			commandDefinition(registration, await loadCommand(registration)),
		),
	);
}

function commandDefinition(
	{ name, category }: Registration,
	Command: CommandClass<Context>,
): CommandDefinition {
	const { description = "", details = "", examples = [] } = Command.usage ?? {};
	const fields = fieldsOf(new Command());
	const positionals = fields.filter((field) => field.kind === "positional");
	const takesCommand = name === "exec";
	return {
		name,
		category,
		description: description.trim(),
		details: details.trim(),
		examples: examples.map(([words, line]) => [words.trim(), line.replaceAll("$0", "pprotect")]),
		options: fields.filter((field) => field.kind === "option").map(optionDefinition),
		tail: positionals.map(usageOf).join("") + (takesCommand ? " -- COMMAND [ARGUMENTS]" : ""),
		positionals,
		takesCommand,
		takesCredentials: "takesCredentials" in Command && Command.takesCredentials === true,
	};
}

function optionDefinition(option: OptionFacts): OptionDefinition {
	const isIn = (known: ReadonlySet<string>) => option.names.every((name) => known.has(name));
	return {
		...option,
		isShared: isIn(sharedOptionNames()),
		isCredential: isIn(credentialOptionNames()),
	};
}

function usageOf({ name, isRest, isRequired }: PositionalFacts): string {
	if (isRequired) return ` ${name}`;
	return isRest ? ` [${name}...]` : ` [${name}]`;
}
