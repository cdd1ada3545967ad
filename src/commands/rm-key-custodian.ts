import { Command } from "clipanion";
import { positional } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RmKeyCustodianCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "remove a key custodian, and take them off the owners of every domain",
		details:
			"Needs no credentials, and so rotates no key: they can still read values that are set later in those domains. To remove a person for good: `offboard`.",
		examples: [["Remove a machine that owned nothing", "$0 rm-key-custodian ci@example.com"]],
	});

	name = positional("EMAIL");
	protected override readonly heading = "Removing key custodian.";

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		const [name] = await this.answers(["Key custodian to remove: "], this.name);
		const owned = keyFile.domainsOwnedBy(name);
		if (!(await this.save((file) => file.removeKeyCustodian(name)))) return;
		this.done(`Removed ${name}.`);
		for (const domain of owned) this.warnOfFormerOwner(name, domain);
		await this.forgetRemoved(name, keyFile);
	}
}

export { RmKeyCustodianCommand as command };
