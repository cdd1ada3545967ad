import type { CommandDefinition, OptionDefinition } from "../definitions.ts";
import { kindOf, kindWords } from "./kinds.ts";
import { fill, sharedOptionsOf } from "./tables.ts";
import template from "./template.zsh" with { type: "text" };

/** The completion script for zsh, to be sourced or put into a folder of `fpath` as `_pprotect`. */
export function zshCompletion(commands: readonly CommandDefinition[]): string {
	return fill(template, {
		SHARED: sharedOptionsOf(commands).flatMap(optionSpecs),
		NAMES: commands.map(({ name, description }) =>
			quote(`${name}:${description.replaceAll(":", "\\:")}`),
		),
		COMMANDS: commands.map(commandRow),
	});
}

function commandRow({ name, options, positionals, takesCommand }: CommandDefinition): string {
	const own = options.filter(({ isShared }) => !isShared).flatMap(optionSpecs);
	const kinds = positionals.map((positional) => kindWords(positional).replaceAll(" ", ","));
	const places = (takesCommand ? [] : positionals).map(({ name }, index) => {
		const number = index + 1;
		return quote(`${number}:${name}: _pprotect_positional ${number} ${kinds.join(" ")}`);
	});
	const rest = takesCommand ? ["'*:: :_pprotect_program'"] : [];
	return `${name}) _arguments -S $shared ${[...own, ...places, ...rest].join(" ")} ;;`;
}

/** `(-u --user)--user=[who acts]:EMAIL:ACTION`, for each spelling. */
function optionSpecs({ names, description, isList, ...value }: OptionDefinition): string[] {
	const { valueName, choices } = value;
	return names.map((name) => {
		const others = isList ? "*" : `(${names.join(" ")})`;
		const takes = valueName === undefined ? "" : name.startsWith("--") ? "=" : "+";
		const words = description.replace(/[[\]\\:]/g, "\\$&");
		const action = valueName === undefined ? "" : `:${valueName.replace(/[[\]=:]/g, " ").trim()}:`;
		return quote(
			`${others}${name}${takes}[${words}]${action}${actionOf({ name: valueName, choices })}`,
		);
	});
}

function actionOf(value: Parameters<typeof kindOf>[0]): string {
	if (value.name === undefined) return "";
	const kind = kindOf(value);
	if (kind === undefined) return " ";
	if (kind === "file") return "_files";
	return typeof kind === "string" ? `_pprotect_${kind}` : `(${kind.join(" ")})`;
}

function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
