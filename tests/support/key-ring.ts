/** Every key of a made-up team: opens any version of its file, and says who was able to. */
import { generateRawPassphrase } from "../../src/crypto/key-derivation.ts";
import { ProtectError } from "../../src/errors.ts";
import { Creds } from "../../src/model/creds.ts";
import {
	type CustodianKey,
	createCustodianKey,
	type UnlockedCustodian,
} from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import type { State } from "./ledger.ts";

interface RingKey {
	readonly name: string;
	/** The same for all keys that a person had, one after the other. */
	readonly person: number;
	readonly passphrase: string;
	readonly unlocked: UnlockedCustodian;
}

/** What stands for an entry that does not open. */
export const DEAD = "(does not open)";

export class KeyRing {
	/** By pwdkm. */
	readonly #keys = new Map<string, RingKey>();
	readonly #states = new Map<string, State | undefined>();
	#people = 0;

	/** A new raw key; of a new person unless somebody's `current` one is given. */
	async make(name: string, current?: RingKey): Promise<CustodianKey> {
		const creds = new Creds(name, generateRawPassphrase());
		const key = await createCustodianKey(creds, { kdf: "raw" });
		const unlocked = await KeyFile.create().addKeyCustodian(key).unlock(creds);
		const person = current?.person ?? ++this.#people;
		this.#keys.set(key.pwdkm, { name, person, passphrase: creds.passphrase, unlocked });
		return key;
	}

	/** The key that the custodian has in this version. */
	of(file: KeyFile, name: string): RingKey | undefined {
		const pwdkm = file.data.custodians.get(name);
		return pwdkm === undefined ? undefined : this.#keys.get(pwdkm);
	}

	/** What a version holds, with every box opened; undefined where it is no protected file. */
	stateOf(text: string): State | undefined {
		if (!this.#states.has(text)) this.#states.set(text, this.#open(text));
		return this.#states.get(text);
	}

	/** The public keys that each person was given in a version. */
	holdersIn(
		text: string,
	): { readonly person: number; readonly name: string; readonly key: string }[] {
		const file = tryParse(text);
		if (!file) return [];
		return [...file.data.domains.values()].flatMap(({ publicKey, owners }) =>
			[...owners.keys()].flatMap((name) => {
				const key = this.of(file, name);
				return key ? [{ person: key.person, name, key: publicKey }] : [];
			}),
		);
	}

	#open(text: string): State | undefined {
		const file = tryParse(text);
		if (!file) return undefined;
		const state = new Map<string, string>();
		for (const [name, pwdkm] of file.data.custodians) state.set(`custodian ${name}`, pwdkm);
		for (const [domain, { publicKey, owners, secrets }] of file.data.domains) {
			state.set(`domain ${domain}`, publicKey);
			const able = [...owners.keys()].flatMap((name) => {
				const key = this.of(file, name)?.unlocked;
				const isAble = key !== undefined && opens(file, domain, key);
				state.set(`owner ${name} of ${domain}`, isAble ? "owns" : DEAD);
				return isAble ? key : [];
			});
			for (const name of secrets.keys()) {
				const values = able[0] && tryOpen(file, domain, able[0], [name]);
				state.set(`secret ${name} of ${domain}`, values?.get(name) ?? DEAD);
			}
		}
		return state;
	}
}

function opens(file: KeyFile, domain: string, key: UnlockedCustodian): boolean {
	return tryOpen(file, domain, key, []) !== undefined;
}

function tryOpen(file: KeyFile, domain: string, key: UnlockedCustodian, only: readonly string[]) {
	try {
		return file.decryptDomain(domain, key, only);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

export function tryParse(text: string): KeyFile | undefined {
	try {
		return KeyFile.parse(text);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
