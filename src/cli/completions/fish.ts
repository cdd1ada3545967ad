import type { CommandDefinition, OptionDefinition } from "../definitions.ts";
import type { PositionalFacts } from "../options.ts";
import { type Kind, kindOf } from "./kinds.ts";
import { allOptions, fill, sharedOptionsOf } from "./tables.ts";
import template from "./template.fish" with { type: "text" };

/** The completion script for fish. */
export function fishCompletion(commands: readonly CommandDefinition[]): string {
	const valued = allOptions(commands).filter(({ valueName }) => valueName !== undefined);
	const own = commands.flatMap(({ name, options }) =>
		options
			.filter(({ isShared }) => !isShared)
			.map((option) => `-n '__pprotect_on ${name}' ${optionWords(option)}`),
	);
	return fill(template, {
		VALUED: valued.flatMap(({ names }) => names),
		DOMAIN_FIRST: commands.filter(takesDomainFirst).map(({ name }) => name),
		NAMES: commands.map(({ name, description }) =>
			complete(`-n __pprotect_needs_command -a ${name} -d ${quote(description)}`),
		),
		OPTIONS: [...sharedOptionsOf(commands).map(optionWords), ...own].map(complete),
		POSITIONALS: commands.flatMap(({ name, positionals }) =>
			positionals.flatMap((positional, index) => positionalRow(name, positional, index)),
		),
	});
}

function complete(words: string): string {
	return `complete -c pprotect ${words}`;
}

function takesDomainFirst({ positionals: [first] }: CommandDefinition): boolean {
	return first !== undefined && kindOf(first) === "domain";
}

function optionWords({ names, description, valueName, choices }: OptionDefinition): string {
	const spelling = names.map((name) =>
		name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
	);
	const value = valueName === undefined ? [] : [valueWords(kindOf({ name: valueName, choices }))];
	return [...spelling, ...value, `-d ${quote(description)}`].join(" ");
}

function valueWords(kind: Kind | undefined): string {
	if (kind === undefined) return "-x";
	return kind === "file" ? "-r -F" : `-x -a ${offers(kind)}`;
}

function positionalRow(command: string, positional: PositionalFacts, index: number): string[] {
	const kind = kindOf(positional);
	if (kind === undefined) return [];
	const condition = `-n '__pprotect_at ${command} ${index}'`;
	return [complete(`${condition} ${kind === "file" ? "-F" : `-a ${offers(kind)}`}`)];
}

function offers(kind: Exclude<Kind, "file">): string {
	return typeof kind === "string" ? `'(__pprotect_${kind}s)'` : quote(kind.join(" "));
}

function quote(text: string): string {
	return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
