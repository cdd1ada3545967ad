import { Command } from "clipanion";
import { SecretValueCommand } from "./secret-value.ts";

class UpdateSecretCommand extends SecretValueCommand {
	static override usage = Command.Usage({
		description: "change the value of a secret; needs no credentials",
		examples: [
			["Ask for the value", "$0 update-secret prod db-password"],
			["A new password, printed once", "$0 update-secret prod db-password --generate 40 --show"],
			["From a file, byte for byte", "$0 update-secret prod tls-cert --value-file cert.pem"],
		],
	});

	protected override readonly heading = "Updating secret value.";

	async execute(): Promise<void> {
		const generate = this.generator;
		const keyFile = this.loadToChange();
		const [domain, name] = await this.secretPlace();
		keyFile.assertSecret(domain, name);
		const isWritten = await this.writeValue(generate, (value) =>
			this.save((file) => file.updateSecret(domain, name, value)),
		);
		if (isWritten) this.done(`Changed ${name} in ${domain}.`);
	}
}

export { UpdateSecretCommand as command };
