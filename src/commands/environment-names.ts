import { ProtectError } from "../errors.ts";

export interface Naming {
	readonly prefix: string | undefined;
	readonly uppercase: boolean;
}

/**
 * The values by the name of their environment variable.
 *
 * @throws ProtectError if two secrets would have the same variable.
 */
export function environmentNames(
	values: ReadonlyMap<string, string>,
	naming: Naming,
): Map<string, string> {
	const secretOf = new Map<string, string>();
	const variables = new Map<string, string>();
	for (const [secret, value] of values) {
		const name = variableName(secret, naming);
		const other = secretOf.get(name);
		if (other !== undefined) {
			throw new ProtectError(
				`the secrets ${other} and ${secret} would both be the variable ${name}`,
				"rename one of them, or leave out --uppercase",
			);
		}
		secretOf.set(name, secret);
		variables.set(name, value);
	}
	return variables;
}

function variableName(secret: string, { prefix, uppercase }: Naming): string {
	const name = uppercase ? secret.replace(/[^A-Za-z0-9]/g, "_").toUpperCase() : secret;
	return prefix === undefined || prefix === "" ? name : `${prefix}_${name}`;
}
