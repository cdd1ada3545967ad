/**
 * A protected file as a value. Every change returns a new KeyFile that remembers the text it
 * came from, so that `encode` can touch nothing but what changed. No I/O.
 */

import { wipe } from "../crypto/bytes.ts";
import { memoryOf } from "../crypto/key-derivation.ts";
import type { KeyPair } from "../crypto/x25519.ts";
import { CredentialsError, DecryptionError, NameError, ProtectError } from "../errors.ts";
import { compareCodePoints } from "../format/code-points.ts";
import type { DomainData, FileData, ProtectedText } from "../format/data.ts";
import { encodeEnvelope } from "../format/envelope.ts";
import { foldingFor } from "../format/folding.ts";
import { decodePwdkm, kdfsOf } from "../format/pwdkm.ts";
import { shellNames } from "../format/quote.ts";
import { readProtected } from "../format/read.ts";
import { writeProtected } from "../format/write.ts";
import { auditEntry, auditText, splitTruncation, truncationEntry } from "./audit-log.ts";
import { Creds } from "./creds.ts";
import {
	createDomain,
	openDomainKey,
	openDomainKeyFast,
	openSecret,
	openSecrets,
	rotateKey,
	withOwner,
	withoutOwner,
	withoutSecrets,
	withSecrets,
} from "./domain.ts";
import { type CustodianKey, type UnlockedCustodian, unlockCustodian } from "./key-custodian.ts";
import { assertCustodianName, assertDomainName, assertSecretName } from "./names.ts";
import type { SecretChanges } from "./secret-changes.ts";

/** What may be said of a file beside its bytes. */
export interface KeyFileOptions {
	/** Names the file in errors; `protected.yaml` unless given. */
	readonly path?: string;
	/** The clock of the audit log. */
	readonly now?: () => Date;
}

export class KeyFile {
	readonly path: string;
	readonly data: FileData;
	readonly #source: ProtectedText | undefined;
	readonly #now: () => Date;

	private constructor(
		data: FileData,
		source: ProtectedText | undefined,
		{ path = "protected.yaml", now = () => new Date() }: KeyFileOptions,
	) {
		this.data = data;
		this.#source = source;
		this.path = path;
		this.#now = now;
	}

	/** A file with nobody and nothing in it but the log's first entry. */
	static create(options: KeyFileOptions = {}): KeyFile {
		const empty = { domains: new Map(), custodians: new Map(), auditLog: [] };
		return new KeyFile(empty, undefined, options).#with({}, auditText.created());
	}

	/**
	 * Reads the bytes or the text of a protected file.
	 *
	 * @throws FormatError with the line of what is wrong.
	 */
	static parse(contents: Uint8Array | string, options: KeyFileOptions = {}): KeyFile {
		const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
		const source = readProtected(bytes, options.path ?? "protected.yaml");
		return new KeyFile(source.data, source, options);
	}

