import { Command } from "clipanion";
import { positional } from "../cli/options.ts";
import { BaseCommand } from "./base.ts";

class RmKeyCustodianCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "remove a key custodian, and take them off the owners of every domain",
		details:
			"Needs no credentials, and so rotates no key: they can open what is set in those domains later. To take a person out for good: `offboard`.",
		examples: [["Remove a machine that owned nothing", "$0 rm-key-custodian ci@example.com"]],
	});

	name = positional("EMAIL");
	protected override readonly heading = "Removing key custodian.";

	async execute(): Promise<void> {
		this.load();
		const [name] = await this.answers(["User email: "], this.name);
		await this.save((file) => file.removeKeyCustodian(name));
	}
}

export { RmKeyCustodianCommand as command };
