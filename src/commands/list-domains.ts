import { Command } from "clipanion";
import { BaseCommand } from "./base.ts";

export class ListDomainsCommand extends BaseCommand {
	static override paths = [["list-domains"], ["list_domains"]];
	static override usage = Command.Usage({
		category: "Domains",
		description: "list the domains",
		examples: [["One a line", "$0 list-domains"]],
	});

	async execute(): Promise<void> {
		this.printLines(this.load().domainNames, `(No domains in protected at ${this.filePath})`);
	}
}
