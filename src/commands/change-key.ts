import { text } from "../cli/options.ts";
import { CredentialsError } from "../errors.ts";
import { shellOption } from "../format/quote.ts";
import { Creds } from "../model/creds.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { type PassphraseFlags, readCredentials } from "../system/credentials.ts";
import { note, warning } from "../system/voice.ts";
import { NewKeyCommand } from "./new-key.ts";

/** A command that puts a custodian's new key in the place of their old one. */
export abstract class ChangeKeyCommand extends NewKeyCommand {
	newPassphraseFile = text("--new-passphrase-file", "PATH", "a file that holds the new passphrase");

	/** The credentials of the custodian concerned, who need not be the one whose environment this is. */
	protected async currentCustodian(keyFile: KeyFile): Promise<UnlockedCustodian> {
		this.assertCredentialSource();
		const { user, passphrase } = await readCredentials({
			user: this.user,
			...this.passphraseFlags,
			environment: this.nonInteractive ? this.context.environment : undefined,
			prefix: this.prefix,
			prompter: this.nonInteractive ? undefined : () => this.prompter,
			usualUser: () => this.usualUser(keyFile),
			assertUser: (name) => keyFile.assertCustodian(name),
			passphraseLabel: "Current passphrase: ",
		});
		const sources = { name: user.source, passphrase: passphrase.source };
		return this.unlockWith(keyFile, new Creds(user.value, passphrase.value, sources));
	}

	/**
	 * Takes the passphrase of a key that is no more out of the keychain, and offers to put the new
	 * one in its place.
	 */
	protected async renewRemembered(old: KeyFile, { name, passphrase }: Creds): Promise<void> {
		// A machine has no keychain, and is asked nothing.
		if (this.isKeychainOff || this.nonInteractive) return;
		const { forgetQuietly, rememberQuietly } = await import("./remembered.ts");
		if (!(await forgetQuietly(name, old.data.custodians))) return;
		const question = "The keychain had the old passphrase. Put the new one there? [y/N] ";
		const isWanted = this.yes || (this.isAttended && /^y/i.test(await this.prompter.ask(question)));
		const again = `pprotect remember ${shellOption("--user", name)}`;
		if (!isWanted)
			note(`the keychain no longer has the old passphrase; to put the new one there: ${again}`);
		else if (!(await rememberQuietly(name, this.load().data.custodians, passphrase)))
			warning(`the keychain did not take the new passphrase; to try again: ${again}`);
	}

	protected override get newPassphraseFlags(): PassphraseFlags {
		return { file: this.newPassphraseFile };
	}

	protected async newCreds(name: string): Promise<Creds> {
		return new Creds(name, await this.newPassphrase("New passphrase: ", name));
	}

	/** The environment holds the current passphrase, never the new one. */
	protected override async passphraseOfNewCustodian(): Promise<never> {
		throw new CredentialsError("no new passphrase is given", "add: --new-passphrase-file PATH");
	}
}
