/**
 * `bun run sizes`: how many megabytes each target takes, raw and packed, of the release in dist/.
 * The growth of a new Bun is seen in the first columns: its runtime and the program.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../src/version.ts";
import { binaryPath, ROOT } from "./compile.ts";
import { archiveName } from "./release/contents.ts";
import { debName } from "./release/deb.ts";
import { tarballName } from "./release/npm.ts";
import { hasPackages } from "./release/packers.ts";
import { rpmName } from "./release/rpm.ts";
import { runtimePath } from "./release/runtime.ts";
import { BUN_VERSION, TARGETS, type Target } from "./targets.ts";

const DIST = join(ROOT, "dist");

const COLUMNS: readonly (readonly [string, (target: Target) => string])[] = [
	["runtime", runtimePath],
	["program", binaryPath],
	["tar.xz", (target) => join(DIST, `${archiveName(target)}.tar.xz`)],
	["tar.gz", (target) => join(DIST, `${archiveName(target)}.tar.gz`)],
	["zip", (target) => join(DIST, `${archiveName(target)}.zip`)],
	["npm", (target) => join(DIST, "npm", tarballName(target))],
	["deb", (target) => packageOf(target, debName)],
	["rpm", (target) => packageOf(target, rpmName)],
];

const targets = TARGETS.filter((target) => existsSync(join(DIST, "npm", tarballName(target))));
if (targets.length === 0) {
	console.error("there is no release in dist/; make one with: bun run release");
	process.exit(1);
}
console.log(`megabytes, pprotect ${VERSION} on Bun ${BUN_VERSION}`);
printRow("target", ...COLUMNS.map(([name]) => name));
for (const target of targets) {
	printRow(target.name, ...COLUMNS.map(([, path]) => megabytes(path(target))));
}

/** Only programs for glibc have packages; the names of the others would be the same. */
function packageOf(target: Target, name: (target: Target, version: string) => string): string {
	return hasPackages(target) ? join(DIST, name(target, VERSION)) : "";
}

function megabytes(path: string): string {
	return existsSync(path) ? (statSync(path).size / 1e6).toFixed(1) : "-";
}

function printRow(first: string, ...cells: readonly string[]): void {
	console.log(first.padEnd(16) + cells.map((cell) => cell.padStart(9)).join(""));
}
