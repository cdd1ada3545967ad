/** The keychain itself, as the runtime has it; only the helper process calls it. */
import { isAccount, type Keychain, SERVICE } from "./keychain.ts";

/** What the runtime does for us: `Bun.secrets`, which says nothing of a locked entry. */
export interface Secrets {
	get(entry: Entry): Promise<string | null>;
	set(entry: Entry & { readonly value: string }): Promise<void>;
	delete(entry: Entry): Promise<boolean>;
}

interface Entry {
	readonly service: string;
	readonly name: string;
}

/** @param listNames the names of the service's entries, which the runtime cannot list. */
export function nativeKeychain(
	secrets: Secrets,
	listNames: () => Promise<readonly string[]>,
): Keychain {
	const entry = (name: string): Entry => ({ service: SERVICE, name });
	const list = async () => (await listNames()).filter(isAccount);
	const held = async (accounts: readonly string[]) => {
		const known = await list();
		return accounts.filter((account) => known.includes(account));
	};
	return {
		async get(accounts) {
			for (const account of accounts) {
				const passphrase = await secrets.get(entry(account));
				if (passphrase !== null) return passphrase;
			}
			return undefined;
		},
		held,
		set: (account, value) => secrets.set({ ...entry(account), value }),
		async remove(accounts) {
			const there = await held(accounts);
			for (const account of there) {
				if (await secrets.delete(entry(account))) continue;
				// It is locked: to be read, it is unlocked by the user.
				await secrets.get(entry(account));
				await secrets.delete(entry(account));
			}
			if ((await held(there)).length > 0) throw new Error("it is locked");
			return there;
		},
		list,
	};
}
