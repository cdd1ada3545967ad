import { Command } from "clipanion";
import type { CustodianKey } from "../model/key-custodian.ts";
import { NewKeyCommand } from "./new-key.ts";

class AddKeyCustodianCommand extends NewKeyCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "add a key custodian: a person or a machine with a passphrase",
		details: "A new custodian owns nothing: an owner of a domain lets them in with `add-owner`.",
		examples: [
			["Ask for an email and a passphrase", "$0 add-key-custodian"],
			[
				"A machine, with a generated key in a file",
				"$0 add-key-custodian --user ci@example.com --key-type raw --save-passphrase ci.key",
			],
		],
	});

	protected override readonly heading = "Adding new key custodian.";

	async execute(): Promise<void> {
		const keyFile = this.load();
		const write = (key: CustodianKey) => this.save((current) => current.addKeyCustodian(key));
		await this.addCustodian(keyFile, write);
	}
}

export { AddKeyCustodianCommand as command };
