import { Command } from "clipanion";
import { ListCommand } from "./list-command.ts";

class ListAllSecretsCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list all secrets, each with the domains that hold it",
		examples: [["Each secret with its domains", "$0 list-all-secrets"]],
	});

	async execute(): Promise<void> {
		const secrets = [...this.load().allSecretNames()];
		this.printList(
			secrets.map(([secret, domains]) => ({ secret, domains })),
			({ secret, domains }) => `${secret}: ${domains.join(", ")}`,
			`No secrets in ${this.filePath}`,
		);
	}
}

export { ListAllSecretsCommand as command };
