import { Command } from "clipanion";
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
			["Unattended", "$0 init --user alice@example.com --passphrase-file pass.txt"],
		],
	});

	protected override readonly heading = "Adding new key custodian.";

	/** Here, whatever stands above: a part of a repository can have a file of its own. */
	protected override get filePath(): string {
		return this.fileOption ?? (this.context.environment.PPROTECT_FILE || USUAL_NAME);
	}

	async execute(): Promise<void> {
		refuseExisting(this.filePath);
		const keyFile = KeyFile.create({ path: this.filePath });
		const write = async (key: CustodianKey) => {
			const bytes = keyFile.addKeyCustodian(key).encode();
			if (!(await this.approved(new Uint8Array(), bytes))) return false;
			await create(this.filePath, bytes);
			return true;
		};
		await this.addCustodian(keyFile, write);
	}
}

export { InitCommand as command };
