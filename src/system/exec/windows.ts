/** Windows cannot replace a process: the command runs as a child, with our console and exit code. */
import { osErrorText } from "../os-error.ts";
import { findProgram } from "../programs.ts";
import { exitWith, wholeExitCode } from "../windows/exit-code.ts";
import type { EnvironmentChanges } from "./environment.ts";
import { ExecError } from "./error.ts";

/** Commands that are no files; `cmd /c help` lists them. */
const BUILT_IN: ReadonlySet<string> = new Set([
	...["assoc", "break", "call", "cd", "chdir", "cls", "color", "copy", "date", "del", "dir"],
	...["echo", "erase", "exit", "for", "ftype", "if", "md", "mkdir", "mklink", "move", "path"],
	...["pause", "popd", "prompt", "pushd", "rd", "rem", "ren", "rename", "rmdir", "set", "start"],
	...["time", "title", "type", "ver", "verify", "vol"],
]);

/**
 * Runs `argv` in our environment with `changes` made, and returns its exit code. Ctrl-C and
 * Ctrl-Break, which the console sends to both of us, are the command's to answer.
 *
 * @throws ExecError where it cannot be run.
 */
export async function runChild(
	argv: readonly string[],
	changes: EnvironmentChanges,
): Promise<number> {
	const [command = "", ...rest] = argv;
	const environment = changeWindowsEnvironment(process.env, changes);
	const file = findProgram(command, { environment });
	if (file === undefined) throw notFound(command);
	const leaveToChild = () => {};
	process.on("SIGINT", leaveToChild).on("SIGBREAK", leaveToChild);
	try {
		const exitCode = await wholeExitCode(start([file, ...rest], environment));
		// The runtime keeps eight bits of ours, which would make a success of 256 and of a crash.
		if (exitCode > 0xff) exitWith(exitCode);
		return exitCode;
	} finally {
		process.off("SIGINT", leaveToChild).off("SIGBREAK", leaveToChild);
	}
}

function notFound(command: string): ExecError {
	const hint = BUILT_IN.has(command.toLowerCase())
		? `it is built into cmd: cmd /c ${command}`
		: "check its spelling and PATH, or give the path of its file";
	return new ExecError(127, `command ${JSON.stringify(command)} not found`, hint);
}

function start(argv: string[], environment: Readonly<Record<string, string>>): Bun.Subprocess {
	try {
		return Bun.spawn(argv, { env: environment, stdio: ["inherit", "inherit", "inherit"] });
	} catch (error) {
		const [file = ""] = argv;
		// biome-ignore lint/style/useErrorCause: the rule looks for the cause in the second argument only.
		throw new ExecError(126, `cannot run ${JSON.stringify(file)}: ${osErrorText(error)}`, {
			cause: error,
		});
	}
}

/** `inherited` with `changes` made, in all of which the case of a name means nothing. */
export function changeWindowsEnvironment(
	inherited: Readonly<Record<string, string | undefined>>,
	changes: EnvironmentChanges,
): Record<string, string> {
	const upperCase = (names: Iterable<string>) =>
		new Set(Array.from(names, (name) => name.toUpperCase()));
	const removed = upperCase([...changes.unset, ...changes.set.keys()]);
	const kept = changes.keepOnly && upperCase(changes.keepOnly);
	const entries: [name: string, value: string][] = [];
	for (const [name, value] of Object.entries(inherited)) {
		const key = name.toUpperCase();
		if (value === undefined || removed.has(key) || kept?.has(key) === false) continue;
		entries.push([name, value]);
	}
	return Object.fromEntries([...entries, ...changes.set]);
}
