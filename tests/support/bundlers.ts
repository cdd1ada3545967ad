/** The folder tests/bundlers: packages that the library is tried with, installed when asked for. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUNDLERS, installBundlers } from "../../scripts/bundlers.ts";

const installed = installBundlers("ignore");

/** The path of a file in a package of the folder, or undefined where it is not there. */
export function bundlersFile(path: string): string | undefined {
	const file = join(BUNDLERS, "node_modules", path);
	return installed && existsSync(file) ? file : undefined;
}

/**
 * Node in the version that an alias in the folder's package.json pins, such as `node20`; undefined
 * where it is not there, or lacks a library of the system and does not start.
 */
export function nodeNamed(name: string): string | undefined {
	return whatStarts(bundlersFile(`${name}/bin/node`));
}

/** Deno, as {@link nodeNamed} has Node. */
export function deno(): string | undefined {
	return whatStarts(bundlersFile("@deno/linux-x64-glibc/deno"));
}

function whatStarts(program: string | undefined): string | undefined {
	if (program === undefined) return undefined;
	const { success } = Bun.spawnSync([program, "--version"], { stdout: "ignore", stderr: "ignore" });
	return success ? program : undefined;
}

/** A runtime's name for a title, with the reason why its tests are skipped where it is not there. */
export function titleOf(name: string, program: string | undefined): string {
	return program === undefined ? `${name} (skipped: it is not installed or does not start)` : name;
}
