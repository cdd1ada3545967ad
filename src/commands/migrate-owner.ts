import { Command } from "clipanion";
import { positional } from "../cli/options.ts";
import { SealingCommand } from "./sealing.ts";

class MigrateOwnerCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "make a key custodian an owner of every domain that the acting user owns",
		examples: [["Let bob read what you read", "$0 migrate-owner bob@example.com"]],
	});

	owner = positional("OWNER");

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		if (this.owner !== undefined) keyFile.assertCustodian(this.owner);
		const acting = await this.unlock(keyFile);
		const [owner] = await this.answers(["New owner email: "], this.owner);
		keyFile.assertCustodian(owner);
		const owned = keyFile.domainsOwnedBy(acting.name);
		const missing = owned.filter((domain) => !keyFile.ownerNames(domain).includes(owner));
		if (missing.length === 0) {
			const all =
				owned.length === 0 ? "You do not own any domains" : `${owner} owns all that you do`;
			return this.prompter.notice(all);
		}
		if (!this.yes) this.prompter.notice(`Will add ${owner} as owner to: ${missing.join(", ")}`);
		if (!(await this.agreed("Proceed? [y/N] "))) return;
		if (!(await this.saveSealing((file) => file.migrateOwner(owner, acting)))) return;
		this.done(`${owner} can read ${missing.join(", ")} now.`);
	}
}

export { MigrateOwnerCommand as command };
