import { Command } from "clipanion";
import { BaseCommand } from "./base.ts";

export class ListUserSecretsCommand extends BaseCommand {
	static override paths = [["list-user-secrets"], ["list_user_secrets"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "list the domains that the acting user owns, with their secrets",
		examples: [["What alice can read", "$0 list-user-secrets --user alice@example.com"]],
	});

	async execute(): Promise<void> {
		const keyFile = this.load();
		const { name } = await this.unlock(keyFile);
		const owned = keyFile.domainNames.filter((domain) => keyFile.ownerNames(domain).includes(name));
		const lines = owned.map((domain) => {
			const secrets = keyFile.secretNames(domain);
			return `${domain}: ${secrets.length > 0 ? secrets.join(", ") : "(no secrets)"}`;
		});
		this.printLines(lines, `User ${name} does not own any domains.`);
	}
}
