import { Command } from "clipanion";
import { printHelp } from "../cli/help.ts";
import { positional } from "../cli/options.ts";
import { SharedOptionsCommand } from "../cli/shared-options.ts";

class HelpCommand extends SharedOptionsCommand {
	static override usage = Command.Usage({
		description: "show help about a command, about `commands`, `environment` or `exit-codes`",
		examples: [
			["About a command", "$0 help add-secret"],
			["About environment variables", "$0 help environment"],
		],
	});

	about = positional("COMMAND");

	execute(): Promise<void> {
		return printHelp(this.context.commands, this.about, this.context.environment);
	}
}

export { HelpCommand as command };
