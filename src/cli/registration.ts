/** How the program is told of a command: once, in a list that `main.ts` hands to `run`. */
import type { BaseContext, CommandClass } from "clipanion";
import type { Environment } from "../system/credentials.ts";

/** Help lists the commands under these, in this order. */
export const CATEGORIES = ["Secrets", "People", "Domains", "Git", "Other"] as const;
/** Commands that other programs run. */
export const PLUMBING = "Plumbing";
export type Category = (typeof CATEGORIES)[number] | typeof PLUMBING;

/** What the program tells a command. */
export interface Context extends BaseContext {
	readonly environment: Environment;
	/** What followed the first `--` on the command line, where there was one. */
	readonly afterDashes: readonly string[] | undefined;
	/** Every command, for those that tell of them. */
	readonly commands: readonly Registration[];
}

export interface Registration {
	/** With hyphens; the spelling with underscores follows from it. */
	readonly name: string;
	readonly category: Category;
	/** Loads the command's module, which most command lines need only one of. */
	readonly load: () => Promise<CommandClass<Context>>;
}

/** The command's class, which answers to both spellings of the registered name. */
export async function loadCommand({ name, load }: Registration): Promise<CommandClass<Context>> {
	const command = await load();
	command.paths = [[name], ...(name.includes("-") ? [[name.replaceAll("-", "_")]] : [])];
	return command;
}