	/**
	 * The file's bytes: those that were read, with the lines of the changes edited in place.
	 *
	 * @throws ProtectError if the new text does not say exactly what it should: a bug.
	 */
	encode(): Uint8Array {
		return writeProtected(this.#source, this.data, this.path);
	}

	// Reading, without credentials

	/** By code point. */
	get domainNames(): string[] {
		return toSortedNames(this.data.domains);
	}

	get custodianNames(): string[] {
		return toSortedNames(this.data.custodians);
	}

	get auditLog(): readonly string[] {
		return this.data.auditLog;
	}

	/** @throws NameError for an unknown domain. */
	secretNames(domain: string): string[] {
		return toSortedNames(this.#domain(domain).secrets);
	}

	/** @throws NameError for an unknown domain. */
	ownerNames(domain: string): string[] {
		return toSortedNames(this.#domain(domain).owners);
	}

	/** Every secret's name with the domains that hold one, both by code point. */
	allSecretNames(): Map<string, string[]> {
		const domainsOf = new Map<string, string[]>();
		for (const domain of this.domainNames) {
			for (const secret of this.#domain(domain).secrets.keys()) {
				const domains = domainsOf.get(secret);
				if (domains) domains.push(domain);
				else domainsOf.set(secret, [domain]);
			}
		}
		return new Map(toSortedNames(domainsOf).map((name) => [name, domainsOf.get(name) ?? []]));
	}

	/** The domains that the custodian owns, in the file's order. */
	domainsOwnedBy(custodian: string): string[] {
		return [...this.data.domains]
			.filter(([, domain]) => domain.owners.has(custodian))
			.map(([name]) => name);
	}

	/**
	 * The key derivation that a new key gets here: scrypt, unless the Python tool can read the file
	 * and seems to be in use. It refuses a whole file that holds a scrypt key, and a team that runs
	 * it must not be locked out. Argon2id keys tell that, or else the folding that it writes in.
	 */
	get defaultKdf(): "scrypt" | "argon2id" {
		if (!this.isReadByPythonTool) return "scrypt";
		if (kdfsOf(this.data.custodians).has("argon2id")) return "argon2id";
		return foldingFor(this.#source, this.data) === "wrapped" ? "argon2id" : "scrypt";
	}

	/** Whether the first scrypt key would keep the Python tool from reading a file that is in use. */
	get isReadByPythonTool(): boolean {
		const kdfs = kdfsOf(this.data.custodians);
		return kdfs.size > 0 && !kdfs.has("scrypt");
	}

	/** What `unlock` holds in memory for this custodian, in bytes; 0 for an unknown one. */
	memoryToUnlock(custodian: string): number {
		const pwdkm = this.data.custodians.get(custodian);
		return pwdkm === undefined ? 0 : memoryOf(decodePwdkm(pwdkm).kdf);
	}

	// Reading, with credentials

	/**
	 * Checks the credentials. This is the slow step, done once: what it returns opens all that
	 * the custodian owns.
	 *
	 * @throws CredentialsError for a wrong name or passphrase.
	 */
	unlock(creds: Creds): Promise<UnlockedCustodian> {
		return unlockCustodian(creds, this.data.custodians.get(creds.name));
	}

	/**
	 * The values of a domain, by secret name in the order of code points: of all its secrets,
	 * or of those in `only`. With credentials the custodian is unlocked first.
	 *
	 * @throws NameError for an unknown domain or secret, or if the custodian is no owner.
	 * @throws CredentialsError for a wrong name or passphrase.
	 * @throws DecryptionError if any of them does not open: nothing is returned then.
	 */
	decryptDomain(
		name: string,
		custodian: UnlockedCustodian,
		only?: readonly string[],
	): Map<string, string>;
	decryptDomain(name: string, creds: Creds, only?: readonly string[]): Promise<Map<string, string>>;
	decryptDomain(
		name: string,
		who: UnlockedCustodian | Creds,
		only?: readonly string[],
	): Map<string, string> | Promise<Map<string, string>> {
		if (who instanceof Creds) {
			return this.#unlockAndDecrypt(name, who, only);
		}
		return this.#decryptDomain(name, who, only);
	}

	async #unlockAndDecrypt(
		name: string,
		creds: Creds,
		only?: readonly string[],
	): Promise<Map<string, string>> {
		const custodian = await this.unlock(creds);
		try {
			return await this.decryptDomainFast(name, custodian, only);
		} finally {
			wipe(custodian.keyPair.privateKey);
		}
	}

	/** As {@link decryptDomain}, with WebCrypto where the runtime has it; the values are the same. */
	async decryptDomainFast(
		name: string,
		custodian: UnlockedCustodian,
		only?: readonly string[],
	): Promise<Map<string, string>> {
		const boxes = this.#boxes(name, only);
		this.#assertPresentKey(custodian);
		const domain = this.#domain(name);
		const keyPair = await openDomainKeyFast(name, domain, custodian);
		try {
			assertOwnKey(name, domain, custodian, keyPair);
			return await openSecrets(name, boxes, keyPair);
		} finally {
			wipe(keyPair.privateKey);
		}
	}

	#boxes(name: string, only?: readonly string[]): [secret: string, box: string][] {
		const domain = this.#domain(name);
		return (only ?? toSortedNames(domain.secrets)).map((secret) => [
			secret,
			this.#secret(name, secret),
		]);
	}

	#decryptDomain(
		name: string,
		custodian: UnlockedCustodian,
		only?: readonly string[],
	): Map<string, string> {
		const boxes = this.#boxes(name, only);
		return this.#withDomainKey(
			name,
			custodian,
			(keyPair) =>
				new Map(boxes.map(([secret, box]) => [secret, openSecret(name, secret, box, keyPair)])),
		);
	}

