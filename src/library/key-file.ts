/** `KeyFile` as the library offers it: what is documented here is all there is. */
import {
	ARGON2ID_FAST,
	ARGON2ID_HARD,
	type KdfParameters,
	SCRYPT_FAST,
	SCRYPT_HARD,
} from "../crypto/key-derivation.ts";
import { ConflictError, NameError } from "../errors.ts";
import { createCustodianKey } from "../model/key-custodian.ts";
import { KeyFile as Value } from "../model/key-file.ts";
import { assertString, assertStrings, wrongArgument } from "./arguments.ts";
import { type Creds, credentialsOf, isCreds } from "./creds.ts";
import type { CustodianKey, UnlockedCustodian } from "./custodians.ts";
import { withLibraryHints } from "./errors.ts";
import { handOutKey, handOutUnlocked, keyOf, unlockedOf } from "./handles.ts";
import { filePath, requireHost } from "./host.ts";

/** How a custodian's key is made of their passphrase. */
export interface KeyOptions {
	/**
	 * `hard` takes about a second and 256 MiB, `fast` a quarter of both. `raw` takes no time: its
	 * passphrase is a key, which `generateRawPassphrase` makes. `hard` unless given.
	 */
	readonly type?: "hard" | "fast" | "raw" | undefined;
	/**
	 * The derivation of `hard` and `fast`. Unless given it is scrypt, except in a file that the
	 * Python tool is in use on: that cannot read a file with a scrypt key, and gets Argon2id.
	 */
	readonly kdf?: "scrypt" | "argon2id" | undefined;
}

/**
 * A protected file as a value: every change returns a new one, whose audit log tells of it, and
 * leaves this one as it is. {@link KeyFile.update} writes such changes.
 *
 * Every method throws a `TypeError` for an argument of a wrong type.
 */
export interface KeyFile {
	/** Where the file was read from, for messages. */
	readonly path: string;

	/** The domains, by code point. */
	readonly domainNames: string[];

	/** The key custodians, by code point. */
	readonly custodianNames: string[];

	/** The audit log's entries, oldest first: `2026-11-21T17:50:49Z -- created domain …`. */
	readonly auditLog: readonly string[];

	/**
	 * The names of a domain's secrets, by code point. It takes no credentials.
	 *
	 * @param domain the domain's name
	 * @throws NameError for an unknown domain
	 * @example
	 * KeyFile.fromFile().secretNames("prod"); // ["api-token", "db-password"]
	 */
	secretNames(domain: string): string[];

	/**
	 * The custodians who can decrypt a domain, by code point.
	 *
	 * @param domain the domain's name
	 * @throws NameError for an unknown domain
	 * @example
	 * KeyFile.fromFile().ownerNames("prod"); // ["alice@example.com"]
	 */
	ownerNames(domain: string): string[];

	/**
	 * Every secret's name with the domains that hold one, both by code point.
	 *
	 * @example
	 * KeyFile.fromFile().allSecretNames().get("db-password"); // ["dev", "prod"]
	 */
	allSecretNames(): Map<string, string[]>;

	/**
	 * The domains that a custodian owns, in the file's order; none for an unknown custodian.
	 *
	 * @param custodian the custodian's name
	 * @example
	 * KeyFile.fromFile().domainsOwnedBy("alice@example.com"); // ["dev", "prod"]
	 */
	domainsOwnedBy(custodian: string): string[];

	/**
	 * Checks credentials. This is the slow step, to be done once: the outcome opens all that the
	 * custodian owns, in this file and in later versions of it.
	 *
	 * @param creds the custodian's name and passphrase
	 * @throws CredentialsError for a wrong name or passphrase
	 * @example
	 * const alice = await file.unlock(Creds.fromEnv());
	 */
	unlock(creds: Creds): Promise<UnlockedCustodian>;

	/**
	 * The values of a domain, by secret name: of all its secrets, or of those in `only`.
	 *
	 * @param domain the domain's name
	 * @param custodian what {@link KeyFile.unlock} returned for one of its owners
	 * @param only names of secrets, all of which must be there
	 * @throws NameError for an unknown domain or secret, or where the custodian is not an owner
	 * @throws CredentialsError where the custodian's key was changed in the file
	 * @throws DecryptionError where one of them does not open: then none is returned
	 * @example
	 * file.decryptDomain("prod", alice, ["db-password"]).get("db-password");
	 */
	decryptDomain<const Name extends string = string>(
		domain: string,
		custodian: UnlockedCustodian,
		only?: readonly Name[],
	): Map<Name, string>;

