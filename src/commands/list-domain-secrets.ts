import { Command } from "clipanion";
import { ListCommand } from "./list-command.ts";
import { DOMAIN_OPTION, positional, text } from "./options.ts";

export class ListDomainSecretsCommand extends ListCommand {
	static override paths = [["list-domain-secrets"], ["list_domain_secrets"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "list the names of a domain's secrets",
		examples: [["What prod has", "$0 list-domain-secrets prod"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");

	async execute(): Promise<void> {
		const keyFile = this.load();
		const domain = this.requiredDomain(this.domain, this.name);
		this.printList(
			keyFile.secretNames(domain),
			(name) => name,
			`(No secrets in domain ${domain} of protected at ${this.filePath})`,
		);
	}
}
