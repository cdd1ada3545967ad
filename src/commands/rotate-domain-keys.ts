import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import type { KeyFile } from "../model/key-file.ts";
import { SealingCommand } from "./sealing.ts";

class RotateDomainKeysCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "seal all values of a domain to a new key",
		details:
			"The values stay as they are: whoever knew them still does. After removing an owner, change them at their source too.",
		examples: [["A new key for prod", "$0 rotate-domain-keys prod"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		const given = this.domain ?? this.name;
		if (given !== undefined) keyFile.secretNames(given);
		const acting = await this.unlock(keyFile);
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		const rotate = (file: KeyFile) =>
			this.whileSealing(file, [domain], () => file.rotateDomainKey(domain, acting));
		if (!(await this.saveSealing(rotate))) return;
		const count = keyFile.secretNames(domain).length;
		this.done(
			`Sealed ${count === 1 ? "1 value" : `${count} values`} of ${domain} to a new key.`,
			"see which values former owners still know: pprotect list-exposed",
		);
	}
}

export { RotateDomainKeysCommand as command };
