/** Protected files to measure with. */
import { generateRawPassphrase } from "../../src/crypto/key-derivation.ts";
import { Creds } from "../../src/model/creds.ts";
import { createCustodianKey } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";

export const USER = "ci@example.com";

export interface Sample {
	readonly text: string;
	/** Of {@link USER}, a raw key. */
	readonly passphrase: string;
}

/** A file whose domain `prod` has `count` secrets, each with its log entry. */
export async function protectedText(count: number): Promise<Sample> {
	const passphrase = generateRawPassphrase();
	const key = await createCustodianKey(new Creds(USER, passphrase), { kdf: "raw" });
	const one = KeyFile.create()
		.addKeyCustodian(key)
		.addDomain("prod", USER)
		.addSecret("prod", "secret_00000", "the value of this secret, which is not long");
	const text = new TextDecoder().decode(one.encode());
	return { text: multiplied(text, count), passphrase };
}

/** Every secret has the box of the first: sealing thousands one by one would take long. */
function multiplied(text: string, count: number): string {
	const numbers = Array.from({ length: count }, (_, index) => String(index).padStart(5, "0"));
	return text
		.replace(/^.*secret-secret_00000.*\n/m, (line) =>
			numbers.map((number) => line.replace("00000", () => number)).join(""),
		)
		.replace(/^.*added secret secret_00000.*\n/m, (line) =>
			numbers.map((number) => line.replace("_00000", () => `_${number}`)).join(""),
		);
}
