/**
 * `bun run release [TARGET...]`: everything of a release under dist/, for all targets unless some
 * are named.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/version.ts";
import { ROOT, SEAL_PAGE } from "./compile.ts";
import { checksumLines, checksums } from "./release/checksums.ts";
import { formula, scoopManifest } from "./release/formula.ts";
import { mainPackage, tarballName } from "./release/npm.ts";
import { assertPackers } from "./release/packers.ts";
import { assertBunVersion } from "./release/runtime.ts";
import { sbom } from "./release/sbom.ts";
import { TARGETS, type Target, targetNamed } from "./targets.ts";
import { bun } from "./tools.ts";

const DIST = join(ROOT, "dist");
/** The npm packages: published there, and no part of the release's page. */
const PACKAGES = join(DIST, "npm");
const SUMS = "SHA256SUMS";

assertBunVersion();
const named = process.argv.slice(2).map(targetNamed);
const targets = named.length > 0 ? named : TARGETS;
assertPackers(targets);
mkdirSync(DIST, { recursive: true });
for (const name of releaseFiles()) rmSync(join(DIST, name));
rmSync(PACKAGES, { recursive: true, force: true });
await buildAll(targets);
if (!bun("scripts/build-library.ts")) throw new Error("building the library failed");
writeFileSync(join(PACKAGES, tarballName()), mainPackage());
const packageSums = checksums(PACKAGES, readdirSync(PACKAGES));
writeFileSync(join(PACKAGES, SUMS), checksumLines(packageSums));
writeFileSync(join(DIST, `pprotect-${VERSION}.cdx.json`), sbom());
copyFileSync(join(ROOT, "install.sh"), join(DIST, "install.sh"));
copyFileSync(SEAL_PAGE, join(DIST, "pprotect-seal.html"));
if (targets.length === TARGETS.length) {
	const archiveSums = checksums(DIST, releaseFiles());
	writeFileSync(join(DIST, "pprotect.rb"), formula(archiveSums));
	writeFileSync(join(DIST, "pprotect.json"), scoopManifest(archiveSums));
}
const sums = checksums(DIST, releaseFiles());
writeFileSync(join(DIST, SUMS), checksumLines(sums));
const packages = [...packageSums.keys(), SUMS].map((name) => join("npm", name));
for (const name of [...sums.keys(), SUMS, ...packages]) {
	const megabytes = statSync(join(DIST, name)).size / 1e6;
	console.log(`dist/${name}${megabytes > 1 ? ` (${megabytes.toFixed(1)} MB)` : ""}`);
}

/** What is in dist/ of this or an earlier release. */
function releaseFiles(): string[] {
	const isOurs =
		/^(pprotect[-_].*\.(tar\.gz|tar\.xz|zip|deb|rpm|cdx\.json)|pprotect-seal\.html|pprotect\.(rb|json)|install\.sh)$/;
	return readdirSync(DIST).filter((name) => isOurs.test(name));
}

/** As many at once as there are processors: packing takes longest. */
async function buildAll(targets: readonly Target[]): Promise<void> {
	const waiting = [...targets];
	const worker = async () => {
		for (let target = waiting.shift(); target; target = waiting.shift()) await build(target);
	};
	await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
}

async function build({ name }: Target): Promise<void> {
	const script = join(import.meta.dir, "release", "build-target.ts");
	const child = Bun.spawn([process.execPath, script, name], { stdout: "inherit", stderr: "pipe" });
	const [exitCode, output] = await Promise.all([child.exited, new Response(child.stderr).text()]);
	if (exitCode !== 0) throw new Error(`building ${name} failed:\n${output}`);
}
