import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { SealingCommand } from "./sealing.ts";

class RotateDomainKeysCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "seal all values of a domain to a new key",
		details:
			"The values stay as they are: whoever knew them still does. After removing an owner, change them at their source too.",
		examples: [["A new key for prod", "$0 rotate-domain-keys prod"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");

	async execute(): Promise<void> {
		const keyFile = this.load();
		const acting = await this.unlock(keyFile);
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		await this.saveSealing((file) => file.rotateDomainKey(domain, acting));
	}
}

export { RotateDomainKeysCommand as command };
