/** Help, written from the definitions of the commands. */
import type { Definition } from "clipanion";
import { CATEGORIES, type Category } from "./base.ts";
import { sharedOptions, valueNames } from "./options.ts";

const BOLD = "\u001b[1m";
const RESET = "\u001b[0m";

export interface Style {
	readonly inColour: boolean;
}

/** A line of the general help. */
export interface Summary {
	readonly name: string;
	readonly category: Category;
	readonly description: string;
}

/** All commands by category, for `pprotect` alone and `pprotect --help`. */
export function generalHelp(commands: readonly Summary[], style: Style): string {
	const width = Math.max(...commands.map(({ name }) => name.length));
	const sections = CATEGORIES.map((category) => {
		const lines = commands
			.filter((command) => command.category === category)
			.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}\n`);
		return `\n${title(category, style)}\n${lines.join("")}`;
	});
	return [
		"pprotect keeps deploy-time secrets encrypted in one file beside the code that needs them.\n",
		`\n${title("Usage", style)}\n  pprotect [OPTIONS] COMMAND\n`,
		...sections,
		"\nHelp for a command, with its options and examples: pprotect COMMAND --help\n",
	].join("");
}

/** Usage, options and examples of one command. */
export function commandHelp(name: string, definition: Definition, style: Style): string {
	const { description = "", details = "", examples = [], options, usage } = definition;
	const tail = name === "exec" ? " -- COMMAND [ARGUMENTS]" : usage.slice(definition.path.length);
	const own = options.filter((option) => !isShared(option));
	const shared = options.filter(isShared);
	return [
		`pprotect ${name}: ${description.trim()}\n`,
		details && `\n${details.trim().replaceAll(/ +$/gm, "")}\n`,
		`\n${title("Usage", style)}\n  pprotect ${name} [OPTIONS]${tail}\n`,
		optionList("Options", own, style),
		optionList("Options of every command", shared, style),
		examples.length > 0 ? `\n${title("Examples", style)}\n` : "",
		...examples.map(([words, line]) => `  ${words.trim()}:\n    ${line}\n`),
	].join("");
}

type OptionDefinition = Definition["options"][number];

function optionList(heading: string, options: readonly OptionDefinition[], style: Style): string {
	if (options.length === 0) return "";
	const rows = options.map((option) => [spelling(option), option.description ?? ""] as const);
	const width = Math.max(...rows.map(([left]) => left.length));
	const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`);
	return `\n${title(heading, style)}\n${lines.join("")}`;
}

/** clipanion writes `-u,--user #0`. */
function namesOf({ definition }: OptionDefinition): string {
	return definition.replace(/( #\d+)+$/, "");
}

function isShared(option: OptionDefinition): boolean {
	return sharedOptions.has(namesOf(option));
}

function spelling(option: OptionDefinition): string {
	const names = namesOf(option);
	const valueName = valueNames.get(names);
	const spelt = names.replace(",", ", ");
	return valueName === undefined ? spelt : `${spelt} ${valueName}`;
}

function title(text: string, { inColour }: Style): string {
	return inColour ? `${BOLD}${text}:${RESET}` : `${text}:`;
}
