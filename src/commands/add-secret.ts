import { Command } from "clipanion";
import { SecretValueCommand } from "./secret-value.ts";

export class AddSecretCommand extends SecretValueCommand {
	static override paths = [["add-secret"], ["add_secret"]];
	static override usage = Command.Usage({
		category: "Secrets",
		description: "add a secret to a domain; needs no credentials",
		examples: [
			["Ask for the value", "$0 add-secret prod db-password"],
			["A certificate, every byte of it", "$0 add-secret prod tls-cert --value-file cert.pem"],
			["A password that nobody has to see", "$0 add-secret prod db-password --generate"],
			["From another program", "$0 add-secret prod token --value-file -"],
		],
	});

	protected override readonly heading = "Adding secret value.";

	async execute(): Promise<void> {
		const generate = this.generator;
		const keyFile = this.load();
		const [domain, name] = await this.secretPlace();
		keyFile.assertNewSecret(domain, name);
		await this.writeValue(generate, (value) =>
			this.save((file) => file.addSecret(domain, name, value)),
		);
	}
}
