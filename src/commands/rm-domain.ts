import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RmDomainCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "remove a domain with all its secrets",
		examples: [["Remove the domain staging", "$0 rm-domain staging"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");
	protected override readonly heading = "Removing domain.";

	async execute(): Promise<void> {
		this.load();
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		await this.save((file) => file.removeDomain(domain));
	}
}

export { RmDomainCommand as command };
