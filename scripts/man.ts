/** The man page, in mdoc(7), written from the definitions of the commands. */

import { HELP } from "../src/cli/completions/tables.ts";
import {
	type CommandDefinition,
	commandDefinitions,
	type OptionDefinition,
} from "../src/cli/definitions.ts";
import { CATEGORIES, PLUMBING } from "../src/cli/registration.ts";
import { ENVIRONMENT, type Entry, EXIT_CODES } from "../src/cli/topics.ts";
import { COMMANDS } from "../src/commands/registry.ts";
import { DESCRIPTION, EXAMPLES, EXEC_STATUS, FILES, releaseDate, SUMMARY } from "./reference.ts";

/** Of a line of text, leaving room for escapes. */
const WIDTH = 66;

/** @returns the source of pprotect(1). */
export async function manPage(): Promise<string> {
	const commands = await commandDefinitions(COMMANDS);
	const shared = (commands[0]?.options ?? []).filter(({ isShared }) => isShared);
	const lines = [
		`.Dd ${manDate(releaseDate())}`,
		".Dt PPROTECT 1",
		".Os",
		".Sh NAME",
		".Nm pprotect",
		`.Nd ${SUMMARY}`,
		".Sh SYNOPSIS",
		".Nm pprotect",
		".Op Ar options",
		".Ar command",
		".Op Ar arguments",
		".Sh DESCRIPTION",
		...DESCRIPTION.flatMap((paragraph, index) => [...(index ? [".Pp"] : []), ...prose(paragraph)]),
		".Ss Options of every command",
		...optionList([...shared, HELP]),
		...[...CATEGORIES, PLUMBING].flatMap((category) => [
			`.Ss ${category}`,
			".Bl -tag -width Ds",
			...commands.filter((command) => command.category === category).flatMap(commandItem),
			".El",
		]),
		".Sh ENVIRONMENT",
		...entries(ENVIRONMENT, "Ev"),
		".Sh FILES",
		...entries(FILES, "Pa"),
		".Sh EXIT STATUS",
		...entries(EXIT_CODES, "Li"),
		".Pp",
		...prose(EXEC_STATUS),
		".Sh EXAMPLES",
		...EXAMPLES.flatMap(([words, line], index) => [
			...(index ? [".Pp"] : []),
			...prose(`${words}:`),
			".Pp",
			`.Dl ${macroText(line)}`,
		]),
	];
	return `${lines.join("\n")}\n`;
}

function commandItem(command: CommandDefinition): string[] {
	const { name, description, details, options, examples, takesCommand, positionals } = command;
	const own = options.filter(({ isShared }) => !isShared);
	const tail = takesCommand
		? " Ar domain Fl \\&- Ar command Op Ar arguments"
		: positionals
				.map(({ name, isRequired }) => ` ${isRequired ? "" : "Op "}Ar ${name.toLowerCase()}`)
				.join("");
	return [
		`.It Cm ${name}${tail}`,
		...prose(`${sentence(description)} ${details}`),
		...optionList(own),
		...examples.flatMap(([words, line]) => [
			".Pp",
			...prose(`${words}:`),
			`.Dl ${macroText(line)}`,
		]),
	];
}

function optionList(options: readonly OptionDefinition[]): string[] {
	if (options.length === 0) return [];
	const items = options.flatMap(({ names, valueName, description }) => [
		`.It ${names.map((name) => `Fl ${name.slice(1).replaceAll("-", "\\-")}`).join(" , ")}${valueName === undefined ? "" : ` Ar ${valueName}`}`,
		...prose(description),
	]);
	return [".Bl -tag -width Ds", ...items, ".El"];
}

function entries(list: readonly Entry[], macro: string): string[] {
	const items = list.flatMap(([term, meaning]) => [`.It ${macro} ${term}`, ...prose(meaning)]);
	return [".Bl -tag -width Ds", ...items, ".El"];
}

/** A description, which has neither a capital nor a full stop, as a sentence. */
function sentence(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** Lines of text: one sentence at least to a line, and none too long. */
function prose(text: string): string[] {
	const paragraphs = text.trim().split(/\n{2,}/);
	return paragraphs.flatMap((paragraph, index) => [...(index ? [".Pp"] : []), ...lines(paragraph)]);
}

function lines(paragraph: string): string[] {
	const sentences = paragraph.replaceAll("\n", " ").split(/(?<=[.:?!]) +(?=[A-Z`])/);
	return sentences.flatMap((words) => wrap(words.trim())).map(textLine);
}

function wrap(text: string): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && line.length + 1 + word.length > WIDTH) {
			lines.push(line);
			line = "";
		}
		line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line];
}

function textLine(text: string): string {
	const escaped = escapeText(text).replace(/`([^`]*)`/g, "\\fB$1\\fR");
	return escaped.replace(/^(?=[.'])/, "\\&");
}

/** Text as arguments of a macro, where words that name macros would be taken for them. */
function macroText(text: string): string {
	return escapeText(text)
		.split(" ")
		.map((word) => (/^([A-Z][a-z]|[-.,:;()[\]?!|]+)$/.test(word) ? `\\&${word}` : word))
		.join(" ");
}

function escapeText(text: string): string {
	return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq");
}

function manDate(date: string): string {
	const format = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" } as const;
	return new Intl.DateTimeFormat("en-US", format).format(new Date(date));
}
