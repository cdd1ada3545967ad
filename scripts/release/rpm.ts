/** The package for Fedora, RHEL, SUSE and others, made by rpmbuild from packaging/rpm. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ROOT } from "../compile.ts";
import type { Target } from "../targets.ts";
import { type PackageOptions, packageVersion, runPacker, writeTree } from "./package-tree.ts";
import { RUNTIME_LICENSE } from "./runtime-parts.ts";
import { XZ_LEVEL } from "./xz.ts";

const ARCHITECTURES = { x64: "x86_64", arm64: "aarch64" } as const;

const PLACES = new Map([
	["completions/_pprotect", "usr/share/zsh/site-functions/_pprotect"],
	["LICENSE", "usr/share/licenses/pprotect/LICENSE"],
	["THIRD-PARTY-LICENSES", "usr/share/licenses/pprotect/THIRD-PARTY-LICENSES"],
]);

/** `pprotect-0.2.0.x86_64.rpm` */
export function rpmName(target: Target, version: string): string {
	return `pprotect-${version}.${ARCHITECTURES[target.processor]}.rpm`;
}

export function rpmPackage(target: Target, options: PackageOptions): Uint8Array {
	const { entries, version, date, isPacked = true } = options;
	const folder = mkdtempSync(join(tmpdir(), "pprotect-rpm-"));
	try {
		const tree = join(folder, "tree");
		mkdirSync(tree);
		writeTree(tree, entries, PLACES);
		writeFileSync(join(folder, "pprotect.spec"), spec(version));
		const macros = {
			_topdir: join(folder, "top"),
			_rpmdir: folder,
			_rpmfilename: "out.rpm",
			_dbpath: join(folder, "db"),
			tree,
			_binary_payload: isPacked ? `w${XZ_LEVEL}.xzdio` : "w.ufdio",
			_buildhost: "reproducible",
			use_source_date_epoch_as_buildtime: "1",
			clamp_mtime_to_source_date_epoch: "1",
			// Distributions have these places, whatever the machine says that builds.
			_bindir: "/usr/bin",
			_datadir: "/usr/share",
			_mandir: "/usr/share/man",
		};
		const defines = Object.entries(macros).flatMap(([name, value]) => [
			"--define",
			`${name} ${value}`,
		]);
		const architecture = `--target=${ARCHITECTURES[target.processor]}-linux`;
		runPacker(folder, date, "rpmbuild", "-bb", architecture, ...defines, "pprotect.spec");
		return readFileSync(join(folder, "out.rpm"));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function spec(version: string): string {
	const values = new Map([
		["VERSION", packageVersion(version)],
		["SUMMARY", manifest.description],
		["LICENSE", RUNTIME_LICENSE],
		["HOMEPAGE", manifest.homepage],
	]);
	const template = readFileSync(join(ROOT, "packaging/rpm/pprotect.spec.template"), "utf8");
	return template.replace(/@([A-Z]+)@/g, (mark, word) => {
		const value = values.get(word);
		if (value === undefined) throw new Error(`nothing is known for ${mark}`);
		return value;
	});
}
