/** From a command line to an exit code. */
import { Cli, type Command, type CommandClass } from "clipanion";
import { ConflictingOptionsError, ProtectError, UsageError } from "../errors.ts";
import type { Environment } from "../system/credentials.ts";
import { writeStdout } from "../system/output.ts";
import { quoteForThisSystem } from "../system/user-shell.ts";
import { BUILD, PEER_VERSION, VERSION } from "../version.ts";
import {
	forgottenDashes,
	type KnownOptions,
	optionFault,
	optionsOf,
	positionalsOf,
	repeatedOption,
	takesSecretValue,
	withGeneratedLength,
	withHyphens,
} from "./command-line.ts";
import { onlyNamedOptions } from "./named-options.ts";
import { type Context, loadCommand, type Registration } from "./registration.ts";
import { report } from "./report.ts";
import { closest } from "./suggest.ts";
import { commandsFor } from "./synonyms.ts";

const LIST_HINT = "for a list: pprotect help commands";

/**
 * Runs the one of `commands` that `argv` (without the program's name) asks for. Never throws.
 *
 * @returns the exit code.
 */
export async function run(
	commands: readonly Registration[],
	argv: readonly string[],
	environment: Environment,
): Promise<number> {
	quoteForThisSystem();
	try {
		return await dispatch(commands, argv, environment);
	} catch (error) {
		return report(error, environment.PPROTECT_DEBUG === "1");
	}
}

async function dispatch(
	commands: readonly Registration[],
	argv: readonly string[],
	environment: Environment,
): Promise<number> {
	if (argv.length === 1 && argv[0] === "--version") return showVersion();
	const dashes = argv.indexOf("--");
	const own = withGeneratedLength(withHyphens(dashes === -1 ? argv : argv.slice(0, dashes)));
	const afterDashes = dashes === -1 ? undefined : argv.slice(dashes + 1);
	const only = await namedCommand(commands, own);
	const wantsHelp = own.includes("--help") || own.includes("-h");
	if (!only) {
		const fault = await unknownCommand(commands, own, wantsHelp);
		if (fault) throw fault;
	}
	if (!only || wantsHelp) return showHelp(commands, only?.name, environment);
	return execute(only, own, { environment, afterDashes, commands });
}

/** The command that the words ask for. */
async function namedCommand(
	commands: readonly Registration[],
	own: readonly string[],
): Promise<Registration | undefined> {
	const named = commands.filter(({ name }) => own.some((word) => isNameOf(word, name)));
	if (named.length < 2) return named[0];
	// A domain, a user or a value may be named like a command: `exec --domain init`.
	const positionals = positionalsOf(own, optionsOf(await Promise.all(named.map(loadCommand))));
	const [first] = positionals.filter((word) => named.some(({ name }) => isNameOf(word, name)));
	return named.find(({ name }) => first !== undefined && isNameOf(first, name)) ?? named[0];
}

/** Whether `word` stands for the command, as `add_secret` does for `add-secret`. */
function isNameOf(word: string, name: string): boolean {
	return word.replaceAll("_", "-") === name;
}

async function execute(
	registration: Registration,
	own: readonly string[],
	context: UserContext,
): Promise<number> {
	const { name } = registration;
	const { afterDashes } = context;
	// What follows `--` is exec's command; for any other command it is more positionals.
	const rest = afterDashes === undefined || name === "exec" ? [] : ["--", ...afterDashes];
	const command = parse(await loadCommand(registration), name, [...own, ...rest], context);
	try {
		return (await command.execute()) ?? 0;
	} catch (error) {
		return report(error, context.environment.PPROTECT_DEBUG === "1", hintFileOf(command));
	} finally {
		if (isClosable(command)) command.close();
	}
}

type UserContext = Pick<Context, "environment" | "afterDashes" | "commands">;

function parse(
	Command: CommandClass<Context>,
	name: string,
	argv: string[],
	context: UserContext,
): Command<Context> {
	const cli = new Cli<Context>({ binaryName: "pprotect", enableColors: false });
	const Named = onlyNamedOptions(Command, argv);
	cli.register(Named);
	const dashes = argv.indexOf("--");
	const repeated = repeatedOption(dashes === -1 ? argv : argv.slice(0, dashes), Named);
	if (repeated !== undefined) {
		throw new ConflictingOptionsError(`${repeated} is given twice`, "leave one of them out");
	}
	try {
		return cli.process(argv, context);
	} catch (error) {
		// Its own words are often about something else, and repeat values.
		throw error instanceof ProtectError
			? error
			: usageError(optionsOf([Command]), name, argv, context);
	}
}

/** What the hints of a command's errors name as `--file`. */
function hintFileOf(command: object): string | undefined {
	const file = "hintFile" in command ? command.hintFile : undefined;
	return typeof file === "string" ? file : undefined;
}

function isClosable(command: object): command is { close(): void } {
	return "close" in command && typeof command.close === "function";
}

/**
 * What is wrong with words that name no command.
 *
 * @returns undefined where they ask for help about all of them.
 */
async function unknownCommand(
	commands: readonly Registration[],
	own: readonly string[],
	wantsHelp: boolean,
): Promise<UsageError | undefined> {
	const options = optionsOf(await Promise.all(commands.map(loadCommand)));
	const [word] = positionalsOf(own, options);
	if (word !== undefined) {
		const names = commands.map(({ name }) => name);
		return new UsageError(`unknown command ${JSON.stringify(word)}`, suggestion(word, names));
	}
	if (wantsHelp || own.length === 0) return undefined;
	return optionFault(undefined, own, options) ?? noCommand();
}

/** The commands that `word` may stand for, as a hint. */
function suggestion(word: string, names: readonly string[]): string {
	const spelt = word.replaceAll("_", "-");
	const near = closest(spelt, names);
	const meant = commandsFor(spelt, names);
	const guesses = meant.length > 0 ? meant : near ? [near] : [];
	if (guesses.length === 0) return LIST_HINT;
	return `did you mean: ${guesses.map((name) => `pprotect ${name}`).join(", or ")}`;
}

function noCommand(): UsageError {
	return new UsageError("no command is given", LIST_HINT);
}

function usageError(
	options: KnownOptions,
	name: string,
	argv: readonly string[],
	context: UserContext,
): UsageError {
	const dashes = argv.indexOf("--");
	const words = dashes === -1 ? argv : argv.slice(0, dashes);
	const isCommandMissed = name === "exec" && !context.afterDashes;
	const fault =
		(isCommandMissed ? forgottenDashes(words, options) : undefined) ??
		optionFault(name, words, options);
	if (fault) return fault;
	if (!positionalsOf(words, options).some((word) => isNameOf(word, name))) return noCommand();
	return new UsageError(
		`${name} has too many arguments`,
		takesSecretValue(name)
			? "a value is never taken from the command line: use --value-file PATH, or - for standard input"
			: `for its options: pprotect ${name} --help`,
	);
}

async function showHelp(
	commands: readonly Registration[],
	name: string | undefined,
	environment: Environment,
): Promise<number> {
	const { printHelp } = await import("./help.ts");
	await printHelp(commands, name, environment);
	return 0;
}

/** Of this program; `pprotect version` answers as the Python tool does. */
function showVersion(): number {
	writeStdout(
		`pprotect ${VERSION} (${BUILD}), reads and writes the files of PocketProtector ${PEER_VERSION}\n`,
	);
	return 0;
}
