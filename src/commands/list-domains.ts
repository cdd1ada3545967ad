import { Command } from "clipanion";
import { ListCommand } from "./list-command.ts";

export class ListDomainsCommand extends ListCommand {
	static override paths = [["list-domains"], ["list_domains"]];
	static override usage = Command.Usage({
		category: "Domains",
		description: "list the domains",
		examples: [
			["One a line", "$0 list-domains"],
			["For a program", "$0 list-domains --json"],
		],
	});

	async execute(): Promise<void> {
		this.printList(
			this.load().domainNames,
			(name) => name,
			`(No domains in protected at ${this.filePath})`,
		);
	}
}
