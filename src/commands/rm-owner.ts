import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RmOwnerCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "take a key custodian off the owners of a domain",
		details:
			"They keep what they have seen, and the file's history: rotate the domain's key and change its values at their source.",
		examples: [["Take Bob off the owners of prod", "$0 rm-owner prod bob@example.com"]],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("OWNER");
	protected override readonly heading = "Removing domain owner.";

	async execute(): Promise<void> {
		this.loadToChange();
		const labels = ["Domain name: ", "Owner email: "] as const;
		const [domain, owner] = await this.answers(labels, this.domain, this.first, this.second);
		if (!(await this.save((file) => file.removeOwner(domain, owner)))) return;
		this.done(`${owner} is no longer an owner of ${domain}.`);
		this.warnOfFormerOwner(owner, domain);
	}
}

export { RmOwnerCommand as command };
