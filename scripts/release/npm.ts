/**
 * The npm packages of a release: `pprotect`, which is the library and what starts the program, and
 * a package with the program for each target, of which npm installs the one that fits.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import project from "../../package.json" with { type: "json" };
import { ROOT } from "../compile.ts";
import { libraryManifest } from "../library/manifest.ts";
import { TARGETS, type Target } from "../targets.ts";
import type { ArchiveEntry } from "./archive-entry.ts";
import { archiveName } from "./contents.ts";
import { tar } from "./tar.ts";

const NODE_SYSTEMS = { linux: "linux", macos: "darwin", windows: "win32" } as const;

/** Files of an archive that a target's package has, too. */
const SHIPPED = ["pprotect", "pprotect.exe", "LICENSE", "THIRD-PARTY-LICENSES"];

/** The name that npm gives the tarball of a target's package, or of `pprotect` itself. */
export function tarballName(target?: Target): string {
	return `pprotect-${target ? `${target.name}-` : ""}${project.version}.tgz`;
}

/** The tarball of a target's package. @param archive what the target's archive holds. */
export function targetPackage(target: Target, archive: readonly ArchiveEntry[]): Uint8Array {
	const { version, homepage, repository, bugs, license } = project;
	const manifest = {
		name: packageName(target),
		version,
		description: `The program of pprotect for ${target.name}`,
		homepage,
		repository,
		bugs,
		license,
		os: [NODE_SYSTEMS[target.system]],
		cpu: [target.processor],
		...(target.system === "linux" && { libc: [target.isMusl ? "musl" : "glibc"] }),
		preferUnplugged: true,
	};
	const files = archive.flatMap((entry) => {
		const path = entry.path.slice(archiveName(target).length + 1);
		return SHIPPED.includes(path) ? { ...entry, path } : [];
	});
	return pack(manifest, files);
}

/** The tarball of `pprotect`, with the library that `bun run build:library` has made. */
export function mainPackage(library = join(ROOT, "dist/library")): Uint8Array {
	const files = readdirSync(library, { recursive: true, withFileTypes: true })
		.filter((file) => file.isFile() && file.name !== "package.json")
		.map((file) => {
			const path = join(file.parentPath, file.name);
			return fileEntry(path.slice(library.length + 1).replaceAll("\\", "/"), path);
		});
	const launcher = fileEntry("bin/pprotect.js", join(ROOT, "packaging/npm/pprotect.js"));
	const start = "./bin/pprotect.js";
	const manifest = {
		...libraryManifest(),
		bin: { pprotect: start, pocket_protector: start },
		optionalDependencies: Object.fromEntries(
			TARGETS.map((target) => [packageName(target), project.version]),
		),
	};
	return pack(manifest, [...files, { ...launcher, isExecutable: true }]);
}

function packageName(target: Target): string {
	return `@pprotect/${target.name}`;
}

function fileEntry(path: string, source: string): ArchiveEntry {
	return { path, bytes: readFileSync(source), isExecutable: false };
}

/** A tarball as npm unpacks it, with the same bytes for the same contents. */
function pack(manifest: object, files: readonly ArchiveEntry[]): Uint8Array {
	const text = `${JSON.stringify(manifest, null, "\t")}\n`;
	const entries = [
		{ path: "package.json", bytes: Buffer.from(text), isExecutable: false },
		...files,
	].map((entry) => ({ ...entry, path: `package/${entry.path}` }));
	return Bun.gzipSync(Buffer.from(tar(entries)), { library: "libdeflate", level: 6 });
}
