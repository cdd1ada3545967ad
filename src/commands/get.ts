import { Command } from "clipanion";
import { DOMAIN_OPTION, required, text } from "../cli/options.ts";
import { UsageError } from "../errors.ts";
import { decryptedValue } from "../model/domain.ts";
import { BaseCommand } from "./base.ts";

class GetCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "print the value of a secret",
		details: "For a file, or several values, there is `decrypt-domain`.",
		examples: [
			["One bare value", "$0 get prod db-password"],
			["The same", "$0 get -d prod db-password"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	first = required("DOMAIN");
	second = required("NAME");

	async execute(): Promise<void> {
		const [domain, name] = [this.domain, this.first, this.second].filter(
			(word) => word !== undefined,
		);
		if (domain === undefined || name === undefined) {
			throw new UsageError(
				"get needs a domain and the name of a secret",
				"pprotect get DOMAIN NAME",
			);
		}
		const keyFile = this.load();
		keyFile.assertSecret(domain, name);
		const values = await keyFile.decryptDomainFast(domain, await this.unlock(keyFile), [name]);
		this.printValue(decryptedValue(values, name));
	}
}

export { GetCommand as command };
