import { choice, DOMAIN_OPTION, flag, positional, text } from "../cli/options.ts";
import { ALPHABETS, randomText } from "../crypto/random-text.ts";
import { ConflictingOptionsError, ProtectError, UsageError } from "../errors.ts";
import { writeStdout } from "../system/output.ts";
import { readWholeFile } from "../system/read-all.ts";
import { readAllStdin } from "../system/terminal/terminal.ts";
import { note } from "../system/voice.ts";
import { BaseCommand } from "./base.ts";

const ALPHABET_NAMES = ["alphanumeric", "base64url", "hex"] as const;

/** More characters than anything takes for a password or a key. */
const MAX_GENERATED = 4096;

type Generate = () => string;

/** A command that takes a value for a secret. It never comes from the command line. */
export abstract class SecretValueCommand extends BaseCommand {
	domain = text(...DOMAIN_OPTION);
	secretName = text("--secret-name", "NAME", "the secret's name");
	valueFile = text(
		"--value-file,--from-file",
		"PATH",
		"read the value from this file, byte for byte; - is standard input",
	);
	base64 = flag("--base64", "store the file in base64, for a file that is not text");
	trim = flag("--trim", "leave out the line end at the end of the file");
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
		const { domain, secretName } = this;
		const given = [domain, secretName, this.first, this.second].filter(
			(word) => word !== undefined,
		);
		if (secretName !== undefined && given.length > 2) {
			throw new ConflictingOptionsError(
				"the domain or the name of the secret is given twice",
				"leave out an option or an argument",
			);
		}
		this.#assertFileOptions();
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
		if (secretName === undefined) return this.answers(labels, domain, this.first, this.second);
		return this.#withName(secretName, domain ?? this.first, labels[0]);
	}

	async #withName(
		name: string,
		domain: string | undefined,
		label: string,
	): Promise<readonly [string, string]> {
		return [domain ?? (await this.prompter.ask(label)), name];
	}

	/**
	 * Puts the value into the file by `write`, which tells whether the user wanted it.
	 *
	 * @param generate draws the value, where it is to be drawn.
	 */
	protected async writeValue(
		generate: Generate | undefined,
		write: (value: string) => Promise<boolean>,
	): Promise<boolean> {
		const value = generate?.() ?? (await this.#givenValue());
		if (value === "" && !(await this.#agreedToEmpty())) return false;
		const isWritten = await write(value);
		if (isWritten && this.show) writeStdout(`${value}\n`);
		return isWritten;
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
		const path = this.valueFile;
		if (path === undefined) return this.prompter.askLastHidden("Secret value: ");
		const bytes = path === "-" ? readAllStdin() : readWholeFile(path);
		if (this.base64) return Buffer.from(bytes).toString("base64");
		const value = decode(bytes, path === "-" ? "standard input" : path);
		if (this.trim) return value.replace(/\r?\n$/, "");
		if (/^[^\r\n]+\r?\n$/.test(value)) {
			note("the value ends with a line end, which is part of it; --trim leaves that out");
		}
		return value;
	}

	/** A person may have pressed Enter by mistake; a file or a script is taken at its word. */
	async #agreedToEmpty(): Promise<boolean> {
		if (this.valueFile !== undefined || !this.prompter.isAttended) return true;
		return this.agreed("The value is empty. Store it all the same? [y/N] ");
	}

	/** @throws ConflictingOptionsError for options that are for a value from a file. */
	#assertFileOptions(): void {
		const [option, other] = [this.base64 && "--base64", this.trim && "--trim"].filter(Boolean);
		if (option && other) {
			throw new ConflictingOptionsError(
				`${option} keeps every byte, and ${other} does not`,
				"leave one of them out",
			);
		}
		if (!option || this.valueFile !== undefined) return;
		throw new ConflictingOptionsError(
			`${option} is for a value from a file`,
			"add: --value-file PATH",
		);
	}
}

/** @throws ProtectError for bytes that are no text. */
function decode(bytes: Uint8Array, name: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		throw new ProtectError(`the value in ${name} is not UTF-8 text`, {
			hint: "to store it in base64: add --base64; exec --as-file NAME:base64=VAR gives a program the bytes",
			cause: error,
		});
	}
}
