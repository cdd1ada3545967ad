/** `bun run site`: makes the website in dist/site, from `docs` and with the tools of this folder. */
import { join } from "node:path";
import { writePages } from "./pages.ts";

function bun(...args: readonly string[]): boolean {
	return Bun.spawnSync([process.execPath, ...args], {
		cwd: import.meta.dirname,
		stdio: ["ignore", "inherit", "inherit"],
	}).success;
}

const VITEPRESS = join(import.meta.dirname, "node_modules/vitepress/bin/vitepress.js");

writePages();
// A link that leads nowhere makes the build fail.
const isBuilt = bun("install", "--frozen-lockfile") && bun(VITEPRESS, "build", ".");
if (!isBuilt) process.exitCode = 1;
