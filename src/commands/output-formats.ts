/** How `decrypt-domain` prints values. */
import { ProtectError } from "../errors.ts";
import type { Environment } from "../system/credentials.ts";
import { isTerminal, writeStdout } from "../system/output.ts";
import { printable } from "../system/printable.ts";
import type { Format } from "../values/format-names.ts";
import { formatJson } from "../values/json.ts";
import { type VariableNaming, variableName } from "../values/variable-name.ts";

/**
 * The secret behind each name that is printed.
 *
 * @throws ProtectError if two secrets would have the same.
 */
export function variablesOf(
	secrets: Iterable<string>,
	naming: VariableNaming,
): ReadonlyMap<string, string> {
	const variables = new Map<string, string>();
	for (const secret of secrets) {
		const name = variableName(secret, naming);
		const other = variables.get(name);
		if (other !== undefined) {
			throw new ProtectError(
				`the secrets ${other} and ${secret} would both be named ${name}`,
				"rename one of them, or leave out --uppercase",
			);
		}
		variables.set(name, secret);
	}
	return variables;
}

/**
 * Refuses variables that decide what code runs: anybody may have added the secret.
 *
 * @param asked the secrets that the user named.
 * @throws ProtectError for the first of the others.
 */
export async function assertSafeNames(
	variables: ReadonlyMap<string, string>,
	format: Format,
	asked: ReadonlySet<string>,
): Promise<void> {
	if (format === "json" || format === "yaml") return;
	const { codeName } = await import("../values/code-names.ts");
	// GitHub's runner and Windows take names in any case.
	const anyCase = format === "github" || format === "powershell";
	for (const [name, secret] of variables) {
		const effect = asked.has(secret) ? undefined : codeName(name, anyCase);
		if (effect === undefined) continue;
		throw new ProtectError(
			`secret ${secret}: the variable ${name} ${effect}, and anybody may have added the secret`,
			`print it under another name with --prefix; or, once you know who added it and why, name it: --only ${secret}`,
		);
	}
}

interface Destination {
	readonly environment: Environment;
	/** A file, in place of standard output. */
	readonly output: string | undefined;
}

/**
 * Prints the values; for `github`, in a workflow, writes the file that GITHUB_ENV names too.
 *
 * @throws ProtectError for a name or a value that the format cannot hold.
 */
export async function writeValues(
	values: ReadonlyMap<string, string>,
	format: Format,
	{ environment, output }: Destination,
): Promise<void> {
	if (format === "github") {
		const { writeForGithub } = await import("./github-output.ts");
		return writeForGithub(values, environment.GITHUB_ENV);
	}
	const text = await formatted(values, format);
	if (output !== undefined) {
		const { savePrivately } = await import("../system/private-file.ts");
		return savePrivately(output, new TextEncoder().encode(text));
	}
	// Anybody may have added a value: a terminal is not to obey it.
	writeStdout(isTerminal(1) ? printable(text) : text);
}

async function formatted(values: ReadonlyMap<string, string>, format: Format): Promise<string> {
	// Loaded when needed: the readers of the formats, YAML's above all, take a while.
	if (format === "json") return formatJson(values);
	const { formatValues } = await import("../values/formats.ts");
	return formatValues(values, format);
}