	// Secrets: no credentials needed

	/** @throws NameError for an unknown domain or a secret that is there; ProtectError for a bad name. */
	addSecret(domain: string, secret: string, value: string): KeyFile {
		this.assertNewSecret(domain, secret);
		return this.#withSecret(domain, secret, value, auditText.addedSecret(secret, domain));
	}

	/** @throws as addSecret does, before a value is asked for. */
	assertNewSecret(domain: string, secret: string): void {
		if (this.#domain(domain).secrets.has(secret)) {
			throw new NameError(`secret ${secret} already exists in ${domain}`, {
				hint: "to change its value: pprotect update-secret",
				libraryHint: "to change its value: updateSecret, or setSecret, which does either",
			});
		}
		assertSecretName(secret);
	}

	/** @throws NameError for an unknown domain or secret. */
	updateSecret(domain: string, secret: string, value: string): KeyFile {
		this.assertSecret(domain, secret);
		return this.#withSecret(domain, secret, value, auditText.updatedSecret(secret, domain));
	}

	/** @throws NameError for an unknown domain or secret. */
	assertSecret(domain: string, secret: string): void {
		this.#secret(domain, secret);
	}

	/** Adds the secret or updates it. */
	setSecret(domain: string, secret: string, value: string): KeyFile {
		return this.#withSecret(domain, secret, value, auditText.setSecret(secret, domain));
	}

	/** @throws NameError for an unknown domain or secret. */
	removeSecret(domain: string, secret: string): KeyFile {
		this.#secret(domain, secret);
		const changed = withoutSecrets(this.#domain(domain), new Set([secret]));
		return this.#withDomain(domain, changed, auditText.removedSecret(secret, domain));
	}

	/**
	 * Gives a secret another name, under which the same sealed box stands: the box does not hold
	 * its name.
	 *
	 * @throws NameError for an unknown domain or secret, or a name that is taken; ProtectError for a
	 *   bad name.
	 */
	renameSecret(domain: string, secret: string, name: string): KeyFile {
		const box = this.#secret(domain, secret);
		this.assertNewSecret(domain, name);
		const before = this.#domain(domain);
		const secrets = new Map(withoutSecrets(before, new Set([secret])).secrets).set(name, box);
		const entries = [auditText.removedSecret(secret, domain), auditText.addedSecret(name, domain)];
		const domains = new Map(this.data.domains).set(domain, { ...before, secrets });
		return this.#with({ domains }, ...entries);
	}

	/**
	 * Adds a secret of the domain `from` to the domain `to`, on the word of an owner of the first;
	 * with `update` over one that is there.
	 *
	 * @throws NameError for an unknown domain or secret, the same domain twice, a secret that is
	 *   there, or if the acting custodian is no owner; DecryptionError if it does not open.
	 */
	copySecret(
		secret: string,
		from: string,
		to: string,
		acting: UnlockedCustodian,
		{ update = false }: { readonly update?: boolean } = {},
	): KeyFile {
		const box = this.#secret(from, secret);
		if (from === to) throw new NameError(`${from} is both the domain to copy from and to`);
		const isThere = this.#domain(to).secrets.has(secret);
		if (isThere && !update) {
			throw new NameError(`secret ${secret} already exists in ${to}`, {
				hint: "to change it: --update",
				libraryHint: "to change it: the option { update: true }",
			});
		}
		const value = this.#withDomainKey(from, acting, (keyPair) =>
			openSecret(from, secret, box, keyPair),
		);
		const words = isThere ? auditText.updatedSecret : auditText.addedSecret;
		// Whoever knew the one knows the other, which nothing else in the file shows.
		const copied = auditText.copiedSecret(secret, from, to);
		return this.#withSecret(to, secret, value, copied, words(secret, to));
	}

