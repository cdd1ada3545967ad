/** What commands share that work on a protected file: answers, credentials, reading, writing. */

import { withFileOption } from "../cli/hint-file.ts";
import { SharedOptionsCommand } from "../cli/shared-options.ts";
import { wipe } from "../crypto/bytes.ts";
import { ConflictingOptionsError, CredentialsError, ProtectError, UsageError } from "../errors.ts";
import { readUnlessForeign } from "../format/foreign-file.ts";
import { shellNames, shellOption } from "../format/quote.ts";
import { Creds } from "../model/creds.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import { KeyFile } from "../model/key-file.ts";
import { forbidCoreDumps, guardMemory } from "../system/core-dumps.ts";
import {
	type CredentialOptions,
	credentialPrefix,
	KEYCHAIN,
	type MissingCredentials,
	type PassphraseFlags,
	readCredentials,
	type Sourced,
} from "../system/credentials.ts";
import { gitEmail } from "../system/git/email.ts";
import { assertMemory } from "../system/memory-limit.ts";
import { isTerminal, writeStderr, writeStdout } from "../system/output.ts";
import { useColour } from "../system/paint.ts";
import { printable, printableLine } from "../system/printable.ts";
import { whileWaiting } from "../system/progress.ts";
import { findProtectedFile } from "../system/store/find-file.ts";
import { loadPiped } from "../system/store/piped.ts";
import {
	assertWritable,
	load,
	replaceIfUnchanged,
	type Snapshot,
	update,
} from "../system/store/store.ts";
import type { Prompter } from "../system/terminal/prompter.ts";
import { stdioPrompter } from "../system/terminal/terminal.ts";
import { isHeard, note, say } from "../system/voice.ts";

const STDIN = 0;

export abstract class BaseCommand extends SharedOptionsCommand {
	#prompter: Prompter | undefined;
	#path: string | undefined;
	/** What came out of a pipe, which gives it once. */
	#piped: Snapshot | undefined;
	#loaded: { snapshot: Snapshot; keyFile: KeyFile } | undefined;
	/** Whose private keys are wiped when the command ends, in whatever way. */
	readonly #unlocked: UnlockedCustodian[] = [];
	/** Said once, before the first question. */
	protected readonly heading: string | undefined;

	/** The protected file: `--file`, or where it is found. */
	protected get filePath(): string {
		this.#path ??= this.fileOption ?? findProtectedFile(this.context.environment);
		return this.#path;
	}

	/** Goes on with another file, as if `--file` had named it. */
	protected workOn(path: string): void {
		this.fileOption = path;
		this.#path = path;
		this.#piped = undefined;
	}

	/** What hints have to name as `--file`: a file that their commands would not find. */
	get hintFile(): string | undefined {
		const isFound = this.fileOption === findProtectedFile(this.context.environment);
		return isFound ? undefined : this.fileOption;
	}

	/** Says on a terminal what was done, and what to do next; elsewhere success is silent. */
	protected done(what: string, ...next: readonly string[]): void {
		if (this.isInformative) say(what);
		this.tellNext(...next);
	}

	/** Says on a terminal what to do next. */
	protected tellNext(...steps: readonly string[]): void {
		if (!this.isInformative) return;
		for (const step of steps) say(`Next: ${withFileOption(step, this.hintFile)}`);
	}

	/** Whether to say what is only for information: a person reads it who did not ask for silence. */
	protected get isInformative(): boolean {
		return !this.quiet && isHeard();
	}

	/** Whether a person sits at the terminal who can answer. */
	protected get isAttended(): boolean {
		return isTerminal(STDIN) && isHeard();
	}

	/** Ends what the command has open, and wipes the keys that it holds, however it ended. */
	close(): void {
		for (const { keyPair } of this.#unlocked.splice(0)) wipe(keyPair.privateKey);
		this.#prompter?.close();
		// Closed twice, it might be another's descriptor by then.
		this.#prompter = undefined;
	}

	protected get prompter(): Prompter {
		return this.#startAsking();
	}

	/** Says the heading, unless it is said. */
	#startAsking(): Prompter {
		this.#prompter ??= this.openPrompter();
		return this.#prompter;
	}

	protected openPrompter(): Prompter {
		const prompter = stdioPrompter();
		if (this.heading) prompter.notice(this.heading);
		return prompter;
	}

	/**
	 * The protected file as it is now.
	 *
	 * @throws ProtectedFileError if there is none; FormatError if it is damaged.
	 */
	protected load(): KeyFile {
		this.#piped ??= loadPiped(this.filePath);
		return this.#parse(this.#piped ?? load(this.filePath));
	}

	/**
	 * The same for a command that will change the file: one that cannot be written is an error
	 * before anything is asked for.
	 *
	 * @throws ProtectError where the file cannot be written.
	 */
	protected loadToChange(): KeyFile {
		const keyFile = this.load();
		this.#refusePiped();
		assertWritable(this.filePath);
		return keyFile;
	}

