import { Command } from "clipanion";
import { UsageError } from "../errors.ts";
import { ChangeKeyCommand } from "./change-key.ts";

class SetKeyCustodianPassphraseCommand extends ChangeKeyCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "change a key custodian's passphrase",
		details:
			"The old passphrase still opens the file's earlier versions: after a leak, rotate the keys of the domains and change the values too.",
		examples: [
			["Ask for everything", "$0 set-key-custodian-passphrase"],
			[
				"Unattended",
				"$0 set-key-custodian-passphrase --user alice@example.com --passphrase-file old.txt --new-passphrase-file new.txt",
			],
		],
	});

	async execute(): Promise<void> {
		const { keyType } = this;
		if (keyType === "raw") {
			throw new UsageError(
				"a raw key is generated, not set",
				"to get one: pprotect rekey-custodian --key-type raw",
			);
		}
		const keyFile = this.loadToChange();
		const current = await this.currentCustodian(keyFile);
		const creds = await this.newCreds(current.name);
		const key = await this.deriveKey(creds, keyType, keyFile);
		if (!(await this.save((file) => file.setPassphrase(current, key)))) return;
		this.done(`Changed the passphrase of ${current.name}.`);
		await this.renewRemembered(keyFile, creds);
	}
}

export { SetKeyCustodianPassphraseCommand as command };
