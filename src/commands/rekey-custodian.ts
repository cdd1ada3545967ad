import { Command } from "clipanion";
import { Creds } from "../model/creds.ts";
import type { CustodianKey } from "../model/key-custodian.ts";
import { ChangeKeyCommand } from "./change-key.ts";

class RekeyCustodianCommand extends ChangeKeyCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "give a key custodian another key type and passphrase",
		examples: [
			["From a passphrase to a generated key", "$0 rekey-custodian --key-type raw"],
			["From Argon2id to scrypt", "$0 rekey-custodian --kdf scrypt"],
		],
	});

	async execute(): Promise<void> {
		const { keyType } = this;
		const keyFile = this.loadToChange();
		const current = await this.currentCustodian(keyFile);
		const write = async (key: CustodianKey, passphrase: string) => {
			const isWritten = await this.save((file) => file.rekeyCustodian(current, key));
			if (!isWritten) return false;
			this.done(`Gave ${current.name} a new key.`);
			await this.renewRemembered(keyFile, new Creds(current.name, passphrase));
			return true;
		};
		if (keyType === "raw") return this.withRawKey(current.name, write);
		const creds = await this.newCreds(current.name);
		await write(await this.deriveKey(creds, keyType, keyFile), creds.passphrase);
	}
}

export { RekeyCustodianCommand as command };
