/** The folder tests/bundlers: packages that the library is tried with, installed when asked for. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";

export const BUNDLERS = join(ROOT, "tests/bundlers");

const installed = Bun.spawnSync(
	[process.execPath, "install", "--frozen-lockfile", "--ignore-scripts"],
	{ cwd: BUNDLERS, stdout: "ignore", stderr: "ignore" },
).success;

/** The path of a file in a package of the folder, or undefined where it is not there. */
export function bundlersFile(path: string): string | undefined {
	const file = join(BUNDLERS, "node_modules", path);
	return installed && existsSync(file) ? file : undefined;
}

/** Node in the version that an alias in the folder's package.json pins, such as `node20`. */
export function nodeNamed(name: string): string | undefined {
	return bundlersFile(`${name}/bin/node`);
}
