import { CredentialsError } from "../errors.ts";
import { type CredentialSources, Creds as Credentials } from "../model/creds.ts";
import { assertString, wrongArgument } from "./arguments.ts";
import { processEnvironment, requireHost } from "./host.ts";

/** Variables by name, such as process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Not in the objects themselves, where debuggers would show private fields too. */
const credentials = new WeakMap<object, Credentials>();

/**
 * A custodian's name, and the passphrase that proves it. Neither printing nor serialising it shows
 * the passphrase.
 *
 * @example
 * const creds = Creds.fromEnv(); // PPROTECT_USER, and PPROTECT_PASSPHRASE or …_FILE
 * @example
 * const creds = new Creds("ci@example.com", await passphraseFromVault());
 */
export class Creds {
	readonly name: string;

	/**
	 * @param name the custodian's, such as `ci@example.com`
	 * @param passphrase theirs; of a raw key, the key itself
	 * @param sources where the two are from, for error messages
	 * @throws TypeError where one of them is no string
	 */
	constructor(name: string, passphrase: string, sources: CredentialSources = {}) {
		assertString("the custodian's name", name);
		assertString("the passphrase", passphrase);
		this.name = name;
		credentials.set(this, new Credentials(name, passphrase, sources));
		Object.freeze(this);
	}

	/**
	 * The credentials that `PREFIX_USER` and `PREFIX_PASSPHRASE`, or the file that
	 * `PREFIX_PASSPHRASE_FILE` names, hold.
	 *
	 * @param environment the variables; those of the process unless given
	 * @param prefix `PPROTECT_ENV_PREFIX` unless given, and `PPROTECT` without that
	 * @throws CredentialsError that names the variable which is not set, or which this call cannot
	 *   take: `PREFIX_PASSPHRASE_COMMAND` takes time, and {@link Creds.load}
	 */
	static fromEnv(environment: Environment = processEnvironment(), prefix?: string): Creds {
		const { name, passphrase, source, variable } = variablesOf(environment, prefix);
		if (source === "COMMAND") {
			throw new CredentialsError(
				`${variable} names a command, which Creds.fromEnv cannot wait for`,
				"use: await Creds.load()",
			);
		}
		const found =
			source === "FILE"
				? requireHost().passphraseFromFile(passphrase)
				: { value: passphrase, source: `env var: ${variable}` };
		return new Creds(name.value, found.value, {
			name: `env var: ${name.variable}`,
			passphrase: found.source,
		});
	}

	/**
	 * As {@link Creds.fromEnv}, and also from the command that `PREFIX_PASSPHRASE_COMMAND` names.
	 *
	 * @param environment the variables; those of the process unless given
	 * @param prefix `PPROTECT_ENV_PREFIX` unless given, and `PPROTECT` without that
	 * @throws CredentialsError that names the variable which is not set; or where the command fails
	 */
	static async load(
		environment: Environment = processEnvironment(),
		prefix?: string,
	): Promise<Creds> {
		const { name, passphrase, source } = variablesOf(environment, prefix);
		if (source !== "COMMAND") return Creds.fromEnv(environment, prefix);
		const found = await requireHost().passphraseFromCommand(passphrase);
		return new Creds(name.value, found.value, {
			name: `env var: ${name.variable}`,
			passphrase: found.source,
		});
	}
}

/**
 * The credentials behind what the library's caller holds.
 *
 * @internal
 * @throws TypeError for anything else
 */
export function credentialsOf(creds: Creds): Credentials {
	const isObject = typeof creds === "object" && creds !== null;
	const found = isObject ? credentials.get(creds) : undefined;
	if (found === undefined) {
		throw wrongArgument("the credentials", "a Creds: new Creds(name, passphrase)", creds);
	}
	return found;
}

/** @internal Whether `value` is a {@link Creds}. */
export function isCreds(value: unknown): value is Creds {
	return value instanceof Creds;
}

type Source = "VALUE" | "FILE" | "COMMAND";

interface Variables {
	readonly name: { readonly variable: string; readonly value: string };
	/** Which variable gives the passphrase, what it says and what that is. */
	readonly variable: string;
	readonly passphrase: string;
	readonly source: Source;
}

/** @throws CredentialsError where one is not set, or where two give a passphrase. */
function variablesOf(environment: Environment, prefix: string | undefined): Variables {
	if (typeof environment !== "object" || environment === null) {
		throw wrongArgument("the environment", "an object of variables", environment);
	}
	const start = prefix ?? environment.PPROTECT_ENV_PREFIX ?? "PPROTECT";
	const user = `${start}_USER`;
	const value = environment[user];
	if (value === undefined) throw unset(user, "the custodian's name");
	const candidates: readonly (readonly [variable: string, source: Source])[] = [
		[`${start}_PASSPHRASE`, "VALUE"],
		[`${start}_PASSPHRASE_FILE`, "FILE"],
		[`${start}_PASSPHRASE_COMMAND`, "COMMAND"],
	];
	const given = candidates.flatMap(([variable, source]) => {
		const passphrase = environment[variable];
		return passphrase === undefined ? [] : [{ variable, source, passphrase }];
	});
	const [first, second] = given;
	if (first === undefined) throw unset(candidates.map(([name]) => name).join(", "), "a passphrase");
	if (second !== undefined) {
		throw new CredentialsError(
			`both ${first.variable} and ${second.variable} give a passphrase`,
			"leave one of them out",
		);
	}
	return { name: { variable: user, value }, ...first };
}

function unset(variables: string, what: string): CredentialsError {
	const isOne = !variables.includes(",");
	return new CredentialsError(
		isOne ? `${variables} is not set` : `none of ${variables} is set`,
		`set ${isOne ? "it to" : "one of them to give"} ${what}`,
	);
}
