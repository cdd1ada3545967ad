/** Compiles and runs the driver of the exec tests, and other programs to compare it with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DriverRequest } from "./exec-driver-request.ts";

/** The flags that pprotect is compiled with, as far as they matter to what a process inherits. */
const COMPILE = [
	"--compile",
	"--bytecode",
	"--no-compile-autoload-bunfig",
	"--no-compile-autoload-dotenv",
	"--minify-whitespace",
	"--minify-syntax",
];

/** A scratch folder with the compiled driver; `remove` when done. */
export interface Driver {
	readonly folder: string;
	readonly file: string;
	remove(): void;
}

export function compileDriver(): Driver {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-exec-"));
	const file = join(folder, "driver");
	const source = join(import.meta.dir, "exec-driver.ts");
	const build = run([process.execPath, "build", ...COMPILE, source, "--outfile", file]);
	if (build.exitCode !== 0) throw new Error(`cannot compile the driver: ${build.stderr}`);
	return { folder, file, remove: () => rmSync(folder, { recursive: true }) };
}

/** The command line that has `driver` run `command`. */
export function through(driver: Driver, command: readonly string[], request: DriverRequest = {}) {
	return [driver.file, JSON.stringify(request), "--", ...command];
}

/** How a program ended. */
export interface Outcome {
	readonly exitCode: number | null;
	/** Each character is one byte. */
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly cwd?: string;
	readonly env?: Record<string, string>;
	readonly stdin?: string;
}

/** Runs a program to its end, in an environment of `PATH` alone unless told. */
export function run(command: readonly string[], options: RunOptions = {}): Outcome {
	const { PATH = "" } = process.env;
	const { cwd, env = { PATH }, stdin = "" } = options;
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
		env,
		stdin: Buffer.from(stdin),
		...(cwd === undefined ? {} : { cwd }),
	});
	return { exitCode, stdout: stdout.toString("latin1"), stderr: stderr.toString("utf8") };
}

/** Runs `script` in sh, where `"$@"` is `command`. */
export function runInShell(
	script: string,
	command: readonly string[],
	options?: RunOptions,
): Outcome {
	return run(["/bin/sh", "-c", script, "sh", ...command], options);
}