	/**
	 * As above, and unlocks the custodian first.
	 *
	 * @param domain the domain's name
	 * @param creds the name and passphrase of one of its owners
	 * @param only names of secrets, all of which must be there
	 * @throws CredentialsError for a wrong name or passphrase; and as above
	 * @example
	 * const secrets = await KeyFile.fromFile().decryptDomain("prod", Creds.fromEnv());
	 */
	decryptDomain<const Name extends string = string>(
		domain: string,
		creds: Creds,
		only?: readonly Name[],
	): Promise<Map<Name, string>>;

	/**
	 * Adds a secret. It takes no credentials.
	 *
	 * @param domain the domain's name
	 * @param secret a new name: a letter, then letters, digits, `-` and `_`
	 * @param value any text
	 * @throws NameError for an unknown domain, or a secret that is there
	 * @throws ProtectError for a name that no secret may have
	 * @example
	 * await KeyFile.update(path, (file) => file.addSecret("prod", "api-token", token));
	 */
	addSecret(domain: string, secret: string, value: string): KeyFile;

	/**
	 * Gives a secret another value. It takes no credentials.
	 *
	 * @param domain the domain's name
	 * @param secret the name of one of its secrets
	 * @param value any text
	 * @throws NameError for an unknown domain or secret
	 * @example
	 * await KeyFile.update(path, (file) => file.updateSecret("prod", "api-token", token));
	 */
	updateSecret(domain: string, secret: string, value: string): KeyFile;

	/**
	 * Adds a secret, or gives one that is there another value. It takes no credentials.
	 *
	 * @param domain the domain's name
	 * @param secret a name: a letter, then letters, digits, `-` and `_`
	 * @param value any text
	 * @throws NameError for an unknown domain
	 * @throws ProtectError for a name that no secret may have
	 * @example
	 * await KeyFile.update(path, (file) => file.setSecret("prod", "api-token", token));
	 */
	setSecret(domain: string, secret: string, value: string): KeyFile;

	/**
	 * Removes a secret. It takes no credentials.
	 *
	 * @param domain the domain's name
	 * @param secret the name of one of its secrets
	 * @throws NameError for an unknown domain or secret
	 * @example
	 * await KeyFile.update(path, (file) => file.removeSecret("prod", "api-token"));
	 */
	removeSecret(domain: string, secret: string): KeyFile;

	/**
	 * Gives a domain a secret of another one.
	 *
	 * @param secret its name in both
	 * @param from the domain that has it
	 * @param to the domain that gets it
	 * @param acting an owner of `from`
	 * @param options with `update`, a secret that is there gets the other's value
	 * @throws NameError for an unknown domain or secret, or one that is there, or where the acting
	 *   custodian is not an owner
	 * @throws DecryptionError where it does not open
	 * @example
	 * file.copySecret("db-password", "staging", "prod", alice);
	 */
	copySecret(
		secret: string,
		from: string,
		to: string,
		acting: UnlockedCustodian,
		options?: { readonly update?: boolean | undefined },
	): KeyFile;

	/**
	 * Adds a domain without secrets.
	 *
	 * @param domain a new name, of 128 characters at most
	 * @param owner the custodian who owns it
	 * @throws NameError where the domain is there, or the owner is not a key custodian
	 * @throws ProtectError for a name that no domain may have
	 * @example
	 * file.addDomain("staging", "alice@example.com");
	 */
	addDomain(domain: string, owner: string): KeyFile;

	/**
	 * Removes a domain with all its secrets.
	 *
	 * @param domain the domain's name
	 * @throws NameError for an unknown domain
	 * @example
	 * file.removeDomain("staging");
	 */
	removeDomain(domain: string): KeyFile;

	/**
	 * Lets a custodian decrypt a domain. An owner whose entry no longer opens gets it anew.
	 *
	 * @param domain the domain's name
	 * @param owner the custodian who becomes an owner
	 * @param acting a custodian who is one
	 * @throws NameError for an unknown domain or custodian, or where the acting one is not an owner
	 * @example
	 * file.addOwner("prod", "bob@example.com", alice);
	 */
	addOwner(domain: string, owner: string, acting: UnlockedCustodian): KeyFile;

