/** Options with the name of their value, which clipanion's own help does not show. */
import { Option } from "clipanion";

/** By option name, what its value is called in help: `--file PATH`. */
export const valueNames = new Map<string, string>();

/** By option name, or by the name of a positional, all values that there are. */
export const valueChoices = new Map<string, readonly string[]>();

/** Options that every command takes, which help lists apart from a command's own. */
export const sharedOptions = new Set([
	"--file",
	"-u,--user",
	"--passphrase-file",
	"--passphrase-fd",
	"--passphrase-command",
	"--env-prefix",
	"--ignore-env",
	"--non-interactive",
	"--confirm",
	"-y,--yes",
]);

/** Options that may be given more than once. */
export const listOptions = new Set<string>();

/** An option with a value. */
export function text(name: string, valueName: string, description: string) {
	valueNames.set(name, valueName);
	return Option.String(name, { description });
}

/** An option with one of a few values, which `BaseCommand.choose` checks. */
export function choice(
	name: string,
	valueName: string,
	choices: readonly string[],
	description: string,
) {
	valueChoices.set(name, choices);
	return text(name, valueName, description);
}

/** An option with a value, that may be given more than once. */
export function list(name: string, valueName: string, description: string) {
	valueNames.set(name, valueName);
	listOptions.add(name);
	return Option.Array(name, { description });
}

/** An option that is there or not. */
export function flag(name: string, description: string) {
	return Option.Boolean(name, false, { description });
}

/** A positional that is asked for where it is left out. */
export function positional(name: string) {
	return Option.String({ name, required: false });
}

/** The positionals that are left, as many as there are. */
export function rest() {
	return Option.Rest();
}

/** `--domain`, which serves wherever a domain is meant. */
export const DOMAIN_OPTION = ["--domain", "DOMAIN", "the domain"] as const;
