/**
 * The options that go anywhere, apart from what they do: `version` takes them too, and would
 * start half as fast if it loaded the model for them.
 */
import { type BaseContext, Command } from "clipanion";
import type { Environment } from "../system/credentials.ts";
import { fieldsOf, flag, text } from "./options.ts";
import type { Registration } from "./registration.ts";

export interface Context extends BaseContext {
	readonly environment: Environment;
	/** What followed the first `--` on the command line, where there was one. */
	readonly afterDashes: readonly string[] | undefined;
	/** Every command, for those that tell of them. */
	readonly commands: readonly Registration[];
}

export abstract class SharedOptionsCommand extends Command<Context> {
	fileOption = text("--file", "PATH", "the protected file (default: protected.yaml)");
	user = text("-u,--user", "EMAIL", "who acts");
	passphraseFile = text(
		"--passphrase-file",
		"PATH",
		"a file that holds the passphrase; - is standard input",
	);
	passphraseFd = text(
		"--passphrase-fd",
		"N",
		"an open file descriptor to read the passphrase from",
	);
	passphraseCommand = text(
		"--passphrase-command",
		"CMD",
		"a shell command whose output is the passphrase",
	);
	envPrefix = text(
		"--env-prefix",
		"PREFIX",
		"take credentials from PREFIX_USER and PREFIX_PASSPHRASE (default: PPROTECT)",
	);
	ignoreEnv = flag("--ignore-env", "take no credentials from the environment");
	nonInteractive = flag("--non-interactive", "never ask for credentials");
	confirm = flag("--confirm", "show what would be written, and ask first");
	yes = flag("-y,--yes", "answer yes to every request to confirm");
}

class OnlySharedOptions extends SharedOptionsCommand {
	async execute(): Promise<void> {}
}

/** Every spelling of the options that all commands take. */
export function sharedOptionNames(): ReadonlySet<string> {
	const fields = fieldsOf(new OnlySharedOptions());
	return new Set(fields.flatMap((field) => (field.kind === "option" ? field.names : [])));
}
