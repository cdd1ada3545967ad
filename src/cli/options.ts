/**
 * Options and positionals, with what clipanion does not keep: what a value is called, which values
 * there are, and whether it may be given again. That stands beside the object that clipanion makes
 * for a field of a command, so that it belongs to that field alone.
 */
import { Option } from "clipanion";

/** What is known of an option. */
export interface OptionFacts {
	readonly kind: "option";
	/** `-u` and `--user`, say: every spelling, short ones first. */
	readonly names: readonly string[];
	readonly description: string;
	/** What its value is called; undefined where it takes none. */
	readonly valueName: string | undefined;
	/** All values that there are, where they are few. */
	readonly choices: readonly string[] | undefined;
	/** Whether it may be given more than once. */
	readonly isList: boolean;
}

/** What is known of a positional. */
export interface PositionalFacts {
	readonly kind: "positional";
	/** `DOMAIN`, say. */
	readonly name: string;
	readonly choices: readonly string[] | undefined;
	/** Whether as many may follow as there are. */
	readonly isRest: boolean;
	/** Whether leaving it out, and an option that stands for it, is an error. */
	readonly isRequired: boolean;
}

export type FieldFacts = OptionFacts | PositionalFacts;

const factsByField = new WeakMap<object, FieldFacts>();

/**
 * What the fields of a command are.
 *
 * @param command as it is constructed, before clipanion gives it values.
 */
export function fieldsOf(command: object): FieldFacts[] {
	return Object.values(command).flatMap((field: unknown) => factsOf(field) ?? []);
}

/** What is known of one field of a command. */
export function factsOf(field: unknown): FieldFacts | undefined {
	return typeof field === "object" && field !== null ? factsByField.get(field) : undefined;
}

/** Keeps the facts beside `field`, which clipanion types as the value that it becomes. */
function keep<Field>(field: Field, facts: FieldFacts): Field {
	if (typeof field === "object" && field !== null) factsByField.set(field, facts);
	return field;
}

function option(
	names: string,
	description: string,
	rest: Partial<Pick<OptionFacts, "valueName" | "choices" | "isList">> = {},
): OptionFacts {
	const { valueName, choices, isList = false } = rest;
	return { kind: "option", names: names.split(","), description, valueName, choices, isList };
}

/** An option with a value. */
export function text(names: string, valueName: string, description: string) {
	return keep(Option.String(names, { description }), option(names, description, { valueName }));
}

/** An option with one of a few values, which `BaseCommand.choose` checks. */
export function choice(
	names: string,
	valueName: string,
	choices: readonly string[],
	description: string,
) {
	const facts = option(names, description, { valueName, choices });
	return keep(Option.String(names, { description }), facts);
}

/** An option with a value, that may be given more than once. */
export function list(names: string, valueName: string, description: string) {
	const facts = option(names, description, { valueName, isList: true });
	return keep(Option.Array(names, { description }), facts);
}

/** An option that is there or not. */
export function flag(names: string, description: string) {
	return keep(Option.Boolean(names, false, { description }), option(names, description));
}

/** A positional that is asked for where it is left out. */
export function positional(name: string, choices?: readonly string[]) {
	const facts = { kind: "positional", name, choices, isRest: false, isRequired: false } as const;
	return keep(Option.String({ name, required: false }), facts);
}

/** A positional that is never asked for. The command says what is missing, or takes an option for it. */
export function required(name: string, choices?: readonly string[]) {
	const facts = { kind: "positional", name, choices, isRest: false, isRequired: true } as const;
	return keep(Option.String({ name, required: false }), facts);
}

/** The positionals that are left, as many as there are. */
export function rest(name: string) {
	const facts = {
		kind: "positional",
		name,
		choices: undefined,
		isRest: true,
		isRequired: false,
	} as const;
	return keep(Option.Rest(), facts);
}

/** `--domain`, which serves wherever a domain is meant. */
export const DOMAIN_OPTION = ["-d,--domain", "DOMAIN", "the domain"] as const;
