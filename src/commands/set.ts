import { Command } from "clipanion";
import { SecretValueCommand } from "./secret-value.ts";

class SetCommand extends SecretValueCommand {
	static override usage = Command.Usage({
		description: "add a secret, or change its value if it exists; needs no credentials",
		examples: [
			["Ask for the value", "$0 set prod api-key"],
			["From a file, byte for byte", "$0 set prod tls-cert --value-file cert.pem"],
		],
	});

	protected override readonly heading = "Setting secret value.";

	async execute(): Promise<void> {
		const generate = this.generator;
		const keyFile = this.loadToChange();
		const [domain, name] = await this.secretPlace();
		if (!keyFile.secretNames(domain).includes(name)) keyFile.assertNewSecret(domain, name);
		const isWritten = await this.writeValue(generate, (value) =>
			this.save((file) => file.setSecret(domain, name, value)),
		);
		if (isWritten) this.done(`Set ${name} in ${domain}.`);
	}
}

export { SetCommand as command };
