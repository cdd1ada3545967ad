/** docs/commands.md, written from the definitions of the commands. */

import { HELP } from "../src/cli/completions/tables.ts";
import {
	type CommandDefinition,
	commandDefinitions,
	type OptionDefinition,
} from "../src/cli/definitions.ts";
import { CATEGORIES, PLUMBING } from "../src/cli/registration.ts";
import { ENVIRONMENT, type Entry, EXIT_CODES } from "../src/cli/topics.ts";
import { COMMANDS } from "../src/commands/registry.ts";
import { DESCRIPTION, EXEC_STATUS, FILES } from "./reference.ts";

/** @returns the text of docs/commands.md. */
export async function commandsPage(): Promise<string> {
	const commands = await commandDefinitions(COMMANDS);
	const shared = (commands[0]?.options ?? []).filter(({ isShared }) => isShared);
	const paragraphs = [
		"# Commands",
		"Written by `bun run docs` from what the commands say of themselves, as are `pprotect COMMAND --help`, the man page and the shell completions.",
		...DESCRIPTION,
		...[...CATEGORIES, PLUMBING].map((category) => {
			const known = commands.filter((command) => command.category === category);
			return `- ${category}: ${known.map(({ name }) => `[${name}](#${name})`).join(", ")}`;
		}),
		"## Options of every command",
		optionTable([...shared, HELP]),
		...[...CATEGORIES, PLUMBING].flatMap((category) => [
			`## ${category}`,
			...commands.filter((command) => command.category === category).flatMap(commandSection),
		]),
		"## Environment",
		table(["variable", "meaning"], ENVIRONMENT.map(coded)),
		"## Files",
		table(["file", "meaning"], FILES.map(coded)),
		"## Exit status",
		table(["status", "meaning"], EXIT_CODES),
		EXEC_STATUS,
	];
	return `${paragraphs.join("\n\n").replaceAll(/^(- .*)\n\n(?=- )/gm, "$1\n")}\n`;
}

function commandSection(command: CommandDefinition): string[] {
	const { name, description, details, options, tail, examples } = command;
	const own = options.filter(({ isShared }) => !isShared);
	return [
		`### ${name}`,
		`    pprotect ${name} [OPTIONS]${tail}`,
		`${description.slice(0, 1).toUpperCase()}${description.slice(1)}. ${details}`.trim(),
		...(own.length > 0 ? [optionTable(own)] : []),
		...examples.map(([words, line]) => `${words}:\n\n    ${line}`),
	];
}

function optionTable(options: readonly OptionDefinition[]): string {
	const rows = options.map(({ names, valueName, description }): Entry => {
		const value = valueName === undefined ? "" : ` ${valueName}`;
		return [`\`${names.join(", ")}${value}\``, description];
	});
	return table(["option", "meaning"], rows);
}

function coded([term, meaning]: Entry): Entry {
	return [`\`${term}\``, meaning];
}

function table(head: Entry, rows: readonly Entry[]): string {
	const lines = [head, ["---", "---"], ...rows].map(
		([left = "", right = ""]) => `| ${cell(left)} | ${cell(right)} |`,
	);
	return lines.join("\n");
}

function cell(text: string): string {
	return text.replaceAll("|", "\\|");
}
