/** What `init`, `add-key-custodian`, `set-key-custodian-passphrase` and `rekey-custodian` share. */
import { rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { choice, text } from "../cli/options.ts";
import {
	ARGON2ID_FAST,
	ARGON2ID_HARD,
	generateRawPassphrase,
	type KdfParameters,
	memoryOf,
	SCRYPT_FAST,
	SCRYPT_HARD,
} from "../crypto/key-derivation.ts";
import { randomPassphrase } from "../crypto/random-text.ts";
import {
	ConflictingOptionsError,
	CredentialsError,
	ProtectError,
	ProtectedFileError,
} from "../errors.ts";
import { Creds } from "../model/creds.ts";
import { type CustodianKey, createCustodianKey } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { guardMemory } from "../system/core-dumps.ts";
import {
	askForUser,
	environmentPassphrase,
	flagPassphrase,
	type PassphraseFlags,
} from "../system/credentials.ts";
import { gitEmail } from "../system/git/email.ts";
import { missingIgnoreLine } from "../system/git/history.ts";
import { assertMemory } from "../system/memory-limit.ts";
import { osErrorCode, osErrorText } from "../system/os-error.ts";
import { writeStdout } from "../system/output.ts";
import { writeNewPrivateFile } from "../system/owner-only.ts";
import { load } from "../system/store/store.ts";
import { hint, note, say, warning } from "../system/voice.ts";
import { BaseCommand } from "./base.ts";
import { isWeakPassphrase } from "./weak-passphrase.ts";

const KEY_TYPES = ["hard", "fast", "raw"] as const;
type KeyType = (typeof KEY_TYPES)[number];

const KDFS = ["scrypt", "argon2id"] as const;

const PARAMETERS: Record<"hard" | "fast", Record<(typeof KDFS)[number], KdfParameters>> = {
	hard: { scrypt: SCRYPT_HARD, argon2id: ARGON2ID_HARD },
	fast: { scrypt: SCRYPT_FAST, argon2id: ARGON2ID_FAST },
};

/** Puts a key into the file; tells whether the user wanted it. */
type WriteKey = (key: CustodianKey, passphrase: string) => Promise<boolean>;

export abstract class NewKeyCommand extends BaseCommand {
	keyTypeOption = choice(
		"--key-type",
		"TYPE",
		KEY_TYPES,
		"hard (default: each guess costs 256 MiB), fast (64 MiB), or raw (a generated key for machines)",
	);
	kdf = choice(
		"--kdf",
		"KDF",
		KDFS,
		"scrypt, or argon2id (which the Python tool reads); the default follows the file",
	);
	savePassphrase = text(
		"--save-passphrase",
		"PATH",
		"write the generated raw key to this new file instead of showing it",
	);

	protected get keyType(): KeyType {
		const keyType = this.choose("--key-type", this.keyTypeOption, KEY_TYPES) ?? "hard";
		const kdf = this.choose("--kdf", this.kdf, KDFS);
		if (keyType === "raw" && kdf !== undefined) {
			throw new ConflictingOptionsError("a raw key needs no --kdf", "leave it out");
		}
		if (keyType === "raw" && Object.values(this.newPassphraseFlags).some((flag) => flag)) {
			throw new ConflictingOptionsError(
				"a raw key is generated, so no passphrase can be given for it",
				"to get it into a file: --save-passphrase PATH",
			);
		}
		if (keyType !== "raw" && this.savePassphrase !== undefined) {
			throw new ConflictingOptionsError(
				"--save-passphrase is for a generated key",
				"add: --key-type raw",
			);
		}
		return keyType;
	}

	/** The flags that name the new passphrase. */
	protected get newPassphraseFlags(): PassphraseFlags {
		return this.passphraseFlags;
	}

	/** Takes a new custodian's name and passphrase, and puts their key into the file by `write`. */
	protected async addCustodian(keyFile: KeyFile, write: WriteKey): Promise<void> {
		const { keyType } = this;
		const name = await this.custodianName(keyFile);
		keyFile.assertNewCustodian(name);
		this.#noteLikeName(name, keyFile);
		if (keyType === "raw") return this.withRawKey(name, write);
		const creds = new Creds(name, await this.newPassphrase("Passphrase: ", name));
		await write(await this.deriveKey(creds, keyType, keyFile), creds.passphrase);
	}

	/** Says on a terminal that another custodian's name is the same but for capitals. */
	#noteLikeName(name: string, keyFile: KeyFile): void {
		const like = keyFile.custodianNames.find((known) => known.toLowerCase() === name.toLowerCase());
		if (like === undefined || !this.isInformative) return;
		note(`${like} is another key custodian, whose name differs only in upper and lower case`);
	}

	/** @throws ProtectError where this container's memory is too small for it. */
	protected deriveKey(
		creds: Creds,
		keyType: "hard" | "fast",
		keyFile: KeyFile,
	): Promise<CustodianKey> {
		const parameters = this.#parametersFor(keyType, keyFile);
		assertMemory(memoryOf(parameters), `the key of ${creds.name}`);
		guardMemory();
		return this.whileDeriving(
			() => createCustodianKey(creds, parameters),
			"Deriving the key, which is slow on purpose...",
		);
	}

	/** The parameters of a key type in this file, with a word on stderr where it concerns the Python tool. */
	#parametersFor(keyType: "hard" | "fast", keyFile: KeyFile): KdfParameters {
		const chosen = this.choose("--kdf", this.kdf, KDFS);
		const kdf = chosen ?? keyFile.defaultKdf;
		if (chosen === undefined && kdf === "argon2id") {
			say(
				"Using argon2id, so that the Python tool can still read this file (for scrypt: --kdf scrypt)",
			);
		}
		if (kdf === "scrypt" && keyFile.isReadByPythonTool) {
			warning(
				"the Python tool cannot read a file with a scrypt key, so it can no longer read this one (to keep it readable: --kdf argon2id)",
			);
		}
		return PARAMETERS[keyType][kdf];
	}

	/** The name of the custodian concerned, who need not be the one whose environment this is. */
	protected async custodianName(keyFile: KeyFile): Promise<string> {
		this.assertCredentialSource();
		const variable = `${this.prefix}_USER`;
		const name =
			this.user ?? (this.nonInteractive ? this.context.environment[variable] : undefined);
		if (name !== undefined) return name;
		if (this.nonInteractive)
			throw new CredentialsError("no user email is given", "add: --user EMAIL");
		return askForUser(this.prompter, () => this.#newUser(keyFile));
	}

	/** As whom Git commits, unless the file cannot take them. */
	#newUser(keyFile: KeyFile): string | undefined {
		const email = gitEmail(this.filePath);
		try {
			if (email !== undefined) keyFile.assertNewCustodian(email);
			return email;
		} catch (error) {
			if (error instanceof ProtectError) return undefined;
			throw error;
		}
	}

	/** A new passphrase for the custodian `name`, from a flag or by asking twice. */
	protected async newPassphrase(label: string, name: string): Promise<string> {
		const given =
			(await flagPassphrase(this.newPassphraseFlags)) ??
			(this.nonInteractive ? await this.passphraseOfNewCustodian() : undefined);
		const passphrase = given?.value ?? (await this.#askedPassphrase(label));
		if (passphrase === "") throw new CredentialsError("the new passphrase is empty");
		if (this.isInformative && isWeakPassphrase(passphrase, name)) {
			note(
				"this passphrase is weak: anybody who has the file can try guesses for it; pprotect generates a strong one if you leave it empty",
			);
		}
		return passphrase;
	}

	/** Taken from the environment where that is the new custodian's. */
	protected passphraseOfNewCustodian() {
		return environmentPassphrase(this.context.environment, this.prefix);
	}

	async #askedPassphrase(label: string): Promise<string> {
		if (this.nonInteractive) {
			throw new CredentialsError("no new passphrase is given", "add: --passphrase-file PATH");
		}
		if (this.prompter.isAttended) return this.#askUntilItFits(label);
		const passphrase = await this.#askTwice(label);
		if (passphrase === undefined) throw new CredentialsError("the passphrases did not match");
		return passphrase;
	}

	/** @returns undefined where the two differ. */
	async #askTwice(label: string): Promise<string | undefined> {
		const passphrase = await this.prompter.askHidden(label);
		if (passphrase === "" && this.prompter.isAttended) return "";
		const again = await this.prompter.askHidden(`Retype ${label.toLowerCase()}`);
		return passphrase === again ? passphrase : undefined;
	}

	/** A person can try again, or have a passphrase generated. */
	async #askUntilItFits(label: string): Promise<string> {
		this.prompter.notice("Leave the passphrase empty to get a generated one.");
		for (;;) {
			const typed = await this.#askTwice(label);
			if (typed === undefined) this.prompter.notice("The passphrases did not match. Try again.");
			const passphrase = typed === "" ? await this.#generatedPassphrase() : typed;
			if (passphrase !== undefined) return passphrase;
		}
	}

	/** @returns undefined where the user does not want it. */
	async #generatedPassphrase(): Promise<string | undefined> {
		const passphrase = randomPassphrase();
		this.prompter.notice(`Generated passphrase, shown only now: ${passphrase}`);
		if (this.yes) return passphrase;
		const answer = await this.prompter.ask("Have you saved it? [y/N] ");
		return /^y/i.test(answer) ? passphrase : undefined;
	}

	/**
	 * Generates a raw key and hands it to the user, on the screen or in a file; `write` then puts
	 * it into the protected file. Nothing is written unless the user has the key.
	 */
	protected async withRawKey(name: string, write: WriteKey): Promise<void> {
		guardMemory();
		const passphrase = generateRawPassphrase();
		const key = await createCustodianKey(new Creds(name, passphrase), { kdf: "raw" });
		if (this.savePassphrase !== undefined) {
			savePassphrase(this.savePassphrase, passphrase);
			let isWritten = false;
			try {
				isWritten = await write(key, passphrase);
				if (isWritten) warnOfCommit(this.savePassphrase);
			} finally {
				if (!isWritten && !this.#isInFile(key)) rmSync(this.savePassphrase, { force: true });
			}
		} else if (await this.#acknowledged(passphrase)) await write(key, passphrase);
	}

	/** Whether the file has the key, as it may though writing failed: then it is not to be lost. */
	#isInFile({ pwdkm }: CustodianKey): boolean {
		try {
			return Buffer.from(load(this.filePath).bytes).includes(pwdkm);
		} catch (error) {
			return !(error instanceof ProtectedFileError);
		}
	}

	async #acknowledged(passphrase: string): Promise<boolean> {
		const rule = "=".repeat(72);
		writeStdout(
			`\n${rule}\n  GENERATED RAW KEY (copy it now, it is not shown again):\n\n  ${passphrase}\n\n  It is the passphrase. Whoever loses it loses access.\n${rule}\n\n`,
		);
		if (this.yes) return true;
		const answer = await this.prompter.ask("Have you saved the key? Type YES to confirm: ");
		if (answer.trim() === "YES") return true;
		this.prompter.notice("Aborting");
		return false;
	}
}

/** A key in a work tree is in the next commit, unless git ignores it. */
function warnOfCommit(path: string): void {
	const line = missingIgnoreLine(path);
	if (line === undefined) return;
	warning(`Git does not ignore ${path}, so the next commit may contain the key`);
	hint(`add to the .gitignore in ${dirname(resolve(path))}: ${line}`);
}

/** @throws ProtectError where the file is there already or cannot be written. */
function savePassphrase(path: string, passphrase: string): void {
	try {
		writeNewPrivateFile(path, `${passphrase}\n`);
	} catch (error) {
		if (error instanceof ProtectError) throw error;
		if (osErrorCode(error) === "EEXIST") {
			throw new ProtectError(`${path} exists already`, {
				hint: "name a new file for the passphrase",
				cause: error,
			});
		}
		// Half of it may be there.
		rmSync(path, { force: true });
		throw new ProtectError(`cannot write the passphrase to ${path}: ${osErrorText(error)}`, {
			cause: error,
		});
	}
}
