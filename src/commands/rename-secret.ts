import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RenameSecretCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "give a secret another name; needs no credentials",
		details: "The value stays as it is. Programs that read the secret need the new name.",
		examples: [
			["Rename a secret of prod", "$0 rename-secret prod db-password DB_PASSWORD"],
			["Ask for the names", "$0 rename-secret"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("NAME");
	third = positional("NEW_NAME");

	protected override readonly heading = "Renaming secret.";

	async execute(): Promise<void> {
		this.load();
		const labels = ["Domain name: ", "Secret name: ", "New name: "] as const;
		const given = [this.first, this.second, this.third];
		const [domain, name, newName] = await this.answers(labels, this.domain, ...given);
		await this.save((file) => file.renameSecret(domain, name, newName));
	}
}

export { RenameSecretCommand as command };
