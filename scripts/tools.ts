/** Runs this project's tools on the Bun that runs us: nothing is looked for on PATH. */
import { join } from "node:path";
import { ROOT } from "./compile.ts";

/** Where the packages have their programs. */
const PROGRAMS = {
	biome: "node_modules/@biomejs/biome/bin/biome",
	tsc: "node_modules/typescript/bin/tsc",
} as const;

/** Runs `bun ...args` in the project's folder, its output shown. @returns whether it succeeded. */
export function bun(...args: readonly string[]): boolean {
	const command = [process.execPath, ...args];
	return Bun.spawnSync(command, {
		cwd: ROOT,
		stdin: "ignore",
		stdout: "inherit",
		stderr: "inherit",
	}).success;
}

/** As {@link bun}, for a tool of the development dependencies. */
export function tool(name: keyof typeof PROGRAMS, ...args: readonly string[]): boolean {
	return bun(join(ROOT, PROGRAMS[name]), ...args);
}
