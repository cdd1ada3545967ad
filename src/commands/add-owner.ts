import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { SealingCommand } from "./sealing.ts";

class AddOwnerCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "make a key custodian an owner of a domain",
		details: "The acting user has to be an owner: they hand on the domain's key.",
		examples: [["Let bob read prod", "$0 add-owner prod bob@example.com"]],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("OWNER");
	protected override readonly heading = "Adding domain owner.";

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		const given = [this.domain, this.first, this.second].filter((name) => name !== undefined);
		const [givenDomain, givenOwner] = given;
		if (givenDomain !== undefined) keyFile.ownerNames(givenDomain);
		if (givenOwner !== undefined) keyFile.assertCustodian(givenOwner);
		const acting = await this.unlock(keyFile);
		const labels = ["Domain name: ", "New owner email: "] as const;
		const [domain, owner] = await this.answers(labels, this.domain, this.first, this.second);
		const wasOwner = keyFile.ownerNames(domain).includes(owner);
		if (!(await this.saveSealing((file) => file.addOwner(domain, owner, acting)))) return;
		this.done(
			wasOwner
				? `${owner} was an owner of ${domain} already; the key is sealed to them again.`
				: `${owner} can read ${domain} now.`,
		);
	}
}

export { AddOwnerCommand as command };
