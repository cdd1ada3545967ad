import { Command } from "clipanion";
import { SharedOptionsCommand } from "../cli/shared-options.ts";
import { writeStdout } from "../system/output.ts";
import { VERSION } from "../version.ts";

class VersionCommand extends SharedOptionsCommand {
	static override usage = Command.Usage({
		description: "print the version",
		examples: [["The version", "$0 version"]],
	});

	async execute(): Promise<void> {
		writeStdout(`pocket_protector version ${VERSION}\n`);
	}
}

export { VersionCommand as command };
