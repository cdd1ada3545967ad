/** Protected files for the tests of exec, with the keys and the values that a test needs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "../../src/crypto/bytes.ts";
import { generateRawPassphrase, type KdfParameters } from "../../src/crypto/key-derivation.ts";
import { encodePwdkm, pwdkmVersion, saltLength } from "../../src/format/pwdkm.ts";
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

const USER = "app@example.com";

/** Secrets of one custodian, who owns every domain; with a raw key unless told. */
export async function makeSecrets(values: Values, kdf?: KdfParameters): Promise<Secrets> {
	const passphrase = kdf ? "correct horse" : generateRawPassphrase();
	const key = await createCustodianKey(new Creds(USER, passphrase), kdf ?? { kdf: "raw" });
	let keyFile = KeyFile.create().addKeyCustodian(key);
	for (const [domain, secrets] of Object.entries(values)) {
		keyFile = keyFile.addDomain(domain, USER);
		for (const [name, value] of Object.entries(secrets)) {
			keyFile = keyFile.addSecret(domain, name, value);
		}
	}
	return save(keyFile, passphrase);
}

/**
 * A folder with a `protected.yaml` whose only custodian's key takes as long to derive as `kdf`
 * says, and is wrong in the end: nobody has to wait for it while the file is made.
 */
export function makeSlowSecrets(kdf: KdfParameters): Secrets {
	const version = pwdkmVersion(kdf);
	const salt = randomBytes(saltLength(version));
	const pwdkm = encodePwdkm({ version, kdf, salt, publicKey: randomBytes(32) });
	const key = { name: USER, kdf: kdf.kdf, pwdkm };
	return save(KeyFile.create().addKeyCustodian(key).addDomain("prod", USER), "correct horse");
}

function save(keyFile: KeyFile, passphrase: string): Secrets {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "protected.yaml"), keyFile.encode());
	writeFileSync(join(cwd, "key"), `${passphrase}\n`, { mode: 0o600 });
	const { PATH = "" } = process.env;
	return {
		cwd,
		user: USER,
		passphrase,
		env: { PATH, PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase },
		exec: (command, ...options) => [
			...[PPROTECT, "exec", "--file", join(cwd, "protected.yaml")],
			...["--domain", "prod", ...options, "--", ...command],
		],
	};
}
