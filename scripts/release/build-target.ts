/** Builds one target: the binary and its archives. Run by release.ts, a process for each. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, ROOT } from "../compile.ts";
import { targetNamed } from "../targets.ts";
import { archiveEntries, archiveName } from "./contents.ts";
import { tarballName, targetPackage } from "./npm.ts";
import { assertRuntime } from "./runtime.ts";
import { tar } from "./tar.ts";
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
const path = join(ROOT, "dist", archiveName(target));
if (target.system === "windows") writeFileSync(`${path}.zip`, zip(entries));
else {
	const archive = tar(entries);
	writeFileSync(`${path}.tar.gz`, gzip(archive));
	writeFileSync(`${path}.tar.xz`, xz(archive));
}

/** By libdeflate, whose output does not depend on the processor; without a time. */
function gzip(bytes: Uint8Array): Uint8Array {
	return Bun.gzipSync(Buffer.from(bytes), { library: "libdeflate", level: 9 });
}

/** By the program xz, whose output is the same for one version of it: XZ_OPT is for tests. */
function xz(bytes: Uint8Array): Uint8Array {
	const { exitCode, stdout, stderr } = Bun.spawnSync(["xz", "--stdout", "--threads=1"], {
		stdin: bytes,
		env: { ...process.env, XZ_OPT: process.env.XZ_OPT ?? "-6" },
	});
	if (exitCode !== 0) throw new Error(`xz: ${stderr}`);
	return stdout;
}
