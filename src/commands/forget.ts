import { Command } from "clipanion";
import { flag } from "../cli/options.ts";
import { ConflictingOptionsError } from "../errors.ts";
import { A_WHILE, keychainWithin, PATIENTLY } from "../system/keychain/limited.ts";
import { say } from "../system/voice.ts";
import { BaseCommand } from "./base.ts";
import { accountOf, gitCustodian } from "./remembered.ts";

class ForgetCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "take your passphrase out of the system's keychain",
		details:
			"The custodian is `--user`, else `PPROTECT_USER`, else Git's email where it is a custodian, else asked for. With `--all`, every passphrase that pprotect put there is taken out, whatever its file and its user; this needs no protected file.",
		examples: [
			["Yours for this file", "$0 forget"],
			["All of them", "$0 forget --all"],
		],
	});

	all = flag("--all", "all passphrases that pprotect put there, of all files and users");

	async execute(): Promise<void> {
		if (this.all && this.user !== undefined) {
			throw new ConflictingOptionsError("--all is for every user", "leave out --user, or --all");
		}
		const accounts = this.all ? await keychainWithin(A_WHILE).list() : [await this.#account()];
		const removed = accounts.length > 0 ? await keychainWithin(PATIENTLY).remove(accounts) : [];
		for (const account of removed) {
			this.done(`The keychain no longer has the passphrase of ${account.replace(/ \S+$/, "")}.`);
		}
		if (removed.length === 0 && !this.quiet) say("The keychain had no such passphrase.");
	}

	async #account(): Promise<string> {
		const keyFile = this.load();
		const { custodians } = keyFile.data;
		const variable = this.ignoreEnv ? undefined : this.context.environment[`${this.prefix}_USER`];
		const name =
			this.user ??
			variable ??
			gitCustodian(this.filePath, custodians)?.value ??
			(await this.prompter.ask("User email: "));
		keyFile.assertCustodian(name);
		return accountOf(name, custodians);
	}
}

export { ForgetCommand as command };
