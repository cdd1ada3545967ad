import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RenameSecretCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "give a secret another name; needs no credentials",
		details: "The value stays as it is. Programs that read the secret need the new name.",
		examples: [
			["A secret of prod", "$0 rename-secret prod db-password DB_PASSWORD"],
			["The same, by option", "$0 rename-secret -d prod api-token API_TOKEN"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("NAME");
	third = positional("NEW_NAME");

	protected override readonly heading = "Renaming secret.";

	async execute(): Promise<void> {
		this.loadToChange();
		const labels = ["Domain name: ", "Secret name: ", "New name: "] as const;
		const given = [this.first, this.second, this.third];
		const [domain, name, newName] = await this.answers(labels, this.domain, ...given);
		if (!(await this.save((file) => file.renameSecret(domain, name, newName)))) return;
		this.done(`${name} of ${domain} is called ${newName} now.`);
	}
}

export { RenameSecretCommand as command };
