/** What the keychain remembers: passphrases of custodians, each under their name and key. */
import { ProtectError } from "../errors.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";
import { KEYCHAIN, type Sourced } from "../system/credentials.ts";
import { gitEmail } from "../system/git/email.ts";
import { type Keychain, KeychainError } from "../system/keychain/keychain.ts";
import { BRIEFLY, keychainWithin, mayHaveKeychain } from "../system/keychain/limited.ts";

/** Names and their keys, as a file has them. */
export type Custodians = ReadonlyMap<string, string>;

/**
 * The account of the custodian's present key, so that neither two files nor a key before and after
 * a change mix.
 *
 * @throws ProtectError where there is no such key, or none that can be read.
 */
export function accountOf(name: string, custodians: Custodians): string {
	return `${name} ${custodianFingerprint(custodians.get(name) ?? "")}`;
}

/** The user, as Git knows them, where the file at `path` has them as a custodian. */
export function gitCustodian(
	path: string,
	...versions: readonly Custodians[]
): Sourced | undefined {
	const value = gitEmail(path);
	if (value === undefined || !versions.some((custodians) => custodians.has(value)))
		return undefined;
	return { value, source: "git's user.email" };
}

/** A user's passphrase for a key that one of the versions of a file has. */
export async function recall(
	user: Sourced | undefined,
	path: string,
	versions: readonly Custodians[],
): Promise<{ user: Sourced; passphrase: Sourced } | undefined> {
	if (!mayHaveKeychain()) return undefined;
	const known = user ?? gitCustodian(path, ...versions);
	if (!known) return undefined;
	const accounts = accountsOf(known.value, versions);
	if (accounts.length === 0) return undefined;
	const value = await ifAnswered((keychain) => keychain.get(accounts));
	return value === undefined ? undefined : { user: known, passphrase: { value, source: KEYCHAIN } };
}

/** Those of the custodians whose passphrase is remembered; undefined where nobody can tell. */
export async function rememberedAmong(custodians: Custodians): Promise<string[] | undefined> {
	if (!mayHaveKeychain()) return undefined;
	const names = [...custodians.keys()];
	const accounts = names.flatMap((name) => accountsOf(name, [custodians]));
	const held = await ifAnswered((keychain) => keychain.held(accounts));
	return (
		held && names.filter((name) => accountsOf(name, [custodians]).some((one) => held.includes(one)))
	);
}

/** Takes a custodian's passphrase out, where it is there and the keychain answers soon. */
export async function forgetQuietly(name: string, custodians: Custodians): Promise<boolean> {
	const accounts = accountsOf(name, [custodians]);
	if (!mayHaveKeychain() || accounts.length === 0) return false;
	const removed = await ifAnswered((keychain) => keychain.remove(accounts));
	return removed !== undefined && removed.length > 0;
}

/** Puts a custodian's passphrase in; false where the keychain does not take it. */
export async function rememberQuietly(
	name: string,
	custodians: Custodians,
	passphrase: string,
): Promise<boolean> {
	const [account] = accountsOf(name, [custodians]);
	if (account === undefined) return false;
	const isPut = await ifAnswered(async (keychain) => {
		await keychain.set(account, passphrase);
		return true;
	});
	return isPut === true;
}

function accountsOf(name: string, versions: readonly Custodians[]): string[] {
	const accounts = versions.flatMap((custodians) => readableAccount(name, custodians) ?? []);
	return [...new Set(accounts)];
}

function readableAccount(name: string, custodians: Custodians): string | undefined {
	try {
		return accountOf(name, custodians);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

/** Whoever can ask the user instead goes on without a word. */
async function ifAnswered<Answer>(
	ask: (keychain: Keychain) => Promise<Answer>,
): Promise<Answer | undefined> {
	try {
		return await ask(keychainWithin(BRIEFLY));
	} catch (error) {
		if (error instanceof KeychainError) return undefined;
		throw error;
	}
}