	/**
	 * Removes an owner's entry from a domain. They can still decrypt what they know the domain's
	 * key for, until {@link KeyFile.rotateDomainKey} and new values.
	 *
	 * @param domain the domain's name
	 * @param owner one of its owners
	 * @throws NameError for an unknown domain, for one who is not an owner, and for the last owner
	 * @example
	 * file.removeOwner("prod", "bob@example.com").rotateDomainKey("prod", alice);
	 */
	removeOwner(domain: string, owner: string): KeyFile;

	/**
	 * Makes a custodian an owner of all that the acting one owns, or of some of it.
	 *
	 * @param owner the custodian who becomes an owner
	 * @param acting a custodian who owns the domains
	 * @param domains their names; all that the acting custodian owns unless given
	 * @returns this same file where there is nothing to add
	 * @throws NameError for an unknown custodian or domain, or one that the acting one does not own
	 * @example
	 * file.migrateOwner("bob@example.com", alice, ["dev", "staging"]);
	 */
	migrateOwner(owner: string, acting: UnlockedCustodian, domains?: readonly string[]): KeyFile;

	/**
	 * Seals a domain's values to a new key, which its owners get.
	 *
	 * @param domain the domain's name
	 * @param acting one of its owners
	 * @throws NameError for an unknown domain, or where the acting custodian is not an owner
	 * @throws DecryptionError where a value does not open
	 * @example
	 * file.rotateDomainKey("prod", alice);
	 */
	rotateDomainKey(domain: string, acting: UnlockedCustodian): KeyFile;

	/**
	 * Makes a key for a custodian of this file, which is not changed. This is the slow step of the
	 * three changes that take such a key; do it before {@link KeyFile.update}.
	 *
	 * @param creds the custodian's name, which the key is bound to, and their new passphrase
	 * @param options the type of the key
	 * @throws ProtectError for a name that no custodian may have; CredentialsError where a raw key is
	 *   due and the passphrase is not one
	 * @example
	 * const passphrase = generateRawPassphrase();
	 * const key = await file.createCustodianKey(new Creds("ci@example.com", passphrase), { type: "raw" });
	 */
	createCustodianKey(creds: Creds, options?: KeyOptions): Promise<CustodianKey>;

	/**
	 * Adds a key custodian, who owns nothing yet.
	 *
	 * @param key what {@link KeyFile.createCustodianKey} returned
	 * @throws NameError where the custodian is there already
	 * @example
	 * file.addKeyCustodian(key).addOwner("prod", key.name, alice);
	 */
	addKeyCustodian(key: CustodianKey): KeyFile;

	/**
	 * Gives a custodian another passphrase, and seals to the new key all that they own.
	 *
	 * @param current the custodian, unlocked with the old passphrase
	 * @param key the new key, made for the same name
	 * @throws NameError where the key is another custodian's
	 * @throws CredentialsError where the custodian's key was changed in the file
	 * @example
	 * const key = await file.createCustodianKey(new Creds(alice.name, newPassphrase));
	 * await KeyFile.update(path, (current) => current.setPassphrase(alice, key));
	 */
	setPassphrase(current: UnlockedCustodian, key: CustodianKey): KeyFile;

	/**
	 * As {@link KeyFile.setPassphrase}, for a key of another type; the audit log says so.
	 *
	 * @param current the custodian, unlocked with the old passphrase
	 * @param key the new key, made for the same name
	 * @throws as setPassphrase does
	 * @example
	 * const key = await file.createCustodianKey(new Creds(ci.name, generateRawPassphrase()), { type: "raw" });
	 * await KeyFile.update(path, (current) => current.rekeyCustodian(ci, key));
	 */
	rekeyCustodian(current: UnlockedCustodian, key: CustodianKey): KeyFile;

	/**
	 * Removes a key custodian, and their entry from all that they own.
	 *
	 * @param custodian the custodian's name
	 * @throws NameError for an unknown custodian, and for the last owner of a domain
	 * @example
	 * file.removeKeyCustodian("bob@example.com");
	 */
	removeKeyCustodian(custodian: string): KeyFile;

	/**
	 * Keeps the newest entries of the audit log, behind a line that counts all removed ones.
	 *
	 * @param keep how many
	 * @returns this same file where there are no more than that
	 * @example
	 * file.truncateAuditLog(100);
	 */
	truncateAuditLog(keep: number): KeyFile;

	/**
	 * The file's bytes: those that were read, with the lines of the changes edited in place.
	 *
	 * @example
	 * const bytes = KeyFile.parse(text).setSecret("prod", "api-token", token).encode();
	 */
	encode(): Uint8Array;
}

