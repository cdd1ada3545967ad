import { Command } from "clipanion";
import { ListCommand } from "./list-command.ts";

class ListUserSecretsCommand extends ListCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "list the domains that the acting user owns, with their secrets",
		examples: [
			["The secrets that alice can read", "$0 list-user-secrets --user alice@example.com"],
		],
	});

	async execute(): Promise<void> {
		const keyFile = this.load();
		const { name } = await this.unlock(keyFile);
		const owned = keyFile.domainNames.filter((domain) => keyFile.ownerNames(domain).includes(name));
		this.printList(
			owned.map((domain) => ({ domain, secrets: keyFile.secretNames(domain) })),
			({ domain, secrets }) => `${domain}: ${secrets.join(", ") || "(no secrets)"}`,
			`User ${name} does not own any domains.`,
		);
	}
}

export { ListUserSecretsCommand as command };
