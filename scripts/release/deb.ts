/** The package for Debian and Ubuntu, made by dpkg-deb. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { Target } from "../targets.ts";
import {
	type PackageOptions,
	packageVersion,
	runPacker,
	writeInto,
	writeTree,
} from "./package-tree.ts";
import { XZ_LEVEL } from "./xz.ts";

const ARCHITECTURES = { x64: "amd64", arm64: "arm64" } as const;

const PLACES = new Map([
	["completions/_pprotect", "usr/share/zsh/vendor-completions/_pprotect"],
	["LICENSE", "usr/share/doc/pprotect/copyright"],
	["THIRD-PARTY-LICENSES", "usr/share/doc/pprotect/THIRD-PARTY-LICENSES"],
]);

/** `pprotect_0.2.0_amd64.deb` */
export function debName(target: Target, version: string): string {
	return `pprotect_${version}_${ARCHITECTURES[target.processor]}.deb`;
}

export function debPackage(target: Target, options: PackageOptions): Uint8Array {
	const { entries, version, date, isPacked = true } = options;
	const folder = mkdtempSync(join(tmpdir(), "pprotect-deb-"));
	try {
		const root = join(folder, "root");
		mkdirSync(root);
		chmodSync(root, 0o755);
		const size = writeTree(root, entries, PLACES);
		const control = controlFile(target, version, Math.ceil(size / 1024));
		writeInto(root, "DEBIAN/control", Buffer.from(control), 0o644);
		const packing = isPacked ? ["-Zxz", `-z${XZ_LEVEL}`] : ["-Znone"];
		const command = ["dpkg-deb", ...packing, "--root-owner-group"];
		runPacker(folder, date, ...command, "--build", "root", "out.deb");
		return readFileSync(join(folder, "out.deb"));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** https://www.debian.org/doc/debian-policy/ch-controlfields.html; the size is in KiB. */
function controlFile(target: Target, version: string, size: number): string {
	const fields = {
		Package: "pprotect",
		Version: packageVersion(version),
		Architecture: ARCHITECTURES[target.processor],
		Maintainer: "pprotect <pprotect@users.noreply.github.com>",
		"Installed-Size": size,
		Depends: "libc6 (>= 2.17)",
		Suggests: "git, libsecret-1-0",
		Section: "utils",
		Priority: "optional",
		Homepage: manifest.homepage,
		Description: `${manifest.description}\n ${DETAILS}`,
	};
	return Object.entries(fields)
		.map(([name, value]) => `${name}: ${value}\n`)
		.join("");
}

const DETAILS = [
	"Anyone who has the file can add a secret to a domain; only the owners of",
	"the domain can read it, or run a program with its secrets.",
].join("\n ");
