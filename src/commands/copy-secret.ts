import { Command } from "clipanion";
import { flag, positional } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class CopySecretCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "copy a secret from one domain into another",
		details:
			"The acting user must be an owner of the first domain, not of the second. Later changes to one do not affect the other.",
		examples: [
			["Copy a secret of prod to staging", "$0 copy-secret api-token prod staging"],
			["Again, with its new value", "$0 copy-secret api-token prod staging --update"],
		],
	});

	update = flag("--update", "change the value of the secret that is there already");
	first = positional("NAME");
	second = positional("FROM");
	third = positional("TO");
	protected override readonly heading = "Copying secret value.";

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		const [givenName, givenFrom, givenTo] = [this.first, this.second, this.third];
		if (givenName !== undefined && givenFrom !== undefined)
			keyFile.assertSecret(givenFrom, givenName);
		if (givenTo !== undefined) keyFile.secretNames(givenTo);
		const acting = await this.unlock(keyFile);
		const labels = ["Secret name: ", "From domain: ", "To domain: "] as const;
		const given = [this.first, this.second, this.third];
		const [name, from, to] = await this.answers(labels, undefined, ...given);
		const update = { update: this.update };
		if (!(await this.save((file) => file.copySecret(name, from, to, acting, update)))) return;
		this.done(`Copied ${name} from ${from} to ${to}.`);
	}
}

export { CopySecretCommand as command };
