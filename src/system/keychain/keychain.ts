/**
 * The keychain of the user's system: Keychain of macOS, a Secret Service on Linux, the Credential
 * Manager of Windows. An account is `EMAIL FINGERPRINT`; what is kept for it is a passphrase.
 */
import { ProtectError } from "../../errors.ts";

export interface Keychain {
	/**
	 * The passphrase of the first of the accounts that has one.
	 *
	 * @throws KeychainError, as every method here does.
	 */
	get(accounts: readonly string[]): Promise<string | undefined>;
	/** Those of the accounts that have a passphrase. */
	held(accounts: readonly string[]): Promise<string[]>;
	set(account: string, passphrase: string): Promise<void>;
	/** Takes the accounts out, and returns those that were there. */
	remove(accounts: readonly string[]): Promise<string[]>;
	/** Every account of pprotect's. */
	list(): Promise<string[]>;
}

/** A keychain that is not there, is locked, or does not answer. */
export class KeychainError extends ProtectError {
	override readonly name = "KeychainError";
}

/** What pprotect's entries have in common. */
export const SERVICE = "pprotect";

/** Whether an entry of the service is ours, and not one that the user made for a command of theirs. */
export function isAccount(name: string): boolean {
	return / [0-9a-f]{4}(?:-[0-9a-f]{4}){4}$/.test(name);
}
