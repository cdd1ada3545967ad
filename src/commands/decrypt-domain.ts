import { Command } from "clipanion";
import { choice, flag, list, required, text } from "../cli/options.ts";
import { ConflictingOptionsError, NameError } from "../errors.ts";
import { compareCodePoints } from "../format/code-points.ts";
import { decryptedValue } from "../model/domain.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { FORMATS } from "../values/format-names.ts";
import { BaseCommand } from "./base.ts";
import { assertSafeNames, variablesOf, writeValues } from "./output-formats.ts";

class DecryptDomainCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "print the values of a domain",
		details:
			"Prefer `exec` where a program needs the values: printed values end up in scrollback, logs and files.",
		examples: [
			["All of prod, as JSON", "$0 decrypt-domain prod"],
			["One bare value", "$0 decrypt-domain prod --secret db-password"],
			["Into this shell", 'eval "$($0 decrypt-domain prod --uppercase --output-format shell)"'],
			[
				"Into a file that only you can read",
				"$0 decrypt-domain prod --secret tls-cert --output tls.pem",
			],
			["To the later steps of a GitHub workflow", "$0 decrypt-domain prod --output-format github"],
		],
	});

	domains = list("-d,--domain", "DOMAIN", "the domain; given again, later ones win");
	secret = text("--secret", "NAME", "only this secret: its bare value, or with a format its entry");
	only = list("--only", "NAME", "only this secret; may be given more than once");
	outputFormat = choice(
		"--output-format",
		"FORMAT",
		FORMATS,
		"json (default), yaml, dotenv (a .env), docker (an --env-file), github (masks, and what GITHUB_ENV takes), or commands for a shell: env (NAME='value' for a POSIX shell, no .env), shell (with export), fish, powershell",
	);
	variablePrefix = text("--prefix", "PREFIX", "name the values PREFIX_NAME");
	uppercase = flag("--uppercase", "name the values in capitals, with _ for every other character");
	output = text(
		"--output",
		"PATH",
		"write to this file, mode 0600, completely or not at all; a bare value byte for byte",
	);
	name = required("DOMAIN");

	async execute(): Promise<void> {
		const format = this.choose("--output-format", this.outputFormat, FORMATS);
		const domains = this.#domains();
		this.#assertOptions(format);
		const keyFile = this.load();
		const only = this.secret === undefined ? this.only : [this.secret];
		if (only) assertThere(keyFile, domains, only);
		const secrets = await decrypt(keyFile, domains, await this.unlock(keyFile), only);
		if (this.secret !== undefined && format === undefined) {
			return this.#writeBare(decryptedValue(secrets, this.secret));
		}
		const naming = { prefix: this.variablePrefix, uppercase: this.uppercase };
		const variables = variablesOf(secrets.keys(), naming);
		await assertSafeNames(variables, format ?? "json", new Set(only));
		const values = new Map(
			[...variables]
				.sort(([one], [other]) => compareCodePoints(one, other))
				.map(([variable, secret]) => [variable, decryptedValue(secrets, secret)]),
		);
		await writeValues(values, format ?? "json", {
			environment: this.context.environment,
			output: this.output,
		});
	}

	/** The domains, of which later ones win. */
	#domains(): readonly string[] {
		const { domains = [], name } = this;
		if (domains.length > 0 && name === undefined) return domains;
		return [this.requiredDomain(domains[0], name)];
	}

	#assertOptions(format: string | undefined): void {
		if (this.secret !== undefined && this.only) {
			throw new ConflictingOptionsError(
				"--secret and --only both say which secrets",
				"leave one of them out",
			);
		}
		if (this.output !== undefined && format === "github") {
			throw new ConflictingOptionsError(
				"--output is not for the format github, whose masks have to be printed",
				"leave it out: the values are written to the file that GITHUB_ENV names",
			);
		}
	}

	async #writeBare(value: string): Promise<void> {
		if (this.output === undefined) {
			this.printValue(value);
			return;
		}
		const { savePrivately } = await import("../system/private-file.ts");
		await savePrivately(this.output, new TextEncoder().encode(value));
	}
}

/** @throws NameError for one of `names` that none of the domains has. */
function assertThere(keyFile: KeyFile, domains: readonly string[], names: readonly string[]): void {
	const known = new Set(domains.flatMap((domain) => keyFile.secretNames(domain)));
	for (const name of names) {
		if (known.has(name)) continue;
		const [domain, another] = domains;
		if (domain !== undefined && another === undefined) keyFile.assertSecret(domain, name);
		throw new NameError(
			`no secret named ${JSON.stringify(name)} in ${domains.join(", ")}`,
			"for all names: pprotect list-all-secrets",
		);
	}
}

/** The values by name; of a secret in several domains the last one's. */
async function decrypt(
	keyFile: KeyFile,
	domains: readonly string[],
	custodian: UnlockedCustodian,
	only: readonly string[] | undefined,
): Promise<ReadonlyMap<string, string>> {
	const values = new Map<string, string>();
	for (const domain of domains) {
		const names = keyFile.secretNames(domain);
		const wanted = only && names.filter((name) => only.includes(name));
		const decrypted = await keyFile.decryptDomainFast(domain, custodian, wanted);
		for (const [name, value] of decrypted) values.set(name, value);
	}
	return values;
}

export { DecryptDomainCommand as command };
