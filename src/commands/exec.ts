import { Command } from "clipanion";
import { UsageError } from "../errors.ts";
import { credentialVariables } from "../system/credentials.ts";
import { exec } from "../system/exec.ts";
import type { Prompter } from "../system/prompter.ts";
import { terminalPrompter } from "../system/terminal.ts";
import { BaseCommand } from "./base.ts";
import { environmentNames } from "./environment-names.ts";
import { DOMAIN_OPTION, flag, text } from "./options.ts";

/** All of the caller's environment that `--no-passthrough` leaves. */
const KEPT_VARIABLES = ["PATH", "HOME", "TERM", "LANG", "USER", "SHELL", "LOGNAME"];

export class ExecCommand extends BaseCommand {
	static override paths = [["exec"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "run a command with the values of a domain in its environment",
		details:
			"The command takes the place of pprotect: the same process, the same standard streams. It does not see the credentials.",
		examples: [
			["As a container's entrypoint", "$0 exec --domain prod -- ./app --port 80"],
			["db-password as APP_DB_PASSWORD", "$0 exec --domain prod --uppercase --prefix APP -- ./app"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	variablePrefix = text("--prefix", "PREFIX", "name the variables PREFIX_NAME");
	uppercase = flag(
		"--uppercase",
		"name the variables in capitals, with _ for every other character",
	);
	noPassthrough = flag(
		"--no-passthrough",
		`pass on nothing of the environment but ${KEPT_VARIABLES.join(" ")}`,
	);

	/** Standard input belongs to the command. */
	protected override openPrompter(): Prompter {
		return terminalPrompter();
	}

	async execute(): Promise<void> {
		const argv = this.context.afterDashes ?? [];
		if (this.domain === undefined)
			throw new UsageError("exec needs a domain", "add: --domain DOMAIN");
		if (argv.length === 0) {
			throw new UsageError(
				"exec needs a command after --",
				`for example: pprotect exec --domain ${this.domain} -- ./app`,
			);
		}
		const keyFile = this.load();
		const values = keyFile.decryptDomain(this.domain, await this.unlock(keyFile));
		const naming = { prefix: this.variablePrefix, uppercase: this.uppercase };
		this.close();
		await exec({
			argv,
			set: environmentNames(values, naming),
			unset: credentialVariables(this.prefix),
			...(this.noPassthrough && { keepOnly: KEPT_VARIABLES }),
		});
	}
}