/** Where protected files come from, and how they get to the disk. */
export interface KeyFileFunctions {
	/**
	 * The protected file at `path` as it is now.
	 *
	 * @param path a path or `file:` URL. Unless given: `PPROTECT_FILE`, else `protected.yaml` in the
	 *   working folder, else in the nearest folder above within the same Git work tree
	 * @throws ProtectedFileError where there is none
	 * @throws FormatError with the line of what is wrong
	 * @throws ProtectError where it cannot be read
	 * @example
	 * KeyFile.fromFile(new URL("protected.yaml", import.meta.url));
	 */
	fromFile(path?: string | URL): KeyFile;

	/**
	 * Writes what `change` makes of the file at `path`: in one step, and never over what somebody
	 * else wrote meanwhile. Where it returns the file that it got, nothing is written.
	 *
	 * Under Bun others wait until it is done, so `change` should be quick: unlock before. Node and
	 * Deno have no lock: where the file was changed meanwhile, `change` is called again on what is
	 * there now, a few times.
	 *
	 * @param path as for `fromFile`; undefined for the file that it finds
	 * @param change gets the file as it is, and returns it changed
	 * @returns whether the file was written
	 * @throws ConflictError where others changed the file each time
	 * @throws ProtectError where it cannot be written; what `fromFile` throws; what `change` throws
	 * @example
	 * await KeyFile.update("protected.yaml", (file) => file.setSecret("prod", "api-token", token));
	 */
	update(
		path: string | URL | undefined,
		change: (file: KeyFile) => KeyFile | Promise<KeyFile>,
	): Promise<boolean>;

	/**
	 * Reads the bytes or the text of a protected file, wherever they are from.
	 *
	 * @param contents UTF-8, as bytes or as text
	 * @throws FormatError with the line of what is wrong
	 * @example
	 * const file = KeyFile.parse(await (await fetch("/protected.yaml")).text());
	 */
	parse(contents: Uint8Array | string): KeyFile;

	/**
	 * A file with nobody and nothing in it but the audit log's first entry.
	 *
	 * @example
	 * const empty = KeyFile.create();
	 * const key = await empty.createCustodianKey(new Creds("alice@example.com", passphrase));
	 * await KeyFile.writeNew("protected.yaml", empty.addKeyCustodian(key));
	 */
	create(): KeyFile;

	/**
	 * Writes a file where there is none.
	 *
	 * @param path a path or `file:` URL
	 * @param file what it is to hold
	 * @throws ProtectedFileError where something has that name
	 * @throws ProtectError where it cannot be written
	 * @example
	 * await KeyFile.writeNew("protected.yaml", KeyFile.create().addKeyCustodian(key));
	 */
	writeNew(path: string | URL, file: KeyFile): Promise<void>;
}

/** How often `update` tries where there is no lock, and the longest pause between, in milliseconds. */
const TRIES = 10;
const MAX_PAUSE = 25;

export const KeyFile: KeyFileFunctions = Object.freeze({
	fromFile(path?: string | URL): KeyFile {
		const name = filePath(path);
		return handOut(() => Value.parse(requireHost().load(name).bytes, { path: name }));
	},

	async update(
		path: string | URL | undefined,
		change: (file: KeyFile) => KeyFile | Promise<KeyFile>,
	): Promise<boolean> {
		if (typeof change !== "function") throw wrongArgument("the change", "a function", change);
		const name = filePath(path);
		const { hasLock, update } = requireHost();
		const attempt = () =>
			update(name, async ({ bytes }) => {
				const outcome = await change(new KeyFileValue(Value.parse(bytes, { path: name })));
				return fileOf(outcome, "the outcome of the change").encode();
			});
		return withLibraryHints(() => retryConflicts(attempt, hasLock ? 1 : TRIES));
	},

	parse(contents: Uint8Array | string): KeyFile {
		if (typeof contents !== "string" && !(contents instanceof Uint8Array)) {
			throw wrongArgument("the contents", "text or a Uint8Array", contents);
		}
		// A copy: the caller may change the array.
		const copy = typeof contents === "string" ? contents : new Uint8Array(contents);
		return handOut(() => Value.parse(copy));
	},

	create(): KeyFile {
		return handOut(() => Value.create());
	},

	async writeNew(path: string | URL, file: KeyFile): Promise<void> {
		if (path === undefined) throw wrongArgument("the path", "a path or a file: URL", path);
		const name = filePath(path);
		const bytes = fileOf(file, "the file").encode();
		await withLibraryHints(() => requireHost().create(name, bytes));
	},
});

