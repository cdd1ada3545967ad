import { Command } from "clipanion";
import { flag, list, required, text } from "../cli/options.ts";
import { decodeBase64 } from "../crypto/base64.ts";
import {
	ConflictingOptionsError,
	CredentialsError,
	InputEndedError,
	NameError,
	ProtectError,
	UsageError,
} from "../errors.ts";
import { shellOption, shellWord } from "../format/quote.ts";
import { decryptedValue } from "../model/domain.ts";
import type { KeyFile } from "../model/key-file.ts";
import {
	credentialVariables,
	type MissingCredentials,
	missingHint,
	missingWords,
} from "../system/credentials.ts";
import { IGNORES_CASE } from "../system/exec/environment.ts";
import { exec, inheritedDescriptors, rawArguments } from "../system/exec/exec.ts";
import { KEPT_VARIABLES } from "../system/exec/kept-variables.ts";
import { exitOnTermination } from "../system/signals/pid-one.ts";
import type { Prompter } from "../system/terminal/prompter.ts";
import { mayAnswer, terminalPrompter } from "../system/terminal/terminal.ts";
import { warning } from "../system/voice.ts";
import type { VariableNaming } from "../values/variable-name.ts";
import { BaseCommand } from "./base.ts";
import {
	droppedByShells,
	type Injected,
	type Injection,
	type InjectionOptions,
	injectionOf,
	namedSecrets,
} from "./injection.ts";

/** The mode of a file in memory unless told: ssh and libpq take no private key that others can read. */
const DEFAULT_FILE_MODE = 0o400;

class ExecCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "run a command with the values of a domain in its environment",
		details:
			"On Linux and macOS the command takes the place of pprotect: the same process, with everything that was open. On Windows it runs as a child. It does not see the credentials. A secret whose variable would change what code runs, such as PATH or LD_PRELOAD, is an error unless --only, --env or --as-file names it.",
		examples: [
			["As a container's entrypoint", "$0 exec --domain prod -- ./app --port 80"],
			["db-password as APP_DB_PASSWORD", "$0 exec --domain prod --uppercase --prefix APP -- ./app"],
			["db-password as PGPASSWORD", "$0 exec --domain prod --env PGPASSWORD=db-password -- psql"],
			[
				"A certificate as a file in memory",
				"$0 exec --domain prod --as-file tls-cert=TLS_CERT_FILE -- ./app",
			],
			["Only one value", "$0 exec --domain prod --only db-password -- ./migrate"],
			["Preview the variables", "$0 exec --domain base --domain prod --dry-run"],
		],
	});

	domains = list("-d,--domain", "DOMAIN", "the domain; given again, later ones win");
	only = list("--only", "NAME", "only this secret; may be given more than once");
	env = list(
		"--env",
		"VAR=NAME",
		"put this secret into the variable VAR; may be given more than once",
	);
	asFile = list(
		"--as-file",
		"NAME[:base64][=VAR]",
		"put this secret, or with :base64 the bytes that it encodes, into a file in memory, and the path of that file into VAR (Linux); may be given more than once",
	);
	asFileMode = text(
		"--as-file-mode",
		"MODE",
		"the mode of these files: 0400 (default), or 0444 for a program that starts as root and gives that up",
	);
	variablePrefix = text("--prefix", "PREFIX", "name the variables PREFIX_NAME");
	uppercase = flag(
		"--uppercase",
		"name the variables in capitals, with _ for every other character",
	);
	noPassthrough = flag(
		"--no-passthrough",
		`start with an empty environment, keeping only ${KEPT_VARIABLES.join(" ")}`,
	);
	dryRun = flag(
		"--dry-run",
		"print each variable and the domain that it comes from, and run nothing; needs no credentials",
	);
	name = required("DOMAIN");
	#missing: MissingCredentials = { user: true, passphrase: true };

	/**
	 * Standard input belongs to the command: questions go to the terminal itself. Without one, lines
	 * of standard input answer them, and the rest of it is the command's.
	 */
	protected override prompterFor(missing: MissingCredentials): Prompter {
		this.#missing = missing;
		return super.prompterFor(missing);
	}

	protected override openPrompter(): Prompter {
		try {
			return terminalPrompter();
		} catch (error) {
			if (mayAnswer()) return this.#pipedPrompter();
			throw this.#noCredentials(error);
		}
	}

	#pipedPrompter(): Prompter {
		const prompter = super.openPrompter();
		const answered = async (answer: Promise<string>) => {
			try {
				return await answer;
			} catch (error) {
				throw error instanceof InputEndedError ? this.#noCredentials(error) : error;
			}
		};
		return {
			...prompter,
			ask: (label) => answered(prompter.ask(label)),
			askHidden: (label) => answered(prompter.askHidden(label)),
		};
	}

	#noCredentials(cause: unknown): CredentialsError {
		const missing = this.#missing;
		const lines = [missing.user && "user", missing.passphrase && "passphrase"].filter(Boolean);
		const place = lines.length > 1 ? "first two lines" : "first line";
		return new CredentialsError(
			`${missingWords(missing)} not given, and there is no terminal to ask on`,
			{
				hint: `${missingHint(missing, this.prefix)}; or ${lines.join(" and ")} as the ${place} of standard input`,
				cause,
			},
		);
	}

	async execute(): Promise<number> {
		// Before anything is opened.
		const descriptors = inheritedDescriptors();
		await exitOnTermination();
		const { domains, argv } = this.#arguments();
		const fileMode = parseFileMode(this.asFileMode);
		const keyFile = this.load();
		const injection = this.#injection(keyFile, domains);
		if (this.dryRun) {
			const lines = Array.from(injection, ([variable, { domain }]) => `${variable}: ${domain}`);
			this.printLines(lines, `No secrets in ${domains.join(", ")}`);
			this.#warnOfNames(injection);
			return 0;
		}
		const values = await this.#decrypt(keyFile, domains, injection);
		// Wipes the key too: the command may run for long, on Windows with pprotect beside it.
		this.close();
		this.#warnOfNames(injection);
		const set = new Map<string, string>();
		const files = new Map<string, Uint8Array>();
		for (const [variable, injected] of injection) {
			const value = decryptedValue(values, injected.secret);
			if (injected.delivery === "value") set.set(variable, value);
			else files.set(variable, fileContent(injected, value));
		}
		return exec({
			argv: rawArguments(argv),
			set,
			descriptors,
			unset: credentialVariables(this.prefix, this.context.environment),
			...(files.size > 0 && { files, fileMode }),
			...(this.noPassthrough && { keepOnly: KEPT_VARIABLES }),
		});
	}

	/** The domains, which options or the positional name, and the command. */
	#arguments(): { domains: readonly string[]; argv: readonly string[] } {
		const { domains = [], name } = this;
		const { afterDashes } = this.context;
		if (name !== undefined && domains.length > 0) {
			if (afterDashes) {
				throw new ConflictingOptionsError(
					"--domain and a positional both name the domain",
					"leave one of them out, or give --domain for each",
				);
			}
			throw missingDashes(domains[0], name);
		}
		const [first] = name === undefined ? domains : [name];
		if (first === undefined) throw new UsageError("exec needs a domain", "add: --domain DOMAIN");
		const argv = afterDashes ?? [];
		if (argv.length === 0 && !this.dryRun) throw missingDashes(first);
		return { domains: name === undefined ? domains : [name], argv };
	}

	#injection(keyFile: KeyFile, domains: readonly string[]): Injection {
		const origins = new Map<string, string>();
		for (const domain of domains) {
			for (const secret of keyFile.secretNames(domain)) {
				// In the order of the domains that they come from.
				origins.delete(secret);
				origins.set(secret, domain);
			}
		}
		const { only, env, asFile } = this;
		const options: InjectionOptions = {
			...this.#naming,
			...{ only, env, asFile },
			ignoresCase: IGNORES_CASE,
			credentials: credentialVariables(this.prefix, this.context.environment),
		};
		for (const named of namedSecrets(options)) {
			if (!origins.has(named)) throw noSecret(named, domains, [...origins.keys()]);
		}
		return injectionOf(origins, options);
	}

	/** Not on Windows, whose shells hold every name. */
	#warnOfNames(injection: Injection): void {
		const dropped = IGNORES_CASE ? undefined : droppedByShells(injection, this.#naming);
		if (dropped) warning(dropped);
	}

	get #naming(): VariableNaming {
		return { prefix: this.variablePrefix, uppercase: this.uppercase };
	}

	/** The values that go in; of a secret in several domains the last one's. */
	async #decrypt(
		keyFile: KeyFile,
		domains: readonly string[],
		injection: Injection,
	): Promise<ReadonlyMap<string, string>> {
		const custodian = await this.unlock(keyFile);
		const wanted = new Map<string, string>();
		for (const { secret, domain } of injection.values()) wanted.set(secret, domain);
		const values = new Map<string, string>();
		for (const domain of new Set(domains)) {
			const names = [...wanted].filter(([, from]) => from === domain).map(([name]) => name);
			const decrypted = await keyFile.decryptDomainFast(domain, custodian, names);
			for (const [name, value] of decrypted) values.set(name, value);
		}
		return values;
	}
}

