import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RmSecretCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "remove a secret from a domain; needs no credentials",
		examples: [["Remove a token from dev", "$0 rm-secret dev old-token"]],
	});

	domain = text(...DOMAIN_OPTION);
	first = positional("DOMAIN");
	second = positional("NAME");
	protected override readonly heading = "Removing secret value.";

	async execute(): Promise<void> {
		this.loadToChange();
		const labels = ["Domain name: ", "Secret name: "] as const;
		const [domain, name] = await this.answers(labels, this.domain, this.first, this.second);
		if (!(await this.save((file) => file.removeSecret(domain, name)))) return;
		this.done(`Removed ${name} from ${domain}.`);
	}
}

export { RmSecretCommand as command };
