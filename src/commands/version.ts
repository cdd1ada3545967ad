import { Command } from "clipanion";
import { writeStdout } from "../system/output.ts";
import { VERSION } from "../version.ts";
import { SharedOptionsCommand } from "./shared-options.ts";

export class VersionCommand extends SharedOptionsCommand {
	static override paths = [["version"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "print the version",
		examples: [["The version", "$0 version"]],
	});

	async execute(): Promise<void> {
		writeStdout(`pocket_protector version ${VERSION}\n`);
	}
}
