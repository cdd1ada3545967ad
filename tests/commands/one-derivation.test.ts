/**
 * A passphrase is stretched once a command, however many domains and secrets that touches. Run
 * from the source, with a counter in the place of the key derivation.
 */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScryptParameters } from "../../src/crypto/key-derivation.ts";
import { Creds } from "../../src/model/creds.ts";
import { createCustodianKey } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { scratchFolder } from "../support/pprotect.ts";

setDefaultTimeout(30_000);

const ROOT = join(import.meta.dir, "../..");
const PRELOAD = join(ROOT, "tests/support/count-derivations.ts");
const MAIN = join(ROOT, "src/main.ts");

/** As little work as a file may ask for. */
const CHEAP: ScryptParameters = { kdf: "scrypt", log2N: 10, r: 1, p: 1 };
const DOMAINS = ["d1", "d2", "d3", "d4", "d5"];
const ENVIRONMENT = { PPROTECT_USER: "alice", PPROTECT_PASSPHRASE: "open sesame" };

const template = scratchFolder();

beforeAll(async () => {
	let file = KeyFile.create();
	for (const name of ["alice", "bob"]) {
		const creds = new Creds(name, ENVIRONMENT.PPROTECT_PASSPHRASE);
		file = file.addKeyCustodian(await createCustodianKey(creds, CHEAP));
	}
	for (const domain of DOMAINS) {
		file = file.addDomain(domain, "alice");
		for (const secret of ["s1", "s2", "s3"]) {
			file = file.addSecret(domain, `${domain}-${secret}`, secret);
		}
	}
	writeFileSync(join(template, "protected.yaml"), file.encode());
	writeFileSync(join(template, "new.txt"), "new words", { mode: 0o600 });
});

/** The key derivation functions that a command ran, in order. */
function derivations(args: readonly string[]): string[] {
	const cwd = scratchFolder();
	cpSync(template, cwd, { recursive: true });
	const count = join(cwd, "count");
	const { exitCode, stderr } = Bun.spawnSync(
		[process.execPath, "--preload", PRELOAD, MAIN, ...args],
		{
			cwd,
			env: { PATH: process.env.PATH, HOME: cwd, COUNT_DERIVATIONS: count, ...ENVIRONMENT },
			stdin: "ignore",
		},
	);
	expect(exitCode, stderr.toString()).toBe(0);
	return existsSync(count) ? readFileSync(count, "utf8").trim().split("\n") : [];
}

test.each([
	{ args: ["decrypt-domain", "d1"] },
	{ args: ["decrypt-domain", "d1", "--secret", "d1-s1"] },
	{ args: ["exec", "--domain", "d1", "--", "true"] },
	{ args: ["exec", ...DOMAINS.flatMap((domain) => ["--domain", domain]), "--", "true"] },
	{ args: ["list-user-secrets"] },
	{ args: ["add-domain", "new"] },
	{ args: ["add-owner", "d1", "bob"] },
	{ args: ["rotate-domain-keys", "d1"] },
	{ args: ["rotate-domain-keys", "d1", "--confirm", "--yes"] },
	{ args: ["migrate-owner", "bob", "--yes"] },
])("once: $args", ({ args }) => {
	expect(derivations(args)).toEqual(["scrypt"]);
});

const KEY_CHANGES: readonly { args: readonly string[]; kdf: string }[] = [
	{ args: ["rekey-custodian", "--key-type", "raw", "--yes"], kdf: "raw" },
	{
		args: [
			...["set-key-custodian-passphrase", "--new-passphrase-file", "new.txt"],
			...["--key-type", "fast", "--kdf", "argon2id", "--confirm", "--yes"],
		],
		kdf: "argon2id",
	},
];

test.each(KEY_CHANGES)("once for the present key and once for the new: $args", ({ args, kdf }) => {
	expect(derivations([...args, "--non-interactive"])).toEqual(["scrypt", kdf]);
});

test.each([
	{ args: ["add-secret", "d1", "new", "--value-file", "new.txt"] },
	{ args: ["update-secret", "d1", "d1-s1", "--value-file", "new.txt"] },
	{ args: ["rm-secret", "d1", "d1-s1"] },
	{ args: ["rm-domain", "d1"] },
	{ args: ["list-all-secrets"] },
	{ args: ["list-audit-log"] },
])("never: $args", ({ args }) => {
	expect(derivations(args)).toEqual([]);
});
