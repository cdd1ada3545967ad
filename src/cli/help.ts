/** Help, written from the definitions of the commands. */

import { UsageError } from "../errors.ts";
import type { Environment } from "../system/credentials.ts";
import { writeStdout } from "../system/output.ts";
import { useColour } from "../system/paint.ts";
import { columnsOf } from "../system/terminal/width.ts";
import { wrap } from "../system/terminal/wrap.ts";
import {
	type CommandDefinition,
	commandDefinitions,
	type OptionDefinition,
} from "./definitions.ts";
import { CATEGORIES, PLUMBING, type Registration } from "./registration.ts";
import { closest } from "./suggest.ts";
import { type Entry, TOPICS } from "./topics.ts";

const BOLD = "\u001b[1m";
const RESET = "\u001b[0m";

/** Of help that goes to no terminal. */
const USUAL_WIDTH = 80;
/** Longer lines are hard to read. */
const WIDEST = 100;
/** Where the words begin beside a term that leaves them room, and below one that does not. */
const WORDS_COLUMN = 28;
const BELOW_COLUMN = 6;

export interface Style {
	readonly inColour: boolean;
	readonly width: number;
}

const DOCS = "https://github.com/pprotect/pprotect";

/** What a newcomer types first; the rest of a category is listed by name. */
const FIRST_COMMANDS = ["init", "add-domain", "add-secret", "exec"];

const FRONT_EXAMPLES: readonly Entry[] = [
	["Begin, with a domain for development", "pprotect init --domain dev"],
	["Add a secret, which needs no passphrase", "pprotect add-secret dev DB_PASSWORD"],
	["Start a program that needs it", "pprotect exec dev -- npm start"],
];

/**
 * Prints the front page, or the help of the command or topic `about`.
 *
 * @throws UsageError for a word that is neither.
 */
export async function printHelp(
	commands: readonly Registration[],
	about: string | undefined,
	environment: Environment,
): Promise<void> {
	const width = Math.min(columnsOf(1) ?? USUAL_WIDTH, WIDEST);
	const style = { inColour: useColour(1, environment), width };
	const definitions = await commandDefinitions(commands);
	writeStdout(
		about === undefined ? frontPage(definitions, style) : helpAbout(about, definitions, style),
	);
}

function helpAbout(about: string, commands: readonly CommandDefinition[], style: Style): string {
	const word = about.replaceAll("_", "-");
	const command = commands.find(({ name }) => name === word);
	if (command) return commandHelp(command, style);
	const topic = TOPICS.find(({ name }) => name === word);
	if (topic) return `${title(topic.heading, style)}\n${entryList(topic.entries, style)}`;
	if (word === "commands") return commandList(commands, style);
	const names = [...commands, ...TOPICS].map(({ name }) => name);
	const near = closest(word, [...names, "commands"]);
	throw new UsageError(
		`there is no help about ${JSON.stringify(about)}`,
		near ? `did you mean: pprotect help ${near}` : "for a list: pprotect help commands",
	);
}

/** One screen, for `pprotect` alone and `pprotect --help`. */
export function frontPage(commands: readonly CommandDefinition[], style: Style): string {
	const first = FIRST_COMMANDS.flatMap((name) => {
		const command = commands.find((known) => known.name === name);
		return command ? [[name, command.description] as const] : [];
	});
	const groups = CATEGORIES.map((category): Entry => {
		const known = commands.filter((command) => command.category === category);
		const names = known.map(({ name }) => name).filter((name) => !FIRST_COMMANDS.includes(name));
		return [category, names.join(", ")];
	}).filter(([, names]) => names !== "");
	return [
		`${wrap("pprotect keeps deploy-time secrets encrypted in one file, protected.yaml, beside the code that needs them.", style.width)}\n`,
		`\n${title("Usage", style)}\n  pprotect COMMAND [OPTIONS]\n`,
		`\n${title("Start", style)}\n${entryList(first, style, 14)}`,
		`\n${title("All commands", style)}\n${entryList(groups, style, 14)}`,
		`\n${title("Examples", style)}\n`,
		...FRONT_EXAMPLES.map(([words, line]) => `  ${line.padEnd(36)} # ${words}\n`),
		`\n${title("Read on", style)}\n`,
		entryList(
			[
				["pprotect help COMMAND", "one command, with its options and examples"],
				["pprotect help commands", "every command in a line"],
				...TOPICS.map(
					({ name, heading }): Entry => [`pprotect help ${name}`, heading.toLowerCase()],
				),
			],
			style,
			WORDS_COLUMN + 4,
		),
		`  Guides: ${DOCS}\n`,
	].join("");
}

/** Every command with its description, for `pprotect help commands`. */
function commandList(commands: readonly CommandDefinition[], style: Style): string {
	const sections = [...CATEGORIES, PLUMBING].map((category) => {
		const known = commands.filter((command) => command.category === category);
		const entries = known.map(({ name, description }): Entry => [name, description]);
		return `${title(category, style)}\n${entryList(entries, style, WORDS_COLUMN + 4)}`;
	});
	return sections.join("\n");
}

/** Usage, options and examples of one command. */
function commandHelp(command: CommandDefinition, style: Style): string {
	const { name, description, details, examples, options, tail, takesCredentials } = command;
	const own = options.filter(({ isShared }) => !isShared);
	const shared = options.filter((option) => option.isShared && !option.isCredential);
	const credentials = options.filter(({ isCredential }) => isCredential);
	return [
		`${wrap(`pprotect ${name}: ${description}`, style.width, 2)}\n`,
		details && `\n${wrap(details, style.width)}\n`,
		`\n${title("Usage", style)}\n  pprotect ${name} [OPTIONS]${tail}\n`,
		optionList("Options", own, style),
		takesCredentials ? optionList("Credentials", credentials, style) : "",
		optionList("Options of every command", shared, style),
		examples.length > 0 ? `\n${title("Examples", style)}\n` : "",
		...examples.map(([words, line]) => `  ${words}:\n    ${line}\n`),
	].join("");
}

function optionList(heading: string, options: readonly OptionDefinition[], style: Style): string {
	if (options.length === 0) return "";
	const rows = options.map((option): Entry => [spelling(option), option.description]);
	return `\n${title(heading, style)}\n${entryList(rows, style)}`;
}

/** Terms with their meaning beside them, from `column` on, or below where they are too long. */
function entryList(entries: readonly Entry[], { width }: Style, column = WORDS_COLUMN): string {
	const longest = Math.max(...entries.map(([term]) => term.length));
	const begin = Math.min(column, longest + 4);
	const lines = entries.map(([term, meaning]) => {
		const words = meaning.replaceAll("`", "");
		if (term.length + 4 <= begin) {
			return `  ${term.padEnd(begin - 2)}${wrap(words, width - begin, begin)}\n`;
		}
		const indent = Math.min(begin, BELOW_COLUMN);
		return `  ${term}\n${" ".repeat(indent)}${wrap(words, width - indent, indent)}\n`;
	});
	return lines.join("");
}

function spelling({ names, valueName }: OptionDefinition): string {
	const spelt = names.join(", ");
	return valueName === undefined ? spelt : `${spelt} ${valueName}`;
}

function title(text: string, { inColour }: Style): string {
	return inColour ? `${BOLD}${text}:${RESET}` : `${text}:`;
}
