import { Command } from "clipanion";
import { warnOfCodeNames } from "./code-name-warning.ts";
import { SecretValueCommand } from "./secret-value.ts";

class AddSecretCommand extends SecretValueCommand {
	static override usage = Command.Usage({
		description: "add a secret to a domain; needs no credentials",
		examples: [
			["Ask for the value", "$0 add-secret prod db-password"],
			["A certificate, byte for byte", "$0 add-secret prod tls-cert --value-file cert.pem"],
			["A password that nobody has to see", "$0 add-secret prod db-password --generate"],
			["From another program", "$0 add-secret prod token --value-file - --trim"],
			["A file that is not text", "$0 add-secret prod keystore --value-file app.p12 --base64"],
		],
	});

	protected override readonly heading = "Adding secret value.";

	async execute(): Promise<void> {
		const generate = this.generator;
		const keyFile = this.loadToChange();
		const [domain, name] = await this.secretPlace();
		keyFile.assertNewSecret(domain, name);
		warnOfCodeNames([name], domain);
		const isWritten = await this.writeValue(generate, (value) =>
			this.save((file) => file.addSecret(domain, name, value)),
		);
		if (isWritten) this.done(`Added ${name} to ${domain}.`);
	}
}

export { AddSecretCommand as command };