	#withSecret(
		domain: string,
		secret: string,
		value: string,
		...entries: readonly string[]
	): KeyFile {
		assertSecret(secret, value);
		const changed = withSecrets(this.#domain(domain), new Map([[secret, value]]));
		return this.#withDomain(domain, changed, ...entries);
	}

	/**
	 * Makes several changes to a domain's secrets, each with its log entry: what is there and should
	 * be is updated, what is gone stays so.
	 *
	 * @throws NameError for an unknown domain; ProtectError for a bad name.
	 */
	changeSecrets(name: string, { set, removed }: SecretChanges): KeyFile {
		const domain = this.#domain(name);
		for (const [secret, value] of set) assertSecret(secret, value);
		const present = (secret: string) => domain.secrets.has(secret);
		const entries = [
			...[...removed].filter(present).map((secret) => auditText.removedSecret(secret, name)),
			...Array.from(set.keys(), (secret) =>
				(present(secret) ? auditText.updatedSecret : auditText.addedSecret)(secret, name),
			),
		];
		return this.#withDomain(name, withSecrets(withoutSecrets(domain, removed), set), ...entries);
	}

	// Custodians

	/** @throws NameError if the custodian is there already. */
	addKeyCustodian(key: CustodianKey): KeyFile {
		this.assertNewCustodian(key.name);
		const custodians = new Map(this.data.custodians).set(key.name, key.pwdkm);
		const words = key.kdf === "raw" ? auditText.createdRawCustodian : auditText.createdCustodian;
		return this.#with({ custodians }, words(key.name));
	}

	/** @throws as addKeyCustodian does, before a passphrase is asked for. */
	assertNewCustodian(name: string): void {
		assertCustodianName(name);
		if (!this.data.custodians.has(name)) return;
		throw new NameError(`key custodian ${name} already exists`);
	}

	/** Puts a custodian's new key in the place of their old one, and reseals to it all that they own. */
	setPassphrase(current: UnlockedCustodian, key: CustodianKey): KeyFile {
		return this.#replaceKey(current, key, auditText.updatedPassphrase);
	}

	/** As setPassphrase does, for a key of another type. */
	rekeyCustodian(current: UnlockedCustodian, key: CustodianKey): KeyFile {
		return this.#replaceKey(current, key, auditText.rekeyedCustodian);
	}

	#replaceKey(
		current: UnlockedCustodian,
		{ pwdkm }: CustodianKey,
		words: (custodian: string, domains: readonly string[]) => string,
	): KeyFile {
		this.#assertPresentKey(current);
		const domains = new Map(this.data.domains);
		const owned = this.domainsOwnedBy(current.name);
		for (const name of owned) {
			domains.set(name, this.#sealedTo(name, current.name, pwdkm, current));
		}
		const custodians = new Map(this.data.custodians).set(current.name, pwdkm);
		return this.#with({ custodians, domains }, words(current.name, owned));
	}

	/** @throws NameError for an unknown custodian. */
	assertCustodian(name: string): void {
		this.#pwdkm(name);
	}

	/**
	 * Removes a custodian, and their entry from all that they own.
	 *
	 * @throws NameError for an unknown custodian, or the last owner of a domain.
	 */
	removeKeyCustodian(name: string): KeyFile {
		this.#pwdkm(name);
		const owned = this.domainsOwnedBy(name);
		const domains = new Map(this.data.domains);
		for (const domain of owned) {
			this.#assertNotLastOwner(domain, name);
			domains.set(domain, withoutOwner(this.#domain(domain), name));
		}
		const custodians = new Map(this.data.custodians);
		custodians.delete(name);
		return this.#with({ domains, custodians }, auditText.removedCustodian(name, owned));
	}

	// Domains and owners

	/** @throws NameError if the domain is there or the owner is no custodian; ProtectError for a bad name. */
	addDomain(name: string, owner: string): KeyFile {
		this.assertNewDomain(name);
		const domain = createDomain(owner, this.#pwdkm(owner));
		return this.#withDomain(name, domain, auditText.createdDomain(name, owner));
	}

	/** @throws as addDomain does. */
	assertNewDomain(name: string): void {
		assertDomainName(name);
		if (this.data.domains.has(name)) throw new NameError(`domain ${name} already exists`);
	}

	/** @throws NameError for an unknown domain. */
	removeDomain(name: string): KeyFile {
		this.#domain(name);
		const domains = new Map(this.data.domains);
		domains.delete(name);
		return this.#with({ domains }, auditText.deletedDomain(name));
	}

	/**
	 * Makes a custodian an owner, on the word of one who is. One who is already gets their entry
	 * anew, which mends one that no longer opens.
	 *
	 * @throws NameError for an unknown domain or custodian, or if the acting custodian is no owner.
	 */
	addOwner(name: string, owner: string, acting: UnlockedCustodian): KeyFile {
		// An unknown domain is told before an unknown custodian.
		this.#domain(name);
		const changed = this.#sealedTo(name, owner, this.#pwdkm(owner), acting);
		return this.#withDomain(name, changed, auditText.addedOwner(acting.name, owner, name));
	}

	/** @throws NameError for an unknown domain, one who is no owner, or the last owner. */
	removeOwner(name: string, owner: string): KeyFile {
		const domain = this.#domain(name);
		find(domain.owners, owner, "owner", ` of ${name}`);
		this.#assertNotLastOwner(name, owner);
		const changed = withoutOwner(domain, owner);
		return this.#withDomain(name, changed, auditText.removedOwner(owner, name));
	}

	#assertNotLastOwner(name: string, owner: string): void {
		if (this.#domain(name).owners.size > 1) return;
		throw new NameError(
			`${owner} is the last owner of ${name}: without an owner its secrets would be lost`,
			{
				hint: `add another first: pprotect add-owner ${shellNames(name)}`,
				libraryHint: "add another first: addOwner",
			},
		);
	}

	/**
	 * Makes a custodian an owner of all that the acting one owns, or of the domains in `only`.
	 *
	 * @returns this same file where there is nothing to add.
	 * @throws NameError for an unknown custodian or domain, or one of `only` that the acting
	 *   custodian does not own.
	 */
	migrateOwner(owner: string, acting: UnlockedCustodian, only?: readonly string[]): KeyFile {
		const pwdkm = this.#pwdkm(owner);
		const missing = (only ?? this.domainsOwnedBy(acting.name)).filter(
			(name) => !this.#domain(name).owners.has(owner),
		);
		if (missing.length === 0) return this;
		const domains = new Map(this.data.domains);
		for (const name of missing) {
			domains.set(name, this.#sealedTo(name, owner, pwdkm, acting));
		}
		const entries = missing.map((name) => auditText.addedOwner(acting.name, owner, name));
		return this.#with({ domains }, ...entries);
	}

	/**
	 * Seals a domain's values to a fresh key pair, which its owners get.
	 *
	 * @throws NameError for an unknown domain, or if the acting custodian is no owner.
	 */
	rotateDomainKey(name: string, acting: UnlockedCustodian): KeyFile {
		const rotated = this.#withDomainKey(name, acting, (old) =>
			rotateKey(name, this.#domain(name), old, this.data.custodians),
		);
		return this.#withDomain(name, rotated, auditText.rotatedKey(name));
	}

	// Audit log

	/**
	 * Keeps the newest `keep` entries, behind a line that counts all that were ever removed.
	 *
	 * @returns this same file where there are no more than that.
	 */
	truncateAuditLog(keep: number): KeyFile {
		const { truncated, entries } = splitTruncation(this.data.auditLog);
		const excess = entries.length - keep;
		if (excess <= 0) return this;
		const auditLog = [truncationEntry(truncated + excess), ...entries.slice(excess)];
		const options = { path: this.path, now: this.#now };
		return new KeyFile({ ...this.data, auditLog }, this.#source, options);
	}

	/** The domain with its key sealed to `owner`, on the word of `acting`. */
	#sealedTo(name: string, owner: string, pwdkm: string, acting: UnlockedCustodian): DomainData {
		return this.#withDomainKey(name, acting, (keyPair) =>
			withOwner(this.#domain(name), owner, pwdkm, keyPair),
		);
	}

	/**
	 * What `use` makes of the domain's key pair, which is wiped afterwards.
	 *
	 * @throws DecryptionError also where the file's public key is not the one that belongs to it:
	 *   what is sealed to that is for whoever put it there.
	 */
	#withDomainKey<Result>(
		name: string,
		custodian: UnlockedCustodian,
		use: (keyPair: KeyPair) => Result,
	): Result {
		this.#assertPresentKey(custodian);
		const domain = this.#domain(name);
		const keyPair = openDomainKey(name, domain, custodian);
		try {
			assertOwnKey(name, domain, custodian, keyPair);
			return use(keyPair);
		} finally {
			wipe(keyPair.privateKey);
		}
	}

	/** @throws CredentialsError if the custodian was removed or has another key by now. */
	#assertPresentKey(custodian: UnlockedCustodian): void {
		if (this.data.custodians.get(custodian.name) === custodian.pwdkm) return;
		throw new CredentialsError(
			`the key of ${custodian.name} was changed in ${this.path} meanwhile`,
			{
				hint: "run the command again with their present passphrase",
				libraryHint: "unlock them in the file as it is now, with their present passphrase",
			},
		);
	}

	#domain(name: string): DomainData {
		return find(this.data.domains, name, "domain");
	}

	#secret(domain: string, secret: string): string {
		return find(this.#domain(domain).secrets, secret, "secret", ` in domain ${domain}`);
	}

	#pwdkm(custodian: string): string {
		return find(this.data.custodians, custodian, "key custodian");
	}

	#withDomain(name: string, domain: DomainData, ...entries: readonly string[]): KeyFile {
		return this.#with({ domains: new Map(this.data.domains).set(name, domain) }, ...entries);
	}

	/** This file with the changed parts, and the log entries that tell of them. */
	#with(changed: Partial<FileData>, ...entries: readonly string[]): KeyFile {
		const time = this.#now();
		const added = entries.map((entry) => auditEntry(time, entry));
		const auditLog = [...this.data.auditLog, ...added];
		const data = { ...this.data, ...changed, auditLog };
		return new KeyFile(data, this.#source, { path: this.path, now: this.#now });
	}
}

