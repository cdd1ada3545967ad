import { readFileSync } from "node:fs";
import { ProtectError, UsageError } from "../errors.ts";
import { osErrorText } from "../system/os-error.ts";
import { readAllStdin } from "../system/terminal.ts";
import { BaseCommand } from "./base.ts";
import { DOMAIN_OPTION, positional, text } from "./options.ts";

/** A command that takes a value for a secret. It never comes from the command line. */
export abstract class SecretValueCommand extends BaseCommand {
	domain = text(...DOMAIN_OPTION);
	valueFile = text(
		"--value-file",
		"PATH",
		"take the value from this file, every byte; - is standard input",
	);
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
		const labels = ["Domain name: ", "Secret name: "] as const;
		return this.answers(labels, this.domain, this.first, this.second);
	}

	protected async secretValue(): Promise<string> {
		if (this.valueFile === undefined) return this.prompter.askHidden("Secret value: ");
		const bytes = this.valueFile === "-" ? readAllStdin() : readValueFile(this.valueFile);
		try {
			return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
		} catch {
			throw new ProtectError(
				`the value in ${this.valueFile === "-" ? "standard input" : this.valueFile} is not UTF-8 text`,
				"encode it first, for example with base64",
			);
		}
	}
}

function readValueFile(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new ProtectError(`cannot read the value from ${path}: ${osErrorText(error)}`);
	}
}
