import { Command } from "clipanion";
import { rest } from "../cli/options.ts";
import { SharedOptionsCommand } from "../cli/shared-options.ts";
import { UsageError } from "../errors.ts";
import { forbidCoreDumps } from "../system/core-dumps.ts";
import { serveKeychain } from "../system/keychain/helper.ts";

class AskKeychainCommand extends SharedOptionsCommand {
	static override usage = Command.Usage({
		description: "ask the system's keychain; other commands run it",
		details:
			"A command asks the keychain through this one, so that a keychain that never answers cannot hold it up. People type `remember` and `forget`.",
		examples: [["List the users whose passphrases it has", "$0 ask-keychain 500 list"]],
	});

	words = rest("WORD");

	async execute(): Promise<number> {
		forbidCoreDumps();
		const [milliseconds, action, ...accounts] = this.words;
		if (!/^\d{1,6}$/.test(milliseconds ?? "")) {
			throw new UsageError(
				"ask-keychain needs a time limit",
				"the command to type is: pprotect remember",
			);
		}
		return serveKeychain(Number(milliseconds), action, accounts);
	}
}

export { AskKeychainCommand as command };
