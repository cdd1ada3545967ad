/** What the packages of Linux distributions install, as a folder that their tools pack. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ArchiveEntry } from "./archive-entry.ts";

export interface PackageOptions {
	/** What the archive of the target holds. */
	readonly entries: readonly ArchiveEntry[];
	readonly version: string;
	/** Of all files, and of the package: seconds since 1970. */
	readonly date: number;
	/** Unless it is false, what is installed is packed with xz. */
	readonly isPacked?: boolean;
}

/** Where the files of an archive go, by their place in it. */
const PLACES = new Map([
	["pprotect", "usr/bin/pprotect"],
	["completions/pprotect.bash", "usr/share/bash-completion/completions/pprotect"],
	["completions/pprotect.fish", "usr/share/fish/vendor_completions.d/pprotect.fish"],
	["man/pprotect.1", "usr/share/man/man1/pprotect.1.gz"],
]);

/** PowerShell has no folder that it reads completions from. */
const LEFT_OUT = new Set(["completions/pprotect.ps1"]);

const LINKS = [
	["usr/bin/pocket_protector", "pprotect"],
	["usr/share/man/man1/pocket_protector.1.gz", "pprotect.1.gz"],
] as const;

/**
 * Writes the tree into `folder`.
 *
 * @param entries what the archive of a target holds.
 * @param places where the distributions differ: zsh's completions, the licences.
 * @returns how many bytes the files have.
 */
export function writeTree(
	folder: string,
	entries: readonly ArchiveEntry[],
	places: ReadonlyMap<string, string>,
): number {
	let size = 0;
	for (const { path, bytes, isExecutable } of entries) {
		const place = path.slice(path.indexOf("/") + 1);
		if (LEFT_OUT.has(place)) continue;
		const target = PLACES.get(place) ?? places.get(place);
		if (target === undefined) throw new Error(`no package has a place for ${place}`);
		const content = target.endsWith(".gz") ? gzip(bytes) : bytes;
		writeInto(folder, target, content, isExecutable ? 0o755 : 0o644);
		size += content.length;
	}
	for (const [link, target] of LINKS) symlinkSync(target, join(folder, link));
	return size;
}

/** Whatever the umask is. */
export function writeInto(folder: string, path: string, bytes: Uint8Array, mode: number): void {
	makeFolders(folder, dirname(path));
	writeFileSync(join(folder, path), bytes);
	chmodSync(join(folder, path), mode);
}

function makeFolders(folder: string, path: string): void {
	const parts = path === "." ? [] : path.split("/");
	for (const index of parts.keys()) {
		const made = join(folder, ...parts.slice(0, index + 1));
		mkdirSync(made, { recursive: true });
		chmodSync(made, 0o755);
	}
}

function gzip(bytes: Uint8Array): Uint8Array {
	return Bun.gzipSync(Buffer.from(bytes), { library: "libdeflate", level: 9 });
}

/** Runs a packer, in an environment that says nothing of this machine. */
export function runPacker(folder: string, date: number, ...command: readonly string[]): void {
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
		cwd: folder,
		env: {
			PATH: process.env.PATH,
			// The packers read settings of the user.
			HOME: folder,
			LC_ALL: "C.UTF-8",
			TZ: "UTC",
			SOURCE_DATE_EPOCH: String(date),
			DPKG_DEB_THREADS_MAX: "1",
		},
	});
	if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stdout}${stderr}`);
}

/** A version as dpkg and rpm compare it: a pre-release comes before what it leads to. */
export function packageVersion(version: string): string {
	return version.replace("-", "~").replaceAll("-", ".");
}
