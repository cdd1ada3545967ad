/** Which environment variable each secret becomes under `exec`. */
import { ProtectError, UsageError } from "../errors.ts";
import { variableName } from "../values/variable-name.ts";

export interface InjectionOptions {
	/** Only these secrets, and those in `asFile`; all where undefined. */
	readonly only: readonly string[] | undefined;
	/** `NAME` or `NAME=VAR`: secrets that become a file, with its path in the variable. */
	readonly asFile: readonly string[] | undefined;
	readonly prefix: string | undefined;
	readonly uppercase: boolean;
}

/** By name of the variable: the secret behind it. */
export type Injection = ReadonlyMap<string, { readonly secret: string; readonly asFile: boolean }>;

/**
 * Names the variables of the secrets.
 *
 * @throws ProtectError if two secrets would be the same variable; UsageError for an `asFile` that
 *   names a secret again, or no variable.
 */
export function injectionOf(secrets: Iterable<string>, options: InjectionOptions): Injection {
	const { only, asFile = [] } = options;
	const files = variablesOfFiles(asFile);
	const variables = new Map<string, { secret: string; asFile: boolean }>();
	for (const secret of secrets) {
		if (only && !only.includes(secret) && !files.has(secret)) continue;
		const name = files.get(secret) ?? variableName(secret, options);
		const other = variables.get(name);
		if (other) {
			throw new ProtectError(
				`the secrets ${other.secret} and ${secret} would both be the variable ${name}`,
				"rename one of them, or leave out --uppercase",
			);
		}
		variables.set(name, { secret, asFile: files.has(secret) });
	}
	return variables;
}

function variablesOfFiles(asFile: readonly string[]): ReadonlyMap<string, string | undefined> {
	const files = new Map<string, string | undefined>();
	for (const [secret, variable] of asFile.map(splitFile)) {
		if (files.has(secret)) throw new UsageError(`--as-file names ${secret} twice`);
		if (variable === "") throw new UsageError(`--as-file ${secret}= lacks the variable's name`);
		files.set(secret, variable);
	}
	return files;
}

/** `NAME=VAR` as its two parts; without `=VAR` the variable is named as any other. */
function splitFile(argument: string): [secret: string, variable: string | undefined] {
	const equals = argument.indexOf("=");
	if (equals === -1) return [argument, undefined];
	return [argument.slice(0, equals), argument.slice(equals + 1)];
}
