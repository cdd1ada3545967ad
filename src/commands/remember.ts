import { Command } from "clipanion";
import { ConflictingOptionsError } from "../errors.ts";
import { shellOption } from "../format/quote.ts";
import { guardMemory } from "../system/core-dumps.ts";
import { A_WHILE, keychainWithin, PATIENTLY } from "../system/keychain/limited.ts";
import { BaseCommand } from "./base.ts";
import { accountOf, gitCustodian } from "./remembered.ts";

class RememberCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "put your passphrase into the system's keychain, so that nothing asks for it",
		details:
			"The custodian is `--user`, else `PPROTECT_USER`, else Git's email where it is a custodian, else asked for. From then on every command that would ask for this passphrase takes it from there. Any program that runs as you can read it, too: see SECURITY.md.",
		examples: [
			["Once", "$0 remember"],
			["A custodian for development only", "$0 remember --user alice-dev@example.com"],
		],
	});

	async execute(): Promise<void> {
		if (this.isKeychainOff) {
			throw new ConflictingOptionsError(
				"the keychain is switched off",
				"leave out --no-keychain, and PPROTECT_KEYCHAIN from the environment",
			);
		}
		const keyFile = this.load();
		const { custodians } = keyFile.data;
		// So that no passphrase is typed in vain.
		await keychainWithin(A_WHILE).list();
		const creds = await this.credentialsFrom(keyFile, {
			fallbackUser: () => gitCustodian(this.filePath, custodians),
		});
		guardMemory();
		const { name } = await this.unlockWith(keyFile, creds);
		await keychainWithin(PATIENTLY).set(accountOf(name, custodians), creds.passphrase);
		this.done(
			`The keychain has the passphrase of ${name} now.`,
			`to take it out again: pprotect forget ${shellOption("--user", name)}`,
		);
	}
}

export { RememberCommand as command };
