/** Builds one target: the binary and its archives. Run by release.ts, a process for each. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress } from "node:zlib";
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
	// In a thread of its own, while this one makes the other.
	const packed = zstd(archive);
	writeFileSync(`${path}.tar.gz`, gzip(archive));
	writeFileSync(`${path}.tar.zst`, await packed);
}

/** By libdeflate, whose output does not depend on the processor; without a time. */
function gzip(bytes: Uint8Array): Uint8Array {
	return Bun.gzipSync(Buffer.from(bytes), { library: "libdeflate", level: 9 });
}

/** With a window that covers the archive, which any zstd unpacks. */
function zstd(bytes: Uint8Array): Promise<Uint8Array> {
	return promisify<Uint8Array, ZstdOptions, Uint8Array>(zstdCompress)(bytes, {
		params: {
			[constants.ZSTD_c_compressionLevel]: 12,
			[constants.ZSTD_c_windowLog]: 27,
			[constants.ZSTD_c_enableLongDistanceMatching]: 1,
		},
	});
}
