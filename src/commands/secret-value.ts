import { choice, DOMAIN_OPTION, flag, positional, text } from "../cli/options.ts";
import { ALPHABETS, randomText } from "../crypto/random-text.ts";
import { ConflictingOptionsError, ProtectError, UsageError } from "../errors.ts";
import { writeStdout } from "../system/output.ts";
import { readWholeFile } from "../system/read-all.ts";
import { readAllStdin } from "../system/terminal/terminal.ts";
import { BaseCommand } from "./base.ts";

const ALPHABET_NAMES = ["alphanumeric", "base64url", "hex"] as const;

/** More characters than anything takes for a password or a key. */
const MAX_GENERATED = 4096;

type Generate = () => string;

/** A command that takes a value for a secret. It never comes from the command line. */
export abstract class SecretValueCommand extends BaseCommand {
	domain = text(...DOMAIN_OPTION);
	valueFile = text(
		"--value-file",
		"PATH",
		"take the value from this file, every byte; - is standard input",
	);
	generate = text(
		"--generate",
		"[N]",
		"take N random characters as the value (default: 32); they are not shown",
	);
	alphabet = choice(
		"--alphabet",
		"ALPHABET",
		ALPHABET_NAMES,
		"what to generate from: alphanumeric (default), base64url, or hex",
	);
	show = flag("--show", "print the generated value");
	first = positional("DOMAIN");
	second = positional("NAME");

	/** The domain and the secret's name. */
	protected secretPlace(): Promise<readonly [string, string]> {
		const given = [this.domain, this.first, this.second].filter((name) => name !== undefined);
		if (this.valueFile === "-" && given.length < 2) {
			throw new UsageError(
				"standard input cannot give both the names and the value",
				"give the names as arguments: DOMAIN NAME --value-file -",
			);
		}
		if (this.valueFile === "-" && this.confirm && !this.yes) {
			throw new ConflictingOptionsError(
				"standard input cannot give both the value and the answer to --confirm",
				"take the value from a file, or add: --yes",
			);
		}
		const labels = ["Domain name: ", "Secret name: "] as const;
		return this.answers(labels, this.domain, this.first, this.second);
	}

	/**
	 * Puts the value into the file by `write`, which tells whether the user wanted it.
	 *
	 * @param generate draws the value, where it is to be drawn.
	 */
	protected async writeValue(
		generate: Generate | undefined,
		write: (value: string) => Promise<boolean>,
	): Promise<void> {
		const value = generate?.() ?? (await this.#givenValue());
		const isWritten = await write(value);
		if (isWritten && this.show) writeStdout(`${value}\n`);
	}

	/**
	 * What `--generate` asks for; undefined without it.
	 *
	 * @throws UsageError, or ConflictingOptionsError, for options that make no sense.
	 */
	protected get generator(): Generate | undefined {
		const { generate } = this;
		const name = this.choose("--alphabet", this.alphabet, ALPHABET_NAMES) ?? "alphanumeric";
		if (generate === undefined) {
			if (!this.show && this.alphabet === undefined) return undefined;
			const option = this.show ? "--show" : "--alphabet";
			throw new ConflictingOptionsError(`${option} is for a generated value`, "add: --generate");
		}
		if (this.valueFile !== undefined) {
			throw new ConflictingOptionsError(
				"--generate and --value-file both give the value",
				"leave one of them out",
			);
		}
		const length = Number(generate);
		if (!/^\d+$/.test(generate) || length < 1 || length > MAX_GENERATED) {
			throw new UsageError(`--generate must be a number from 1 to ${MAX_GENERATED}`);
		}
		return () => randomText(length, ALPHABETS[name]);
	}

	async #givenValue(): Promise<string> {
		if (this.valueFile === undefined) return this.prompter.askLastHidden("Secret value: ");
		const bytes = this.valueFile === "-" ? readAllStdin() : readWholeFile(this.valueFile);
		try {
			return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
		} catch (error) {
			throw new ProtectError(
				`the value in ${this.valueFile === "-" ? "standard input" : this.valueFile} is not UTF-8 text`,
				{ hint: "encode it first, for example with base64", cause: error },
			);
		}
	}
}
