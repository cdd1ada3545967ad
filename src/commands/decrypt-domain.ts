import { Command } from "clipanion";
import { choice, DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { isTerminal, writeStdout } from "../system/output.ts";
import { printable } from "../system/printable.ts";
import { BaseCommand } from "./base.ts";
import { writeValues } from "./output-formats.ts";

const FORMATS = ["json", "env", "shell", "yaml", "docker", "github"] as const;

class DecryptDomainCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "print the values of a domain",
		details:
			"Prefer `exec` where a program needs the values: what is printed ends up in scrollback, logs and files.",
		examples: [
			["All of prod, as JSON", "$0 decrypt-domain prod"],
			["One bare value", "$0 decrypt-domain prod --secret db-password"],
			["Into this shell", 'eval "$($0 decrypt-domain prod --output-format shell)"'],
			["To the later steps of a GitHub workflow", "$0 decrypt-domain prod --output-format github"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	secret = text("--secret", "NAME", "only this secret: its bare value, or with a format its entry");
	outputFormat = choice(
		"--output-format",
		"FORMAT",
		FORMATS,
		"json (default), env, shell, yaml, docker (an --env-file), or github (masks, and what GITHUB_ENV takes)",
	);
	name = positional("DOMAIN");

	async execute(): Promise<void> {
		const format = this.choose("--output-format", this.outputFormat, FORMATS);
		const domain = this.requiredDomain(this.domain, this.name);
		const keyFile = this.load();
		const acting = await this.unlock(keyFile);
		const only = this.secret === undefined ? undefined : [this.secret];
		const values = keyFile.decryptDomain(domain, acting, only);
		const [bare] = values.values();
		if (only && format === undefined && bare !== undefined) {
			// Anybody may have added the value: a terminal is not to obey it.
			return writeStdout(`${isTerminal(1) ? printable(bare) : bare}\n`);
		}
		await writeValues(values, format ?? "json", this.context.environment);
	}
}

export { DecryptDomainCommand as command };
