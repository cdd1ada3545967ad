/** What the completion scripts of all shells are filled with. */
import type { CommandDefinition, OptionDefinition } from "../definitions.ts";

/** Which no command defines, and all have. */
export const HELP: OptionDefinition = {
	kind: "option",
	names: ["-h", "--help"],
	description: "show help",
	valueName: undefined,
	choices: undefined,
	isShared: true,
	isCredential: false,
	isList: false,
};

/** Every option of any command, once. */
export function allOptions(commands: readonly CommandDefinition[]): OptionDefinition[] {
	const options = new Map<string, OptionDefinition>();
	for (const option of commands.flatMap((command) => command.options)) {
		options.set(option.names.join(","), option);
	}
	return [...options.values()];
}

/** The options that every command takes. */
export function sharedOptionsOf(commands: readonly CommandDefinition[]): OptionDefinition[] {
	return [...allOptions(commands).filter(({ isShared }) => isShared), HELP];
}

/** Every spelling of the options that every command takes. */
export function sharedNames(commands: readonly CommandDefinition[]): string[] {
	return sharedOptionsOf(commands).flatMap(({ names }) => names);
}

/** `template` with the lines for each `@MARK@`; one on a line of its own keeps its indent. */
export function fill(template: string, marks: Record<string, readonly string[]>): string {
	return template.replace(/^([\t ]*)@([A-Z_]+)@\n|@([A-Z_]+)@/gm, (_all, indent, line, inline) => {
		const lines = marks[line ?? inline] ?? [];
		return inline ? lines.join(" ") : lines.map((text) => `${indent}${text}\n`).join("");
	});
}
