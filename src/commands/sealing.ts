/** What the commands share that seal a domain's key to people. */
import { list } from "../cli/options.ts";
import { ProtectError } from "../errors.ts";
import { shellOption, shellWord } from "../format/quote.ts";
import type { KeyFile } from "../model/key-file.ts";
import { whileBusy } from "../system/progress.ts";
import { note, warning } from "../system/voice.ts";
import { historyOf } from "../team/file-history.ts";
import { describeRecipients, type Recipients, recipientsOf } from "../team/recipients.ts";
import { replacedCustodians } from "../team/replaced-in-history.ts";
import { typedCommand } from "../team/typed-command.ts";
import { BaseCommand } from "./base.ts";
import { checkPast, findInGit, unseenPast } from "./check-past.ts";

/** So many take longer than a moment, in which no timer could say so. */
const MANY_VALUES = 1000;

export abstract class SealingCommand extends BaseCommand {
	acceptKey = list(
		"--accept-key",
		"EMAIL",
		"seal to this custodian, though Git shows that their key was replaced; may be repeated",
	);

	/** To whom the changes sealed which key, to be told once they are written. */
	#told: string[] = [];

	/**
	 * Saves a change, and says to whom it sealed the key of which domain.
	 *
	 * @returns as `save` does.
	 * @throws ProtectError before anything is written where such a key was replaced.
	 */
	protected async saveSealing(change: (file: KeyFile) => KeyFile): Promise<boolean> {
		const isWritten = await this.save((file) => {
			this.#told = [];
			return this.vetted(file, change);
		});
		if (isWritten) this.tellRecipients();
		return isWritten;
	}

	/**
	 * The file after the change.
	 *
	 * @throws ProtectError where it seals a key to a custodian whose own key was replaced.
	 */
	protected vetted(file: KeyFile, change: (file: KeyFile) => KeyFile): KeyFile {
		for (const name of this.acceptKey ?? []) file.assertCustodian(name);
		const changed = change(file);
		const recipients = recipientsOf(file.data, changed.data);
		this.#refuseReplaced(file, recipients);
		this.#told.push(...describeRecipients(recipients, changed.data.custodians));
		return changed;
	}

	/** While the values of `domains` are sealed anew: says so to a person where there are many. */
	protected whileSealing<Result>(
		file: KeyFile,
		domains: readonly string[],
		seal: () => Result,
	): Result {
		const count = domains.reduce((sum, domain) => sum + file.secretNames(domain).length, 0);
		if (this.quiet || count < MANY_VALUES) return seal();
		return whileBusy(`Sealing ${count} values to a new key...`, seal);
	}

	/** Says to whom the changes that were vetted sealed a key. */
	protected tellRecipients(): void {
		for (const line of this.#told.splice(0)) note(line);
	}

	#refuseReplaced(file: KeyFile, recipients: Recipients): void {
		const accepted = new Set(this.acceptKey);
		const asked = [...new Set([...recipients.values()].flat())].filter(
			(name) => !accepted.has(name),
		);
		if (asked.length === 0) return;
		const place = findInGit(this.filePath);
		const past = place ? checkPast(place, file.encode(), {}) : unseenPast(this.filePath);
		for (const { what } of past.unseen) {
			warning(`whether the key of ${asked.join(", ")} was replaced is not known: ${what}`);
		}
		const replaced = replacedCustodians(file.data, historyOf(file.data, past));
		for (const name of asked) {
			const version = replaced.get(name);
			if (version !== undefined)
				throw replacedKey(name, version, typedCommand(this.hintFile)("list-user-secrets"));
		}
	}
}

function replacedKey(name: string, version: string, look: string): ProtectError {
	return new ProtectError(
		`the key of ${name} was replaced in ${version}, and not changed as they change it: whoever put it there would get what is sealed to ${name}; nothing was written`,
		`ask ${shellWord(name)} whether their passphrase still opens this file (${look}): only then the key is theirs, and ${shellOption("--accept-key", name)} seals to it`,
	);
}
