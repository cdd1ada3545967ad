import { Command } from "clipanion";
import { BaseCommand } from "./base.ts";
import { DOMAIN_OPTION, positional, text } from "./options.ts";

export class RmSecretCommand extends BaseCommand {
	static override paths = [["rm-secret"], ["rm_secret"]];
	static override usage = Command.Usage({
		category: "Secrets",
		description: "remove a secret from a domain; needs no credentials",
		examples: [["Remove a token from dev", "$0 rm-secret dev old-token"]],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("NAME");
	protected override readonly heading = "Removing secret value.";

	async execute(): Promise<void> {
		this.load();
		const labels = ["Domain name: ", "Secret name: "] as const;
		const [domain, name] = await this.answers(labels, this.domain, this.first, this.second);
		await this.save((file) => file.removeSecret(domain, name));
	}
}
