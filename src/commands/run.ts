/** From a command line to an exit code. */
import { Cli } from "clipanion";
import { UsageError } from "../errors.ts";
import type { Environment } from "../system/credentials.ts";
import { useColour, writeStdout } from "../system/output.ts";
import type { BaseCommand, Context } from "./base.ts";
import { COMMANDS, type Registration } from "./registry.ts";
import { report } from "./report.ts";
import { closest } from "./suggest.ts";

/** Runs the command that `argv` (without the program's name) asks for. Never throws. */
export async function run(argv: readonly string[], environment: Environment): Promise<number> {
	try {
		await dispatch(argv, environment);
		return 0;
	} catch (error) {
		return report(error, environment.PPROTECT_DEBUG === "1");
	}
}

async function dispatch(argv: readonly string[], environment: Environment): Promise<void> {
	const dashes = argv.indexOf("--");
	const own = dashes === -1 ? argv : argv.slice(0, dashes);
	const afterDashes = dashes === -1 ? undefined : argv.slice(dashes + 1);
	// A value may be named like a command (`--user init`): then both are loaded, and clipanion,
	// which knows the options, tells which it is.
	const named = COMMANDS.filter(({ name }) => own.some((word) => isNameOf(word, name)));
	const wantsHelp = own.includes("--help") || own.includes("-h");
	const [only] = named;
	if (argv.length === 0 || (wantsHelp && !only)) return showGeneralHelp(environment);
	if (!only) throw unknownCommand(own);
	const cli = new Cli<Context>({ binaryName: "pprotect", enableColors: false });
	for (const { load } of named) cli.register(await load());
	if (wantsHelp) return showCommandHelp(cli, only, environment);
	await execute(cli, only, own, afterDashes, environment);
}

/** Whether `word` stands for the command, as `add_secret` does for `add-secret`. */
function isNameOf(word: string, name: string): boolean {
	return word.replaceAll("_", "-") === name || (word === "--version" && name === "version");
}

async function execute(
	cli: Cli<Context>,
	{ name }: Registration,
	own: readonly string[],
	afterDashes: readonly string[] | undefined,
	environment: Environment,
): Promise<void> {
	// What follows `--` is exec's command; for any other command it is more positionals.
	const rest = afterDashes === undefined || name === "exec" ? [] : ["--", ...afterDashes];
	const context = { environment, afterDashes };
	const command = parse(cli, name, [...own, ...rest], context);
	try {
		await command.execute();
	} finally {
		if (isClosable(command)) command.close();
	}
}

type UserContext = Pick<Context, "environment" | "afterDashes">;

function parse(cli: Cli<Context>, name: string, argv: string[], context: UserContext) {
	try {
		return cli.process(argv, context);
	} catch (error) {
		throw usageError(error, cli, name);
	}
}

function isClosable(command: object): command is Pick<BaseCommand, "close"> {
	return "close" in command && typeof command.close === "function";
}

function unknownCommand(own: readonly string[]): UsageError {
	const names = COMMANDS.map(({ name }) => name);
	for (const word of own.filter((candidate) => !candidate.startsWith("-"))) {
		const near = closest(word.replaceAll("_", "-"), names);
		if (near) {
			return new UsageError(
				`unknown command ${JSON.stringify(word)}`,
				`did you mean: pprotect ${near}`,
			);
		}
	}
	return new UsageError("no command is given that pprotect knows", "for a list: pprotect --help");
}

/** Puts clipanion's complaint into our words; a value that was given by mistake is not repeated. */
function usageError(error: unknown, cli: Cli<Context>, name: string): UsageError {
	const message = error instanceof Error ? error.message : "";
	const help = `for its options: pprotect ${name} --help`;
	const option = /(?:Unsupported|Invalid) option name \("(-[^"=]*)(=?)/.exec(message);
	if (option) {
		const [, given = "", equals] = option;
		const known = optionNames(cli);
		if (equals && known.includes(given)) return new UsageError(`${given} takes no value`, help);
		const near = closest(given, known);
		return new UsageError(`${name} has no option ${given}`, near ? `did you mean: ${near}` : help);
	}
	const lacking = /Not enough arguments to option ([^ ]+)\./.exec(message);
	if (lacking) return new UsageError(`${lacking[1]} needs a value`, help);
	if (/-secret$/.test(name)) {
		return new UsageError(
			`${name} has too many arguments`,
			"a value is never taken from the command line: use --value-file PATH, or - for standard input",
		);
	}
	return new UsageError(`${name} has too many arguments`, help);
}

function optionNames(cli: Cli<Context>): string[] {
	const definitions = cli.definitions().flatMap(({ options }) => options);
	return definitions.flatMap(({ definition }) => definition.replace(/( #\d+)+$/, "").split(","));
}

async function showGeneralHelp(environment: Environment): Promise<void> {
	const { generalHelp } = await import("./help.ts");
	const summaries = await Promise.all(
		COMMANDS.map(async ({ name, category, load }) => {
			const usage = (await load()).usage;
			return { name, category, description: usage?.description?.trim() ?? "" };
		}),
	);
	writeStdout(generalHelp(summaries, styleOf(environment)));
}

async function showCommandHelp(
	cli: Cli<Context>,
	{ name }: Registration,
	environment: Environment,
): Promise<void> {
	const { commandHelp } = await import("./help.ts");
	const definition = cli.definitions().find(({ path }) => path === `pprotect ${name}`);
	if (definition) writeStdout(commandHelp(name, definition, styleOf(environment)));
}

function styleOf(environment: Environment) {
	return { inColour: useColour(1, environment) };
}
