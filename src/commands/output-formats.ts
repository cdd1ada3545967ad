/** How `decrypt-domain` prints values. */
import { ProtectError } from "../errors.ts";

/** JSON, sorted by name, indented by two spaces, non-ASCII characters as they are. */
export function formatJson(values: ReadonlyMap<string, string>): string {
	return `${JSON.stringify(Object.fromEntries(values), undefined, 2)}\n`;
}

const SHELL_IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A line `NAME=value` a secret, quoted for a POSIX shell, with `export ` before it for `shell`.
 *
 * @throws ProtectError for a name or a value that a shell variable cannot have.
 */
export function formatShell(values: ReadonlyMap<string, string>, format: "env" | "shell"): string {
	const lines = [...values].map(([name, value]) => {
		if (!SHELL_IDENTIFIER.test(name)) {
			throw new ProtectError(
				`secret ${name} is not a valid shell identifier`,
				"use the json format, --secret for one value, or exec --uppercase",
			);
		}
		if (value.includes("\0")) {
			throw new ProtectError(`secret ${name} has a NUL byte, which no shell variable can hold`);
		}
		return `${format === "shell" ? "export " : ""}${name}=${shellQuote(value)}\n`;
	});
	return lines.join("");
}

/** Quotes only where a shell would need it, as the Python tool's output does. */
function shellQuote(value: string): string {
	if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
	return `'${value.replaceAll("'", `'"'"'`)}'`;
}