async function retryConflicts(attempt: () => Promise<boolean>, tries: number): Promise<boolean> {
	for (let left = tries - 1; ; left--) {
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof ConflictError) || left === 0) throw error;
		}
		// Random, so that of many who try none is always the late one.
		await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE));
	}
}

/** Not in the objects themselves: what they hand out is all that can be reached. */
const values = new WeakMap<object, Value>();

/** @throws TypeError for anything that is not a KeyFile of this library. */
function fileOf(file: unknown, what: string): Value {
	const value = typeof file === "object" && file !== null ? values.get(file) : undefined;
	if (value === undefined) throw wrongArgument(what, "a KeyFile", file);
	return value;
}

function handOut(make: () => Value): KeyFile {
	return new KeyFileValue(withLibraryHints(make));
}

class KeyFileValue implements KeyFile {
	readonly path: string;

	constructor(value: Value) {
		values.set(this, value);
		this.path = value.path;
		Object.freeze(this);
	}

	get domainNames(): string[] {
		return this.#value.domainNames;
	}

	get custodianNames(): string[] {
		return this.#value.custodianNames;
	}

	get auditLog(): readonly string[] {
		return [...this.#value.auditLog];
	}

	secretNames(domain: string): string[] {
		assertString("the domain", domain);
		return this.#read((file) => file.secretNames(domain));
	}

	ownerNames(domain: string): string[] {
		assertString("the domain", domain);
		return this.#read((file) => file.ownerNames(domain));
	}

	allSecretNames(): Map<string, string[]> {
		return this.#value.allSecretNames();
	}

	domainsOwnedBy(custodian: string): string[] {
		assertString("the custodian's name", custodian);
		return this.#value.domainsOwnedBy(custodian);
	}

	async unlock(creds: Creds): Promise<UnlockedCustodian> {
		const credentials = credentialsOf(creds);
		return handOutUnlocked(await this.#read((file) => file.unlock(credentials)));
	}

	decryptDomain<const Name extends string = string>(
		domain: string,
		custodian: UnlockedCustodian,
		only?: readonly Name[],
	): Map<Name, string>;
	decryptDomain<const Name extends string = string>(
		domain: string,
		creds: Creds,
		only?: readonly Name[],
	): Promise<Map<Name, string>>;
	decryptDomain(
		domain: string,
		who: UnlockedCustodian | Creds,
		only?: readonly string[],
	): Map<string, string> | Promise<Map<string, string>> {
		assertString("the domain", domain);
		if (only !== undefined) assertStrings("the names of secrets", only);
		if (isCreds(who)) {
			const credentials = credentialsOf(who);
			return this.#read((file) => file.decryptDomain(domain, credentials, only));
		}
		const custodian = unlockedOf(who, "a Creds, or ");
		return this.#read((file) => file.decryptDomain(domain, custodian, only));
	}

	addSecret(domain: string, secret: string, value: string): KeyFile {
		assertSecretAndValue(domain, secret, value);
		return this.#change((file) => file.addSecret(domain, secret, value));
	}

	updateSecret(domain: string, secret: string, value: string): KeyFile {
		assertSecretAndValue(domain, secret, value);
		return this.#change((file) => file.updateSecret(domain, secret, value));
	}

	setSecret(domain: string, secret: string, value: string): KeyFile {
		assertSecretAndValue(domain, secret, value);
		return this.#change((file) => file.setSecret(domain, secret, value));
	}

	removeSecret(domain: string, secret: string): KeyFile {
		assertSecret(domain, secret);
		return this.#change((file) => file.removeSecret(domain, secret));
	}

	copySecret(
		secret: string,
		from: string,
		to: string,
		acting: UnlockedCustodian,
		{ update = false }: { readonly update?: boolean | undefined } = {},
	): KeyFile {
		assertSecret(from, secret);
		assertString("the domain to copy to", to);
		const custodian = unlockedOf(acting);
		return this.#change((file) => file.copySecret(secret, from, to, custodian, { update }));
	}

	addDomain(domain: string, owner: string): KeyFile {
		assertString("the domain", domain);
		assertString("the owner's name", owner);
		return this.#change((file) => file.addDomain(domain, owner));
	}

	removeDomain(domain: string): KeyFile {
		assertString("the domain", domain);
		return this.#change((file) => file.removeDomain(domain));
	}

	addOwner(domain: string, owner: string, acting: UnlockedCustodian): KeyFile {
		assertString("the domain", domain);
		assertString("the owner's name", owner);
		const custodian = unlockedOf(acting);
		return this.#change((file) => file.addOwner(domain, owner, custodian));
	}

	removeOwner(domain: string, owner: string): KeyFile {
		assertString("the domain", domain);
		assertString("the owner's name", owner);
		return this.#change((file) => file.removeOwner(domain, owner));
	}

	migrateOwner(owner: string, acting: UnlockedCustodian, domains?: readonly string[]): KeyFile {
		assertString("the owner's name", owner);
		if (domains !== undefined) assertStrings("the domains", domains);
		const custodian = unlockedOf(acting);
		return this.#change((file) => file.migrateOwner(owner, custodian, domains));
	}

	rotateDomainKey(domain: string, acting: UnlockedCustodian): KeyFile {
		assertString("the domain", domain);
		const custodian = unlockedOf(acting);
		return this.#change((file) => file.rotateDomainKey(domain, custodian));
	}

	async createCustodianKey(
		creds: Creds,
		{ type = "hard", kdf = this.#value.defaultKdf }: KeyOptions = {},
	): Promise<CustodianKey> {
		const credentials = credentialsOf(creds);
		const parameters = kdfParameters(type, kdf);
		return handOutKey(await withLibraryHints(() => createCustodianKey(credentials, parameters)));
	}

	addKeyCustodian(key: CustodianKey): KeyFile {
		const made = keyOf(key);
		return this.#change((file) => file.addKeyCustodian(made));
	}

	setPassphrase(current: UnlockedCustodian, key: CustodianKey): KeyFile {
		const custodian = unlockedOf(current);
		const made = keyOfSame(current, key);
		return this.#change((file) => file.setPassphrase(custodian, made));
	}

	rekeyCustodian(current: UnlockedCustodian, key: CustodianKey): KeyFile {
		const custodian = unlockedOf(current);
		const made = keyOfSame(current, key);
		return this.#change((file) => file.rekeyCustodian(custodian, made));
	}

	removeKeyCustodian(custodian: string): KeyFile {
		assertString("the custodian's name", custodian);
		return this.#change((file) => file.removeKeyCustodian(custodian));
	}

	truncateAuditLog(keep: number): KeyFile {
		if (!Number.isSafeInteger(keep) || keep < 0) {
			throw wrongArgument("the number of entries", "a whole number from 0", keep);
		}
		return this.#change((file) => file.truncateAuditLog(keep));
	}

	encode(): Uint8Array {
		// A copy: the file keeps the bytes that it was read from.
		return new Uint8Array(this.#read((file) => file.encode()));
	}

	get #value(): Value {
		return fileOf(this, "this");
	}

	#read<Result>(action: (file: Value) => Result): Result {
		return withLibraryHints(() => action(this.#value));
	}

	/** This same object where nothing changed. */
	#change(action: (file: Value) => Value): KeyFile {
		const changed = this.#read(action);
		return changed === this.#value ? this : new KeyFileValue(changed);
	}
}

function assertSecret(domain: unknown, secret: unknown): void {
	assertString("the domain", domain);
	assertString("the secret's name", secret);
}

function assertSecretAndValue(domain: unknown, secret: unknown, value: unknown): void {
	assertSecret(domain, secret);
	assertString("the secret's value", value);
}

/** @throws NameError where the key was made for another name: it would not open for this one. */
function keyOfSame(current: UnlockedCustodian, key: CustodianKey): ReturnType<typeof keyOf> {
	const made = keyOf(key);
	if (made.name === current.name) return made;
	throw new NameError(
		`the new key was made for ${made.name}, and the custodian is ${current.name}`,
		"make it with the custodian's own name",
	);
}

function kdfParameters(type: unknown, kdf: unknown): KdfParameters {
	if (kdf !== "scrypt" && kdf !== "argon2id") {
		throw wrongArgument("kdf", 'either "scrypt" or "argon2id"', kdf);
	}
	switch (type) {
		case "raw":
			return { kdf: "raw" };
		case "hard":
			return kdf === "scrypt" ? SCRYPT_HARD : ARGON2ID_HARD;
		case "fast":
			return kdf === "scrypt" ? SCRYPT_FAST : ARGON2ID_FAST;
		default:
			throw wrongArgument("type", '"hard", "fast" or "raw"', type);
	}
}