/** @throws ProtectError for a bad name, and a value that is no Unicode text. */
function assertSecret(name: string, value: string): void {
	assertSecretName(name);
	if (!value.isWellFormed()) throw new ProtectError("a secret's value must be Unicode text");
}

/** @throws NameError that says which names there are. */
function find<Value>(
	map: ReadonlyMap<string, Value>,
	name: string,
	kind: string,
	where = "",
): Value {
	const value = map.get(name);
	if (value !== undefined) return value;
	const known =
		map.size === 0
			? `there are no ${kind}s yet`
			: `known ${kind}s: ${toSortedNames(map).join(", ")}`;
	throw new NameError(`no ${kind} named ${JSON.stringify(name)}${where}`, known);
}

function toSortedNames(map: ReadonlyMap<string, unknown>): string[] {
	return [...map.keys()].sort(compareCodePoints);
}

/** @throws DecryptionError where the file's public key is not the one that belongs to `keyPair`. */
function assertOwnKey(
	domain: string,
	{ publicKey }: DomainData,
	{ name }: UnlockedCustodian,
	keyPair: KeyPair,
): void {
	if (encodeEnvelope(keyPair.publicKey) === publicKey) return;
	throw new DecryptionError(
		`the public key of domain ${domain} is not that of the private key which ${name} holds: somebody changed it, and can read what was sealed to it since`,
		{
			hint: "restore the public key from version control, then set again what was set since; pprotect check --decrypt tells more",
			libraryHint: "restore the public key from version control, then set again what was set since",
		},
	);
}
