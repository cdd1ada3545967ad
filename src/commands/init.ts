import { Command } from "clipanion";
import { list } from "../cli/options.ts";
import { shellNames } from "../format/quote.ts";
import type { CustodianKey } from "../model/key-custodian.ts";
import { KeyFile } from "../model/key-file.ts";
import { USUAL_NAME } from "../system/store/find-file.ts";
import { create, refuseExisting } from "../system/store/store.ts";
import { NewKeyCommand } from "./new-key.ts";

class InitCommand extends NewKeyCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "create a protected file with its first key custodian",
		examples: [
			["Ask for an email and a passphrase", "$0 init"],
			["With two domains, for one passphrase", "$0 init --domain dev --domain prod"],
			["Unattended", "$0 init --user alice@example.com --passphrase-file pass.txt"],
		],
	});

	protected override readonly heading = "Adding new key custodian.";

	/** Here, whatever stands above: a part of a repository can have a file of its own. */
	protected override get filePath(): string {
		return this.fileOption ?? (this.context.environment.PPROTECT_FILE || USUAL_NAME);
	}

	domains = list("-d,--domain", "DOMAIN", "also add this domain; may be given more than once");

	async execute(): Promise<void> {
		refuseExisting(this.filePath);
		const keyFile = KeyFile.create({ path: this.filePath });
		for (const domain of this.domains ?? []) keyFile.assertNewDomain(domain);
		const write = async (key: CustodianKey) => {
			const withDomains = (this.domains ?? []).reduce(
				(file, domain) => file.addDomain(domain, key.name),
				keyFile.addKeyCustodian(key),
			);
			const bytes = withDomains.encode();
			if (!(await this.approved(new Uint8Array(), bytes))) return false;
			await create(this.filePath, bytes);
			const domains = this.domains ? `, with ${this.domains.join(", ")}` : "";
			this.done(
				`Created ${this.filePath}${domains}. ${key.name} is its first key custodian.`,
				this.#next,
			);
			return true;
		};
		await this.addCustodian(keyFile, write);
	}

	get #next(): string {
		const [domain] = this.domains ?? [];
		return domain === undefined
			? "pprotect add-domain dev"
			: `pprotect add-secret ${shellNames(domain)} NAME`;
	}
}

export { InitCommand as command };
