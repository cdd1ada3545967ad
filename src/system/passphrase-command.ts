/** A command of the user's shell whose output is the passphrase. */
import { win32 } from "node:path";
import { CredentialsError } from "../errors.ts";
import { osErrorText } from "./os-error.ts";
import { programEnvironment, systemFolder } from "./programs.ts";
import { wholeExitCode } from "./windows/exit-code.ts";

/**
 * Runs `command` as a line of the system's shell; standard input stays the app's.
 *
 * @returns what it prints.
 * @throws CredentialsError where it cannot be run, or fails.
 */
export async function runPassphraseCommand(command: string): Promise<Uint8Array> {
	if (command === "") throw new CredentialsError("the passphrase command is empty");
	const child = start(command);
	// Both at once: on Windows the exit code is asked for in the turn that starts the command.
	const [output, exitCode] = await Promise.all([
		new Response(child.stdout).arrayBuffer(),
		process.platform === "win32" ? wholeExitCode(child) : child.exited,
	]);
	if (exitCode !== 0) {
		throw new CredentialsError(`the passphrase command failed with exit code ${exitCode}`);
	}
	return new Uint8Array(output);
}

function start(command: string): Bun.Subprocess<"ignore", "pipe", "inherit"> {
	const isWindows = process.platform === "win32";
	// With /s, cmd takes off the outermost quotes and leaves all others as they were typed.
	const shell = isWindows
		? [win32.join(systemFolder(process.env), "cmd.exe"), "/d", "/s", "/c", `"${command}"`]
		: ["/bin/sh", "-c", command];
	try {
		return Bun.spawn(shell, {
			env: programEnvironment({ environment: process.env }),
			stdin: "ignore",
			stdout: "pipe",
			stderr: "inherit",
			windowsVerbatimArguments: isWindows,
		});
	} catch (error) {
		const message = `cannot run the passphrase command: ${osErrorText(error)}`;
		throw new CredentialsError(message, { cause: error });
	}
}
