/** The environment variable that a secret becomes. */
import { codeName } from "./code-names.ts";

export interface VariableNaming {
	/** Goes before the name, with `_` between. */
	readonly prefix?: string | undefined;
	/** In capitals, with `_` for every character but letters and digits. */
	readonly uppercase?: boolean | undefined;
}

/** The name of the variable for the secret `secret`. */
export function variableName(secret: string, { prefix, uppercase }: VariableNaming): string {
	const name = uppercase ? secret.replace(/[^A-Za-z0-9]/g, "_").toUpperCase() : secret;
	return prefix ? `${prefix}_${name}` : name;
}

/** Whether a POSIX shell can hold a variable of this name. */
export function isShellName(name: string): boolean {
	return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/**
 * The variable that makes the secret's name one to be careful with, and what that variable does, in
 * words that continue "the variable NAME …": the name itself, or the one that `--uppercase` makes of
 * it. For whoever adds or reviews a secret, when nobody knows yet how it will be used.
 */
export function codeNameOfSecret(
	secret: string,
): { readonly variable: string; readonly effect: string } | undefined {
	const effect = codeName(secret);
	if (effect !== undefined) return { variable: secret, effect };
	const variable = variableName(secret, { uppercase: true });
	const uppercaseEffect = codeName(variable, true);
	return uppercaseEffect === undefined ? undefined : { variable, effect: uppercaseEffect };
}
