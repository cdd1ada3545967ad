/** A protected file with names of every kind, and the keys of its custodians. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Creds } from "../../src/model/creds.ts";
import type { UnlockedCustodian } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import passphrases from "./sample.json" with { type: "json" };

/** Raw keys, so that unlocking them costs nothing; alice owns all domains. */
export const PASSPHRASES: ReadonlyMap<string, string> = new Map(Object.entries(passphrases));

/** A domain whose name takes a question mark. */
export const LONG_DOMAIN =
	"a domain with so long a name that its key needs a question mark, because YAML has no more than a hundred and twenty-two of them";

export const sampleText = readFileSync(join(import.meta.dir, "seeds/sample.yaml"), "utf8");

const sample = KeyFile.parse(sampleText);

/** The custodians of the sample, unlocked; good for every file that has them. */
export const unlocked: ReadonlyMap<string, UnlockedCustodian> = new Map(
	await Promise.all(
		[...PASSPHRASES].map(
			async ([name, passphrase]) =>
				[name, await sample.unlock(new Creds(name, passphrase))] as const,
		),
	),
);

/** @throws TypeError for a name that is not in the sample. */
export function unlockedCustodian(name: string): UnlockedCustodian {
	const custodian = unlocked.get(name);
	if (custodian === undefined) throw new TypeError(`${name} is not in the sample`);
	return custodian;
}

let seconds = 0;

/** A clock that gives every log entry a time of its own: equal ones could stand for each other. */
export function now(): Date {
	seconds++;
	return new Date(Date.UTC(2030, 0, 1) + seconds * 1000);
}
