import type { CommandDefinition } from "../definitions.ts";
import { kindWords } from "./kinds.ts";
import { allOptions, fill, sharedNames } from "./tables.ts";
import template from "./template.bash" with { type: "text" };

/** The completion script for bash 3.2 and later. */
export function bashCompletion(commands: readonly CommandDefinition[]): string {
	return fill(template, {
		VALUES: allOptions(commands)
			.filter(({ valueName }) => valueName !== undefined)
			.map(({ names, valueName, choices }) => {
				const kind = kindWords({ name: valueName, choices });
				return `${names.join(" | ")}) kind='${kind}' ;;`;
			}),
		COMMANDS: commands.map(commandRow),
		SHARED: [sharedNames(commands).join(" ")],
		NAMES: [commands.map(({ name }) => name).join(" ")],
	});
}

function commandRow({ name, options, positionals, takesCommand }: CommandDefinition): string {
	const own = options.filter(({ isShared }) => !isShared).flatMap(({ names }) => names);
	const kinds = positionals.map((positional) => kindWords(positional).replaceAll(" ", ","));
	const takes = takesCommand ? " takes_program=1" : "";
	return `${name}) options='${own.join(" ")}' positionals='${kinds.join(" ")}'${takes} ;;`;
}
