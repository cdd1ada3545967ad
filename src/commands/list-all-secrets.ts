import { Command } from "clipanion";
import { BaseCommand } from "./base.ts";

export class ListAllSecretsCommand extends BaseCommand {
	static override paths = [["list-all-secrets"], ["list_all_secrets"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "list all secrets, each with the domains that hold it",
		examples: [["NAME: DOMAIN, DOMAIN", "$0 list-all-secrets"]],
	});

	async execute(): Promise<void> {
		const secrets = [...this.load().allSecretNames()];
		this.printLines(
			secrets.map(([name, domains]) => `${name}: ${domains.join(", ")}`),
			`(No secrets in protected at ${this.filePath})`,
		);
	}
}