/** The command was left out, or stands where only options and the domain may. */
function missingDashes(domain = "DOMAIN", command = "./app"): UsageError {
	return new UsageError(
		"exec needs a command after --",
		`for example: pprotect exec ${shellOption("--domain", domain)} -- ${shellWord(command)}`,
	);
}

function noSecret(name: string, domains: readonly string[], known: readonly string[]): NameError {
	return new NameError(
		`no secret named ${JSON.stringify(name)} in ${domains.join(", ")}`,
		known.length > 0 ? `known secrets: ${known.join(", ")}` : "there are no secrets at all",
	);
}

/** @throws UsageError unless `mode` lets the owner read and nobody execute. */
function parseFileMode(mode: string | undefined): number {
	if (mode === undefined) return DEFAULT_FILE_MODE;
	const bits = /^[0-7]{3,4}$/.test(mode) ? Number.parseInt(mode, 8) : 0;
	if ((bits & 0o400) !== 0 && (bits & ~0o666) === 0) return bits;
	throw new UsageError(
		"--as-file-mode is an octal mode that lets the owner read",
		"0400 for the owner alone, 0440 for a group too, 0444 for all",
	);
}

/** @throws ProtectError for a value that is not base64 and should be. */
function fileContent({ secret, domain, delivery }: Injected, value: string): Uint8Array {
	if (delivery === "file") return new TextEncoder().encode(value);
	try {
		// As base64(1) prints it: lines of 76 characters.
		return decodeBase64(value.replaceAll(/[\r\n]/g, ""));
	} catch (error) {
		throw new ProtectError(`the value of ${secret} in ${domain} is not base64`, {
			hint: `for the value as it is: --as-file ${secret}=VAR`,
			cause: error,
		});
	}
}

export { ExecCommand as command };