	/** Says that a former owner still holds the domain's key, and how to end that. */
	protected warnOfFormerOwner(owner: string, domain: string): void {
		const [rotate, look] = ["rotate-domain-keys", "status"].map((name) =>
			withFileOption(`pprotect ${name} ${shellNames(domain)}`, this.hintFile),
		);
		// A rotation seals to every owner, one whom a stranger wrote into the file included.
		note(
			`${owner} can still read ${domain} until you run: ${rotate} (see first who owns it: ${look})`,
		);
	}

	#parse(snapshot: Snapshot): KeyFile {
		const known = this.#loaded;
		if (known && Buffer.compare(known.snapshot.bytes, snapshot.bytes) === 0) return known.keyFile;
		const keyFile = readUnlessForeign(snapshot.bytes, this.filePath, () =>
			KeyFile.parse(snapshot.bytes, { path: this.filePath }),
		);
		this.#loaded = { snapshot, keyFile };
		return keyFile;
	}

	/**
	 * Names in the order of their questions: from `domain` (the `--domain` option, which answers
	 * the first) and the positionals, then by asking.
	 */
	protected async answers<const Labels extends readonly string[]>(
		labels: Labels,
		domain: string | undefined,
		...positionals: readonly (string | undefined)[]
	): Promise<{ [Index in keyof Labels]: string }>;
	protected async answers(
		labels: readonly string[],
		domain: string | undefined,
		...positionals: readonly (string | undefined)[]
	): Promise<string[]> {
		const given = [domain, ...positionals].filter((answer) => answer !== undefined);
		if (given.length > labels.length) throw namedTwice();
		const answers: string[] = [];
		for (const [index, label] of labels.entries()) {
			answers.push(given[index] ?? (await this.prompter.ask(label)));
		}
		return answers;
	}

	/** The domain of a command that never asks for it. */
	protected requiredDomain(option: string | undefined, given: string | undefined): string {
		if (option !== undefined && given !== undefined) throw namedTwice();
		const domain = option ?? given;
		if (domain === undefined) {
			throw new UsageError("no domain is given", "for the names of all: pprotect list-domains");
		}
		return domain;
	}

	/**
	 * Prints a line each, or says on stderr that there is none. On a terminal control characters
	 * are shown, not obeyed; a program gets every name as it is.
	 */
	protected printLines(lines: readonly string[], none: string): void {
		if (lines.length === 0) say(none);
		else writeStdout(`${(isTerminal(1) ? lines.map(printableLine) : lines).join("\n")}\n`);
	}

	/** Prints a bare value. Anybody may have added it: a terminal is not to obey it. */
	protected printValue(value: string): void {
		writeStdout(`${isTerminal(1) ? printable(value) : value}\n`);
	}

	/** The acting user's credentials, checked against the file. */
	protected async unlock(keyFile: KeyFile): Promise<UnlockedCustodian> {
		const creds = await this.credentials(keyFile);
		guardMemory();
		return this.unlockWith(keyFile, creds);
	}

	/** @throws ProtectError where this container's memory is too small for the derivation. */
	protected async unlockWith(keyFile: KeyFile, creds: Creds): Promise<UnlockedCustodian> {
		forbidCoreDumps();
		assertMemory(keyFile.memoryToUnlock(creds.name), `the key of ${creds.name}`);
		try {
			return this.wipedAtEnd(await this.whileDeriving(() => keyFile.unlock(creds)));
		} catch (error) {
			if (!(error instanceof CredentialsError) || creds.sources.passphrase !== KEYCHAIN)
				throw error;
			throw new CredentialsError(error.message, {
				hint: `to put the right one there: pprotect remember ${shellOption("--user", creds.name)}`,
				cause: error,
			});
		}
	}

	protected wipedAtEnd(custodian: UnlockedCustodian): UnlockedCustodian {
		this.#unlocked.push(custodian);
		return custodian;
	}

	/** While a key is derived: says so to a person where it takes longer than a moment. */
	protected whileDeriving<Key>(
		derive: () => Promise<Key>,
		words = "Unlocking, which is slow on purpose...",
	): Promise<Key> {
		return this.quiet ? derive() : whileWaiting(words, derive);
	}

	/**
	 * @param keyFile whose custodians the user can be, as far as that is known.
	 * @param versions the custodians of each version of the file that these are to open.
	 */
	protected credentials(
		keyFile?: KeyFile,
		versions: readonly ReadonlyMap<string, string>[] = keyFile ? [keyFile.data.custodians] : [],
	): Promise<Creds> {
		const remembered = async (user: Sourced | undefined) => {
			const { recall } = await import("./remembered.ts");
			return recall(user, this.filePath, versions);
		};
		const isOff = this.isKeychainOff || this.ignoreEnv;
		return this.credentialsFrom(keyFile, isOff ? {} : { remembered });
	}

	protected async credentialsFrom(
		keyFile: KeyFile | undefined,
		more: Pick<CredentialOptions, "fallbackUser" | "remembered">,
	): Promise<Creds> {
		this.assertCredentialSource();
		const { user, passphrase } = await readCredentials({
			user: this.user,
			...this.passphraseFlags,
			environment: this.ignoreEnv ? undefined : this.context.environment,
			prefix: this.prefix,
			...more,
			prompter: this.nonInteractive ? undefined : (missing) => this.prompterFor(missing),
			usualUser: keyFile && (() => this.usualUser(keyFile)),
			assertUser: keyFile && ((name) => keyFile.assertCustodian(name)),
			notice: (known) =>
				known
					? `Verify passphrase for ${this.filePath} (Using user ${known.value} from ${known.source})`
					: `Verify credentials for ${this.filePath}`,
		});
		return new Creds(user.value, passphrase.value, {
			name: user.source,
			passphrase: passphrase.source,
		});
	}

	/** Who answers for the credentials that are missing. */
	protected prompterFor(_missing: MissingCredentials): Prompter {
		return this.prompter;
	}

	/** The custodian as whom Git commits. */
	protected usualUser(keyFile: KeyFile): string | undefined {
		const email = gitEmail(this.filePath);
		return email !== undefined && keyFile.data.custodians.has(email) ? email : undefined;
	}

	/** Whether the system's keychain is left alone. */
	protected get isKeychainOff(): boolean {
		const { PPROTECT_KEYCHAIN = "" } = this.context.environment;
		return this.noKeychain || PPROTECT_KEYCHAIN.toLowerCase() === "off";
	}

	/** Takes the passphrase of somebody who is no custodian any more out of this user's keychain. */
	protected async forgetRemoved(name: string, old: KeyFile): Promise<void> {
		if (this.isKeychainOff || this.nonInteractive) return;
		const { forgetQuietly } = await import("./remembered.ts");
		if (!(await forgetQuietly(name, old.data.custodians))) return;
		this.done(`The keychain no longer has the passphrase of ${name}.`);
	}

	/** @throws ConflictingOptionsError for the two options where they leave no source. */
	protected assertCredentialSource(): void {
		if (!this.ignoreEnv || !this.nonInteractive) return;
		const { file, fd, command } = this.passphraseFlags;
		if (this.user !== undefined && (file ?? fd ?? command) !== undefined) return;
		throw new ConflictingOptionsError(
			"--ignore-env and --non-interactive leave no way to get credentials",
			"leave one of them out, or give --user and one of --passphrase-file, --passphrase-fd, --passphrase-command",
		);
	}

	protected get passphraseFlags(): PassphraseFlags {
		const { passphraseFile: file, passphraseFd: fd, passphraseCommand: command } = this;
		return { file, fd, command };
	}

	protected get prefix(): string {
		return credentialPrefix(this.envPrefix, this.context.environment);
	}

	/** @throws UsageError unless `value` is one of `choices` (or absent). */
	protected choose<Choice extends string>(
		option: string,
		value: string | undefined,
		choices: readonly Choice[],
	): Choice | undefined {
		if (value === undefined) return undefined;
		const choice = choices.find((known) => known === value);
		if (choice) return choice;
		throw new UsageError(`${option} must be one of: ${choices.join(", ")}`);
	}

	/**
	 * Applies `change` to the file as it is once nobody else writes it, and writes the outcome.
	 * With `--confirm` it is shown first; the lock is not held while the user decides.
	 *
	 * @returns false where the user did not want it.
	 */
	protected async save(change: (keyFile: KeyFile) => KeyFile): Promise<boolean> {
		this.#refusePiped();
		const changed = (snapshot: Snapshot) => change(this.#parse(snapshot)).encode();
		if (!this.confirm) {
			await update(this.filePath, changed);
			await this.#noteMissingDriver();
			return true;
		}
		const shown = load(this.filePath);
		const bytes = changed(shown);
		if (!(await this.approved(shown.bytes, bytes))) return false;
		await replaceIfUnchanged(shown, bytes);
		await this.#noteMissingDriver();
		return true;
	}

	/** @throws ProtectError for a file that came out of a pipe. */
	#refusePiped(): void {
		if (this.#piped !== undefined) throw new ProtectError(`${this.filePath} can only be read`);
	}

	/** Loaded late: only what changed will be merged. */
	async #noteMissingDriver(): Promise<void> {
		const { noteMissingDriver } = await import("./driver-note.ts");
		noteMissingDriver(this.filePath);
	}

	/** With `--confirm`: shows what would change, and whether the user wants it. */
	protected async approved(old: Uint8Array, changed: Uint8Array): Promise<boolean> {
		if (!this.confirm || Buffer.compare(old, changed) === 0) return true;
		const { coloredUnifiedDiff } = await import("./unified-diff.ts");
		// A person reads the heading of the questions before the change.
		if (!this.yes && this.isAttended) this.#startAsking();
		writeStderr(
			coloredUnifiedDiff(this.filePath, old, changed, useColour(2, this.context.environment)),
		);
		return this.agreed("Write changes? [y/N] ");
	}

	/** Whether the answer is yes, by `--yes` or by asking; says so where it is not. */
	protected async agreed(question: string): Promise<boolean> {
		if (this.yes || /^y/i.test(await this.prompter.ask(question))) return true;
		this.prompter.notice("Aborting");
		return false;
	}
}

function namedTwice(): ConflictingOptionsError {
	return new ConflictingOptionsError(
		"--domain and a positional both name the domain",
		"leave one of them out",
	);
}
