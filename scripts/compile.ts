/** How the binary is compiled: the one place that names the flags. */
import { join } from "node:path";
import { makeStrippable } from "./strippable.ts";
import type { Target } from "./targets.ts";

export const ROOT = join(import.meta.dir, "..");

/** The page that seals, as scripts/seal-page.ts makes it: the binary holds it. */
export const SEAL_PAGE = join(ROOT, "src/seal-page/pprotect-seal.txt");

/** Makes the page anew, in a process: bundling takes a plugin, which `compile` cannot wait for. */
function makeSealPage(): void {
	const command = [process.execPath, join(import.meta.dir, "seal-page.ts")];
	const { success, stderr } = Bun.spawnSync(command, { stderr: "pipe" });
	if (!success) throw new Error(`the page cannot be made: ${stderr}`);
}

/** @returns where the binary for `target` is built. */
export function binaryPath(target: Target): string {
	const extension = target.system === "windows" ? ".exe" : "";
	return join(ROOT, "dist", target.name, `pprotect${extension}`);
}

/**
 * Compiles the binary for one target.
 *
 * @throws Error with Bun's output where that fails.
 */
export function compile(target: Target): string {
	makeSealPage();
	return compileProgram(target, "src/main.ts", binaryPath(target));
}

/** As {@link compile}, for a program other than pprotect. */
export function compileProgram(target: Target, entry: string, outfile: string): string {
	const flags = [
		"--compile",
		`--define=PPROTECT_BUILD=${JSON.stringify(`${target.name}, ${commit()}`)}`,
		`--target=${target.bunTarget}`,
		// Else a folder's bunfig.toml runs code in us, and its .env is our environment.
		"--no-compile-autoload-bunfig",
		"--no-compile-autoload-dotenv",
		// Ends the options that BUN_OPTIONS could add.
		"--compile-exec-argv=--",
		// Halves the time to start.
		"--bytecode",
		// A command loads its own modules, not those of all others.
		"--splitting",
		"--format=esm",
		// clipanion's modules rather than its scripts, of which everything would be loaded.
		"--extension-order=.ts,.mjs,.js,.json",
		// Not --minify: shortened identifiers have been miscompiled.
		"--minify-whitespace",
		"--minify-syntax",
		"--reject-unresolved",
		// Else Bun writes the folder of the source into the binary. Absolute on every system.
		'--define=import.meta.url="file:///C:/pprotect"',
		// clipanion touches these when it is loaded, and its code for Node loads node:tty. We use
		// neither, and they would double the time to start. The streams would also leave a pipe or
		// a socket non-blocking for the command that exec runs, and for whoever else shares it.
		...["stdin", "stdout", "stderr"].map((name) => `--define=process.${name}=undefined`),
		...["browser", "module", "main"].map((field) => `--main-fields=${field}`),
	];
	const command = [process.execPath, "build", ...flags, entry, "--outfile", outfile];
	const build = Bun.spawnSync(command, { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
	const output = build.stdout.toString() + build.stderr.toString();
	if (build.exitCode !== 0 || /failed to generate bytecode/i.test(output)) throw new Error(output);
	if (target.system === "linux") makeStrippable(outfile);
	return outfile;
}

/** The commit that is built; PPROTECT_COMMIT tells it where the sources are a copy without Git. */
export function commit(): string {
	const given = process.env.PPROTECT_COMMIT;
	if (given) return given;
	const git = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], {
		cwd: ROOT,
		stderr: "ignore",
	});
	return git.exitCode === 0 ? git.stdout.toString().trim() : "unknown commit";
}
