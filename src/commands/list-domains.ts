import { Command } from "clipanion";
import { ListCommand } from "./list-command.ts";

class ListDomainsCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list the domains",
		examples: [
			["One per line", "$0 list-domains"],
			["For a program", "$0 list-domains --json"],
		],
	});

	async execute(): Promise<void> {
		this.printList(this.load().domainNames, (name) => name, `No domains in ${this.filePath}`);
	}
}

export { ListDomainsCommand as command };
