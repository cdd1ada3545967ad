/** Help, written from the definitions of the commands. */
import type { CommandDefinition, OptionDefinition } from "./definitions.ts";
import { CATEGORIES } from "./registration.ts";

const BOLD = "\u001b[1m";
const RESET = "\u001b[0m";
const WIDTH = 80;

export interface Style {
	readonly inColour: boolean;
}

/** All commands by category, for `pprotect` alone and `pprotect --help`. */
export function generalHelp(commands: readonly CommandDefinition[], style: Style): string {
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
export function commandHelp(command: CommandDefinition, style: Style): string {
	const { name, description, details, examples, options, tail } = command;
	const own = options.filter(({ isShared }) => !isShared);
	const shared = options.filter(({ isShared }) => isShared);
	return [
		`pprotect ${name}: ${description}\n`,
		details && `\n${wrapped(details)}\n`,
		`\n${title("Usage", style)}\n  pprotect ${name} [OPTIONS]${tail}\n`,
		optionList("Options", own, style),
		optionList("Options of every command", shared, style),
		examples.length > 0 ? `\n${title("Examples", style)}\n` : "",
		...examples.map(([words, line]) => `  ${words}:\n    ${line}\n`),
	].join("");
}

function optionList(heading: string, options: readonly OptionDefinition[], style: Style): string {
	if (options.length === 0) return "";
	const rows = options.map((option) => [spelling(option), option.description] as const);
	const width = Math.max(...rows.map(([left]) => left.length));
	const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`);
	return `\n${title(heading, style)}\n${lines.join("")}`;
}

function spelling({ names, valueName }: OptionDefinition): string {
	const spelt = names.join(", ");
	return valueName === undefined ? spelt : `${spelt} ${valueName}`;
}

/** The words on lines of at most 80 columns. */
function wrapped(text: string): string {
	const lines: string[] = [];
	for (const word of text.split(/\s+/)) {
		const line = `${lines.at(-1) ?? ""} ${word}`.trim();
		if (lines.length > 0 && line.length <= WIDTH) lines[lines.length - 1] = line;
		else lines.push(word);
	}
	return lines.join("\n");
}

function title(text: string, { inColour }: Style): string {
	return inColour ? `${BOLD}${text}:${RESET}` : `${text}:`;
}
