import { Command } from "clipanion";
import { bashCompletion } from "../cli/completions/bash.ts";
import { fishCompletion } from "../cli/completions/fish.ts";
import { powershellCompletion } from "../cli/completions/powershell.ts";
import { zshCompletion } from "../cli/completions/zsh.ts";
import { commandDefinitions } from "../cli/definitions.ts";
import { required } from "../cli/options.ts";
import { UsageError } from "../errors.ts";
import { writeStdout } from "../system/output.ts";
import { BaseCommand } from "./base.ts";

const SHELLS = {
	bash: bashCompletion,
	zsh: zshCompletion,
	fish: fishCompletion,
	powershell: powershellCompletion,
} as const;

class CompletionCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "print a script that completes command lines, for bash, zsh, fish or PowerShell",
		details:
			"It completes commands, options, and the names of domains, secrets and people in the file at hand; never a value.",
		examples: [
			["In ~/.bashrc", 'eval "$($0 completion bash)"'],
			["In ~/.zshrc, after compinit", 'eval "$($0 completion zsh)"'],
			["For fish", "$0 completion fish > ~/.config/fish/completions/pprotect.fish"],
			["In PowerShell's $PROFILE", "$0 completion powershell | Out-String | Invoke-Expression"],
		],
	});

	shell = required("SHELL", Object.keys(SHELLS));

	async execute(): Promise<void> {
		const shell = this.choose("SHELL", this.shell, ["bash", "zsh", "fish", "powershell"]);
		if (shell === undefined) {
			throw new UsageError("no shell is given", "name one: bash, zsh, fish or powershell");
		}
		writeStdout(SHELLS[shell](await commandDefinitions(this.context.commands)));
	}
}

export { CompletionCommand as command };
