/**
 * The options that go anywhere, apart from what they do: `version` takes them too, and would
 * start half as fast if it loaded the model for them.
 */
import { Command } from "clipanion";
import { fieldsOf, flag, text } from "./options.ts";
import type { Context } from "./registration.ts";

/** Which credentials to use. Every command takes these options; help shows them where they count. */
abstract class CredentialOptionsCommand extends Command<Context> {
	/** Whether the command uses credentials. */
	static readonly takesCredentials: boolean = false;

	user = text("-u,--user", "EMAIL", "the key custodian to act as");
	passphraseFile = text(
		"--passphrase-file",
		"PATH",
		"read the passphrase from this file; - is standard input",
	);
	passphraseFd = text("--passphrase-fd", "N", "read the passphrase from this open file descriptor");
	passphraseCommand = text(
		"--passphrase-command",
		"CMD",
		"run this shell command, which prints the passphrase",
	);
	envPrefix = text(
		"--env-prefix",
		"PREFIX",
		"take credentials from PREFIX_USER and PREFIX_PASSPHRASE (default: PPROTECT)",
	);
	ignoreEnv = flag("--ignore-env", "take no credentials from the environment");
	noKeychain = flag("--no-keychain", "do not ask the system's keychain for the passphrase");
	nonInteractive = flag("--non-interactive", "never ask for credentials");
}

export abstract class SharedOptionsCommand extends CredentialOptionsCommand {
	fileOption = text(
		"-f,--file",
		"PATH",
		"the protected file (default: $PPROTECT_FILE, or protected.yaml here or above)",
	);
	confirm = flag("--confirm", "show what would be written, and ask first");
	yes = flag("-y,--yes", "answer yes to all confirmations");
	quiet = flag("-q,--quiet", "leave out what is only for information");
}

class OnlyCredentialOptions extends CredentialOptionsCommand {
	async execute(): Promise<void> {}
}

class OnlySharedOptions extends SharedOptionsCommand {
	async execute(): Promise<void> {}
}

/** Every spelling of the options that say which credentials to use. */
export function credentialOptionNames(): ReadonlySet<string> {
	return optionNamesOf(new OnlyCredentialOptions());
}

/** Every spelling of the options that all commands take. */
export function sharedOptionNames(): ReadonlySet<string> {
	return optionNamesOf(new OnlySharedOptions());
}

function optionNamesOf(command: object): ReadonlySet<string> {
	const fields = fieldsOf(command);
	return new Set(fields.flatMap((field) => (field.kind === "option" ? field.names : [])));
}
