import type { CommandDefinition, OptionDefinition } from "../definitions.ts";
import { kindWords } from "./kinds.ts";
import { allOptions, fill, sharedOptionsOf } from "./tables.ts";
import template from "./template.ps1" with { type: "text" };

/** The completion script for Windows PowerShell 5.1 and PowerShell 7. */
export function powershellCompletion(commands: readonly CommandDefinition[]): string {
	return fill(template, {
		VALUES: allOptions(commands)
			.filter(({ valueName }) => valueName !== undefined)
			.flatMap(({ names, valueName, choices }) => {
				const kind = quote(kindWords({ name: valueName, choices }));
				return names.map((name) => `${quote(name)} { return ${kind} }`);
			}),
		COMMANDS: commands.map(commandRow),
		SHARED: sharedOptionsOf(commands).flatMap(({ names, description }) =>
			names.map((name) => `New-Offer ${quote(name)} ParameterName ${quote(description)}`),
		),
		NAMES: commands.map(
			({ name, description }) => `New-Offer ${quote(name)} Command ${quote(description)}`,
		),
	});
}

function commandRow({ name, options, positionals, takesCommand }: CommandDefinition): string {
	const own = options.filter(({ isShared }) => !isShared).flatMap(namesWithWords);
	const kinds = positionals.map((positional) => quote(kindWords(positional)));
	const parts = [
		own.length > 0 ? `$options = ${own.join(", ")}` : "",
		// One alone would be a text, of which PowerShell takes single letters.
		kinds.length > 0 ? `$positionals = @(${kinds.join(", ")})` : "",
		takesCommand ? "$takesProgram = $true" : "",
	];
	return `${quote(name)} { ${parts.filter(Boolean).join("; ")} }`;
}

function namesWithWords({ names, description }: OptionDefinition): string[] {
	return names.flatMap((name) => [quote(name), quote(description)]);
}

/** PowerShell ends a text at typographic quotes as well (about_Quoting_Rules). */
function quote(text: string): string {
	return `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}
