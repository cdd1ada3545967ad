/** Builds one target: the binary, its archives and packages. Run by release.ts, a process for each. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import { compile, ROOT } from "../compile.ts";
import { targetNamed } from "../targets.ts";
import { archiveEntries, archiveName } from "./contents.ts";
import { debName, debPackage } from "./deb.ts";
import { tarballName, targetPackage } from "./npm.ts";
import { hasPackages } from "./packers.ts";
import { rpmName, rpmPackage } from "./rpm.ts";
import { assertRuntime } from "./runtime.ts";
import { sourceDate } from "./source-date.ts";
import { tar } from "./tar.ts";
import { xz } from "./xz.ts";
import { zip } from "./zip.ts";

const target = targetNamed(process.argv[2] ?? "");
const outfile = compile(target);
assertRuntime(target);
const entries = await archiveEntries(target);
const binary = entries.find(({ isExecutable }) => isExecutable)?.bytes;
if (binary && Buffer.compare(binary, readFileSync(outfile)) !== 0) writeFileSync(outfile, binary);
const packages = join(ROOT, "dist", "npm");
mkdirSync(packages, { recursive: true });
writeFileSync(join(packages, tarballName(target)), targetPackage(target, entries));
const dist = join(ROOT, "dist");
const path = join(dist, archiveName(target));
if (target.system === "windows") writeFileSync(`${path}.zip`, zip(entries));
else {
	const archive = tar(entries);
	writeFileSync(`${path}.tar.gz`, gzip(archive));
	writeFileSync(`${path}.tar.xz`, xz(archive));
}
if (hasPackages(target)) {
	const options = { entries, version: VERSION, date: sourceDate() };
	writeFileSync(join(dist, debName(target, VERSION)), debPackage(target, options));
	writeFileSync(join(dist, rpmName(target, VERSION)), rpmPackage(target, options));
}

/** By libdeflate, whose output does not depend on the processor; without a time. */
function gzip(bytes: Uint8Array): Uint8Array {
	return Bun.gzipSync(Buffer.from(bytes), { library: "libdeflate", level: 9 });
}
