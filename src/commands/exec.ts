import { Command } from "clipanion";
import { flag, list, text } from "../cli/options.ts";
import { CredentialsError, NameError, UsageError } from "../errors.ts";
import { shellWord } from "../format/quote.ts";
import type { KeyFile } from "../model/key-file.ts";
import { credentialVariables } from "../system/credentials.ts";
import { exec, inheritedDescriptors, rawArguments } from "../system/exec/exec.ts";
import { writeStdout } from "../system/output.ts";
import { exitOnTermination } from "../system/signals/pid-one.ts";
import type { Prompter } from "../system/terminal/prompter.ts";
import { terminalPrompter } from "../system/terminal/terminal.ts";
import { BaseCommand } from "./base.ts";
import { type Injection, injectionOf } from "./injection.ts";

/** All of the caller's environment that `--no-passthrough` leaves. */
const KEPT_VARIABLES = ["PATH", "HOME", "TERM", "LANG", "USER", "SHELL", "LOGNAME"];

class ExecCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "run a command with the values of a domain in its environment",
		details:
			"The command takes the place of pprotect: the same process, the same standard streams. It does not see the credentials.",
		examples: [
			["As a container's entrypoint", "$0 exec --domain prod -- ./app --port 80"],
			["db-password as APP_DB_PASSWORD", "$0 exec --domain prod --uppercase --prefix APP -- ./app"],
			[
				"A certificate as a file in memory",
				"$0 exec --domain prod --as-file tls-cert=TLS_CERT_FILE -- ./app",
			],
			["Only one value", "$0 exec --domain prod --only db-password -- ./migrate"],
			["What would be set", "$0 exec --domain base --domain prod --dry-run"],
		],
	});

	domains = list("-d,--domain", "DOMAIN", "the domain; given again, later ones win");
	only = list("--only", "NAME", "only this secret; may be given more than once");
	asFile = list(
		"--as-file",
		"NAME[=VAR]",
		"put this secret into a file in memory, and its path into VAR (linux); may be given more than once",
	);
	variablePrefix = text("--prefix", "PREFIX", "name the variables PREFIX_NAME");
	uppercase = flag(
		"--uppercase",
		"name the variables in capitals, with _ for every other character",
	);
	noPassthrough = flag(
		"--no-passthrough",
		`pass on nothing of the environment but ${KEPT_VARIABLES.join(" ")}`,
	);
	dryRun = flag(
		"--dry-run",
		"print the names of the variables and run nothing; needs no credentials",
	);

	/** Standard input belongs to the command: questions go to the terminal itself. */
	protected override openPrompter(): Prompter {
		try {
			return terminalPrompter();
		} catch (error) {
			const variable = `${this.prefix}_PASSPHRASE`;
			throw new CredentialsError(
				"the credentials are not given, and there is no terminal to ask on",
				{
					hint: `give --user or ${this.prefix}_USER, and one of --passphrase-file, --passphrase-fd, --passphrase-command, ${variable}, ${variable}_FILE, ${variable}_COMMAND`,
					cause: error,
				},
			);
		}
	}

	async execute(): Promise<number> {
		// Before anything is opened.
		const descriptors = inheritedDescriptors();
		await exitOnTermination();
		const domains = this.domains ?? [];
		const argv = this.context.afterDashes ?? [];
		if (domains.length === 0) throw new UsageError("exec needs a domain", "add: --domain DOMAIN");
		if (argv.length === 0 && !this.dryRun) {
			throw new UsageError(
				"exec needs a command after --",
				`for example: pprotect exec --domain ${shellWord(domains[0] ?? "")} -- ./app`,
			);
		}
		const keyFile = this.load();
		const injection = this.#injection(keyFile, domains);
		if (this.dryRun) {
			writeStdout([...injection.keys()].map((name) => `${name}\n`).join(""));
			return 0;
		}
		const values = await this.#decrypt(keyFile, domains, injection);
		this.close();
		const set = new Map<string, string>();
		const files = new Map<string, Uint8Array>();
		for (const [variable, { secret, asFile }] of injection) {
			const value = values.get(secret) ?? "";
			if (asFile) files.set(variable, new TextEncoder().encode(value));
			else set.set(variable, value);
		}
		return exec({
			argv: rawArguments(argv),
			set,
			descriptors,
			unset: credentialVariables(this.prefix, this.context.environment),
			...(files.size > 0 && { files }),
			...(this.noPassthrough && { keepOnly: KEPT_VARIABLES }),
		});
	}

	#injection(keyFile: KeyFile, domains: readonly string[]): Injection {
		const secrets = new Set(domains.flatMap((domain) => keyFile.secretNames(domain)));
		const named = [...(this.only ?? []), ...(this.asFile ?? []).map(secretOf)];
		for (const name of named) {
			if (secrets.has(name)) continue;
			throw new NameError(
				`no secret named ${JSON.stringify(name)} in ${domains.join(", ")}`,
				`known secrets: ${[...secrets].join(", ")}`,
			);
		}
		return injectionOf(secrets, {
			only: this.only,
			asFile: this.asFile,
			prefix: this.variablePrefix,
			uppercase: this.uppercase,
		});
	}

	/** The values that go in; of a secret in several domains the last one's. */
	async #decrypt(
		keyFile: KeyFile,
		domains: readonly string[],
		injection: Injection,
	): Promise<ReadonlyMap<string, string>> {
		const custodian = await this.unlock(keyFile);
		const wanted = new Set([...injection.values()].map(({ secret }) => secret));
		const values = new Map<string, string>();
		for (const domain of domains) {
			const names = keyFile.secretNames(domain).filter((name) => wanted.has(name));
			for (const [name, value] of keyFile.decryptDomain(domain, custodian, names)) {
				values.set(name, value);
			}
		}
		return values;
	}
}

function secretOf(asFile: string): string {
	return asFile.split("=", 1)[0] ?? "";
}

export { ExecCommand as command };
