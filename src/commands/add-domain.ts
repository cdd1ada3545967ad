import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class AddDomainCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "add a domain, owned by the acting user",
		examples: [["Add the domain prod", "$0 add-domain prod"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");
	protected override readonly heading = "Adding new domain.";

	async execute(): Promise<void> {
		const keyFile = this.load();
		const owner = await this.unlock(keyFile);
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		keyFile.assertNewDomain(domain);
		await this.save((file) => file.addDomain(domain, owner.name));
	}
}

export { AddDomainCommand as command };
