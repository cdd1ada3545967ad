/** What only a few tests need: bundlers, other Nodes, a browser's driver, with a lock file of their own. */
import { join } from "node:path";
import { ROOT } from "./compile.ts";

export const BUNDLERS = join(ROOT, "tests/bundlers");

/** @returns whether they are installed, which they may have been before. */
export function installBundlers(output: "inherit" | "ignore"): boolean {
	const install = ["install", "--frozen-lockfile", "--ignore-scripts"];
	const options = { cwd: BUNDLERS, stdout: output, stderr: output } as const;
	return Bun.spawnSync([process.execPath, ...install], options).success;
}
