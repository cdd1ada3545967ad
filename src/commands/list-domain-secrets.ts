import { Command } from "clipanion";
import { DOMAIN_OPTION, required, text } from "../cli/options.ts";
import { ListCommand } from "./list-command.ts";

class ListDomainSecretsCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list the names of a domain's secrets",
		examples: [["The secrets of prod", "$0 list-domain-secrets prod"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = required("DOMAIN");

	async execute(): Promise<void> {
		const keyFile = this.load();
		const domain = this.requiredDomain(this.domain, this.name);
		this.printList(
			keyFile.secretNames(domain),
			(name) => name,
			`No secrets in domain ${domain} of ${this.filePath}`,
		);
	}
}

export { ListDomainSecretsCommand as command };
