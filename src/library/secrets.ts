/** An application's secrets in one call: into its environment, or as an object. */
import { NameError, ProtectError } from "../errors.ts";
import { codeName } from "../values/code-names.ts";
import { variableName } from "../values/variable-name.ts";
import { assertString, assertStrings, wrongArgument } from "./arguments.ts";
import { Creds } from "./creds.ts";
import type { UnlockedCustodian } from "./custodians.ts";
import { requireHost } from "./host.ts";
import { KeyFile } from "./key-file.ts";

/** Where secrets are read from, and for whom. */
export interface SecretsSource {
	/**
	 * The protected file: `PPROTECT_FILE` unless given; without that `protected.yaml` in the
	 * working folder, or in the nearest folder above within the same Git work tree.
	 */
	readonly file?: string | URL | undefined;
	/** Who reads: {@link Creds.load} unless given, from the environment. */
	readonly creds?: Creds | UnlockedCustodian | undefined;
}

/** What {@link loadSecrets} loads, and where to. */
export interface LoadSecretsOptions extends SecretsSource {
	readonly domain: string;
	/** Only these secrets; all of the domain unless given. */
	readonly only?: readonly string[] | undefined;
	/** Names the variables in capitals, with `_` for every character but letters and digits. */
	readonly uppercase?: boolean | undefined;
	/** Names the variables `PREFIX_NAME`. */
	readonly prefix?: string | undefined;
	/** Where the variables are set: the environment of the process unless given. */
	readonly into?: Record<string, string | undefined> | undefined;
}

/**
 * Sets a domain's secrets as environment variables, named as `pprotect exec` names them. A
 * variable that is there already gets the secret's value. All are set, or none.
 *
 * Anybody who can write the file can add a secret. So one whose variable would change what code
 * runs, such as `NODE_OPTIONS`, is an error, unless `only` asks for it.
 *
 * @param options at least the domain
 * @returns the names of the variables
 * @throws NameError for an unknown domain, or naming all secrets of `only` that are missing
 * @throws ProtectError where two secrets would be one variable, or one would change what code runs
 * @throws CredentialsError, DecryptionError, FormatError, ProtectedFileError as decrypting does
 * @example
 * import { loadSecrets } from "pprotect";
 *
 * await loadSecrets({ domain: "prod", uppercase: true, prefix: "APP", into: process.env });
 * // db-password is process.env.APP_DB_PASSWORD now.
 */
export async function loadSecrets(options: LoadSecretsOptions): Promise<string[]> {
	if (typeof options !== "object" || options === null) {
		throw wrongArgument("loadSecrets's argument", "an object with the domain", options);
	}
	const { environment, ignoresCase } = requireHost();
	const { domain, only, uppercase, prefix, into = environment } = options;
	assertString("the domain", domain);
	if (only !== undefined) assertStrings("the names of secrets", only);
	if (prefix !== undefined) assertString("the prefix", prefix);
	if (typeof into !== "object" || into === null) {
		throw wrongArgument("into", "an object of variables", into);
	}
	const file = KeyFile.fromFile(options.file);
	const names = only ?? file.secretNames(domain);
	assertAllThere(file, domain, names);
	const variables = variablesOf(names, { uppercase, prefix }, ignoresCase);
	if (only === undefined) refuseCodeNames(variables, domain, ignoresCase);
	const values = await decrypt(file, domain, names, options);
	for (const [secret, value] of values) refuseNul(secret, value);
	for (const [variable, secret] of variables) into[variable] = values.get(secret);
	return [...variables.keys()];
}

/**
 * Some secrets of a domain, by name: the type of the outcome has just the names that are asked for.
 *
 * @param domain the domain's name
 * @param names those of its secrets
 * @param source the file and the credentials, where they are not those that the environment names
 * @throws NameError for an unknown domain, or naming all secrets that are missing
 * @throws CredentialsError, DecryptionError, FormatError, ProtectedFileError as decrypting does
 * @example
 * import { readSecrets } from "pprotect";
 *
 * const secrets = await readSecrets("prod", ["db-password", "api-token"]);
 * connect(secrets["db-password"]);
 */
export async function readSecrets<const Name extends string>(
	domain: string,
	names: readonly Name[],
	source: SecretsSource = {},
): Promise<{ readonly [N in Name]: string }> {
	assertString("the domain", domain);
	assertStrings("the names of secrets", names);
	if (typeof source !== "object" || source === null) {
		throw wrongArgument("readSecrets's last argument", "an object such as { file }", source);
	}
	const file = KeyFile.fromFile(source.file);
	assertAllThere(file, domain, names);
	const values = await decrypt(file, domain, names, source);
	const secrets: { [N in Name]: string } = Object.assign(
		// Without a prototype: a secret may be named as one of its properties.
		Object.create(null),
		Object.fromEntries(values),
	);
	return Object.freeze(secrets);
}

async function decrypt(
	file: KeyFile,
	domain: string,
	names: readonly string[],
	{ creds }: SecretsSource,
): Promise<ReadonlyMap<string, string>> {
	const who = creds ?? (await Creds.load());
	// With credentials nobody has the key afterwards: it is wiped.
	return who instanceof Creds
		? await file.decryptDomain(domain, who, names)
		: file.decryptDomain(domain, who, names);
}

/** @throws NameError for an unknown domain, and one for all secrets that are missing in it. */
function assertAllThere(file: KeyFile, domain: string, names: readonly string[]): void {
	const there = file.secretNames(domain);
	const missing = [...new Set(names)].filter((name) => !there.includes(name));
	if (missing.length === 0) return;
	const list = missing.map((name) => JSON.stringify(name)).join(", ");
	throw new NameError(
		`no secret${missing.length > 1 ? "s" : ""} named ${list} in domain ${domain}`,
		there.length === 0 ? "it has no secrets yet" : `known secrets: ${there.join(", ")}`,
	);
}

interface Naming {
	readonly uppercase: boolean | undefined;
	readonly prefix: string | undefined;
}

/** By variable, the secret. @throws ProtectError where two secrets would be one variable. */
function variablesOf(
	secrets: readonly string[],
	naming: Naming,
	ignoresCase: boolean,
): ReadonlyMap<string, string> {
	const variables = new Map<string, string>();
	const taken = new Map<string, string>();
	for (const secret of new Set(secrets)) {
		const variable = variableName(secret, naming);
		const key = ignoresCase ? variable.toUpperCase() : variable;
		const other = taken.get(key);
		if (other !== undefined) {
			throw new ProtectError(
				`the secrets ${other} and ${secret} would both be the variable ${variable}`,
				"rename one of them, or choose with the option only",
			);
		}
		taken.set(key, secret);
		variables.set(variable, secret);
	}
	return variables;
}

function refuseCodeNames(
	variables: ReadonlyMap<string, string>,
	domain: string,
	ignoresCase: boolean,
): void {
	for (const [variable, secret] of variables) {
		const effect = codeName(variable, ignoresCase);
		if (effect === undefined) continue;
		throw new ProtectError(
			`the secret ${secret} of domain ${domain} would be the variable ${variable}, which ${effect}`,
			"name the secrets that you want with the option only, this one among them if you do",
		);
	}
}

/** A variable would end there, and hold a part of the secret. */
function refuseNul(secret: string, value: string): void {
	if (!value.includes("\0")) return;
	throw new ProtectError(
		`the value of the secret ${secret} holds a NUL character, which no environment variable can`,
		"read it with readSecrets",
	);
}
