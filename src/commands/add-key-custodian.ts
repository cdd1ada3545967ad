import { Command } from "clipanion";
import { shellWord } from "../format/quote.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";
import type { CustodianKey } from "../model/key-custodian.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
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
		await this.addCustodian(keyFile, async (key) => {
			const isWritten = await this.save((current) => current.addKeyCustodian(key));
			if (isWritten) {
				this.#printFingerprint(key);
				this.done(
					`Added ${key.name}, who owns nothing yet.`,
					`commit the file, and ask an owner for: pprotect add-owner ${key.name.startsWith("-") ? "-- " : ""}DOMAIN ${shellWord(key.name)}`,
				);
			}
			return isWritten;
		});
	}

	/** For the owner who is to let them in, to compare with what `add-owner` says. */
	#printFingerprint({ name, pwdkm }: CustodianKey): void {
		writeStdout(`${printableLine(`fingerprint of ${name}: ${custodianFingerprint(pwdkm)}`)}\n`);
	}
}

export { AddKeyCustodianCommand as command };
