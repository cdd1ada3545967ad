import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { shellNames } from "../format/quote.ts";
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
		const keyFile = this.loadToChange();
		const given = this.domain ?? this.name;
		if (given !== undefined) keyFile.assertNewDomain(given);
		const owner = await this.unlock(keyFile);
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		keyFile.assertNewDomain(domain);
		if (!(await this.save((file) => file.addDomain(domain, owner.name)))) return;
		this.done(
			`Added ${domain}, owned by ${owner.name}.`,
			`pprotect add-secret ${shellNames(domain)} NAME`,
		);
	}
}

export { AddDomainCommand as command };
