/** Protected files for the tests of exec, with the keys and the values that a test needs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateRawPassphrase, type KdfParameters } from "../../src/crypto/key-derivation.ts";
import { Creds } from "../../src/model/creds.ts";
import { createCustodianKey } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { PPROTECT, scratchFolder } from "./pprotect.ts";

/** By domain: the values by name. */
export type Values = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Secrets {
	/** A folder with `protected.yaml`, and `key`, which holds the passphrase. */
	readonly cwd: string;
	readonly user: string;
	readonly passphrase: string;
	/** An environment with the credentials, and PATH. */
	readonly env: Record<string, string>;
	/** A command line that runs `command` with the secrets of prod. */
	exec(command: readonly string[], ...options: readonly string[]): string[];
}

/** Secrets of one custodian, who owns every domain; with a raw key unless told. */
export async function makeSecrets(values: Values, kdf?: KdfParameters): Promise<Secrets> {
	const user = "app@example.com";
	const passphrase = kdf ? "correct horse" : generateRawPassphrase();
	const key = await createCustodianKey(new Creds(user, passphrase), kdf ?? { kdf: "raw" });
	let keyFile = KeyFile.create().addKeyCustodian(key);
	for (const [domain, secrets] of Object.entries(values)) {
		keyFile = keyFile.addDomain(domain, user);
		for (const [name, value] of Object.entries(secrets)) {
			keyFile = keyFile.addSecret(domain, name, value);
		}
	}
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "protected.yaml"), keyFile.encode());
	writeFileSync(join(cwd, "key"), `${passphrase}\n`, { mode: 0o600 });
	const { PATH = "" } = process.env;
	return {
		cwd,
		user,
		passphrase,
		env: { PATH, PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase },
		exec: (command, ...options) => [
			...[PPROTECT, "exec", "--file", join(cwd, "protected.yaml")],
			...["--domain", "prod", ...options, "--", ...command],
		],
	};
}
