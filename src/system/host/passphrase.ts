/** Passphrases from where environment variables point to, for the library. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve, win32 } from "node:path";
import { CredentialsError } from "../../errors.ts";
import { osErrorText } from "../os-error.ts";
import { passphraseIn, type Sourced } from "../passphrase-text.ts";
import { programEnvironment, systemFolder } from "../programs.ts";

/**
 * The text of a passphrase file.
 *
 * @throws CredentialsError with the path where it cannot be read.
 */
export function passphraseFromFile(path: string): Sourced {
	if (path === "") throw new CredentialsError("the path of the passphrase file is empty");
	const absolute = resolve(path);
	return passphraseIn(readOrRefuse(absolute), `passphrase file: ${absolute}`);
}

function readOrRefuse(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new CredentialsError(`cannot read the passphrase file ${path}: ${osErrorText(error)}`, {
			hint: "check the path and its permissions",
			cause: error,
		});
	}
}

/**
 * What a shell command prints, whose own words go to standard error.
 *
 * @throws CredentialsError where it cannot be run or fails.
 */
export async function passphraseFromCommand(command: string): Promise<Sourced> {
	if (command === "") throw new CredentialsError("the passphrase command is empty");
	// With /s, cmd takes off the outermost quotes and leaves all others as they were typed.
	const [shell = "", ...line] =
		process.platform === "win32"
			? [win32.join(systemFolder(process.env), "cmd.exe"), "/d", "/s", "/c", `"${command}"`]
			: ["/bin/sh", "-c", command];
	const output = await new Promise<Uint8Array>((fulfil, reject) => {
		const settings = {
			encoding: "buffer",
			env: programEnvironment({ environment: process.env }),
			windowsVerbatimArguments: true,
		} as const;
		const child = execFile(shell, line, settings, (error, stdout) => {
			if (error === null) fulfil(stdout);
			else reject(commandFailed(error));
		});
		child.stdin?.end();
		child.stderr?.pipe(process.stderr);
	});
	return passphraseIn(output, "passphrase command");
}

/** Not as a cause: Node puts all that the command printed into its error. */
function commandFailed({ code }: { readonly code?: string | number | null }): CredentialsError {
	const how = typeof code === "number" ? `with exit code ${code}` : `(${code ?? "by a signal"})`;
	return new CredentialsError(`the passphrase command failed ${how}`);
}
