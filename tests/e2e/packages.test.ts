/** The packages for Linux distributions: installed into a root folder, run, upgraded, removed. */
import { beforeAll, describe, expect, test } from "bun:test";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { binaryPath } from "../../scripts/compile.ts";
import type { ArchiveEntry } from "../../scripts/release/archive-entry.ts";
import { archiveEntries } from "../../scripts/release/contents.ts";
import { debPackage } from "../../scripts/release/deb.ts";
import { missingPackers } from "../../scripts/release/packers.ts";
import { rpmPackage } from "../../scripts/release/rpm.ts";
import { hostTarget, type Target, targetNamed } from "../../scripts/targets.ts";
import { VERSION } from "../../src/version.ts";
import { scratchFolder } from "../support/pprotect.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

const TIMEOUT = 300_000;
const DATE = 1_700_000_000;
const host = hostTarget();

/** A package manager, on a root folder that has a C library and nothing else. */
interface Manager {
	readonly name: string;
	readonly pack: typeof debPackage;
	readonly zshFunctions: string;
	readonly licences: string;
	readonly architectures: Readonly<Record<Target["processor"], string>>;
	prepare(root: string): void;
	install(root: string, path: string): void;
	remove(root: string): void;
	/** Version and architecture, as the package says. */
	facts(path: string): string;
	/** What it depends on. */
	needs(path: string): string;
	/** Owners and times of what is in it. */
	list(path: string): string;
}

const DPKG: Manager = {
	name: "deb",
	pack: debPackage,
	zshFunctions: "usr/share/zsh/vendor-completions",
	licences: "usr/share/doc/pprotect",
	architectures: { x64: "amd64", arm64: "arm64" },
	prepare(root) {
		const state = join(root, "var/lib/dpkg");
		for (const folder of ["info", "updates"]) mkdirSync(join(state, folder), { recursive: true });
		writeFileSync(join(state, "status"), C_LIBRARY);
	},
	install: (root, path) => run("dpkg", `--root=${root}`, "--install", path),
	remove: (root) => run("dpkg", `--root=${root}`, "--purge", "pprotect"),
	facts: (path) => run("dpkg-deb", "--show", SHOWN, path),
	needs: (path) => run("dpkg-deb", "--field", path, "Depends"),
	list: (path) => run("dpkg-deb", "--contents", path),
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's syntax.
const SHOWN = "--showformat=${Version} ${Architecture}";

/** The oldest that the package may ask for. */
const C_LIBRARY = `Package: libc6
Status: install ok installed
Architecture: amd64
Maintainer: nobody <nobody@example.com>
Version: 2.17
Description: the C library
`;

const RPM: Manager = {
	name: "rpm",
	pack: rpmPackage,
	zshFunctions: "usr/share/zsh/site-functions",
	licences: "usr/share/licenses/pprotect",
	architectures: { x64: "x86_64", arm64: "aarch64" },
	prepare: (root) => run("rpm", ...inRoot(root), "--initdb"),
	// Nothing in this root says that it has a C library.
	install: (root, path) => run(...RPM_COMMAND, ...inRoot(root), "--upgrade", "--nodeps", path),
	remove: (root) => run(...RPM_COMMAND, ...inRoot(root), "--erase", "pprotect"),
	facts: (path) => run("rpm", "-qp", "--queryformat", "%{VERSION} %{ARCH}", path),
	needs: (path) => run("rpm", "-qp", "--requires", path),
	list: (path) => run("rpm", "-qplv", path),
};

/** Debian's rpm wants to be told that it is not for Debian's own packages. */
const RPM_COMMAND = ["rpm", ...(existsSync("/etc/debian_version") ? ["--force-debian"] : [])];

function inRoot(root: string): string[] {
	return [`--root=${root}`, "--dbpath=/var/lib/rpm"];
}

const isRoot = process.getuid?.() === 0;
const missing = [...missingPackers([host]), ...(isRoot ? [] : ["root"])];

describe
	.skipIf(missing.length > 0 || host.system !== "linux" || host.isMusl)
	.each([DPKG, RPM].map((manager) => [manager.name, manager] as const))(
	`the %s${missing.length > 0 ? ` (skipped: no ${missing.join(", ")})` : ""}`,
	(_, manager) => {
		let entries: readonly ArchiveEntry[];
		let real: string;

		beforeAll(async () => {
			entries = await archiveEntries(host);
			real = packed(VERSION, entries, host, false);
		}, TIMEOUT);

		/** A package with a program that says `version` and does nothing else. */
		function small(version: string, target = host): string {
			const bytes = Buffer.from(`#!/bin/sh\necho ${version}\n`);
			return packed(
				version,
				entries.map((entry) => (entry.isExecutable ? { ...entry, bytes } : entry)),
				target,
			);
		}

		function packed(
			version: string,
			entries: readonly ArchiveEntry[],
			target = host,
			isPacked = true,
		): string {
			const path = join(scratchFolder(), `pprotect.${manager.name}`);
			writeFileSync(path, manager.pack(target, { entries, version, date: DATE, isPacked }));
			return path;
		}

		function emptyRoot(): string {
			const root = scratchFolder();
			manager.prepare(root);
			return root;
		}

		test("installs a program that runs, under both names", () => {
			const root = emptyRoot();
			manager.install(root, real);
			for (const name of ["pprotect", "pocket_protector"]) {
				const program = join(root, "usr/bin", name);
				expect(run(program, "version")).toBe(`pocket_protector version ${VERSION}\n`);
			}
			const [{ user = "", passphrase = "" } = {}] = VECTORS.get("v2-raw.yaml")?.custodians ?? [];
			const command = ["exec", "--domain", "ci", "--file", vectorPath("v2-raw.yaml")];
			const { exitCode } = Bun.spawnSync(
				[join(root, "usr/bin/pprotect"), ...command, "--", "sh", "-c", "exit 42"],
				{ env: { ...process.env, PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase } },
			);
			expect(exitCode).toBe(42);
			manager.remove(root);
			expect(filesUnder(join(root, "usr"))).toEqual([]);
		});

		test("brings the man page, completions and licences", () => {
			const root = emptyRoot();
			manager.install(root, small("1.0.0"));
			const text = (path: string) => readFileSync(join(root, path), "utf8");
			const man = "usr/share/man/man1";
			const page = gunzipSync(readFileSync(join(root, man, "pprotect.1.gz"))).toString();
			expect(page).toMatch(/^\.Dt PPROTECT 1$/m);
			expect(readlinkSync(join(root, man, "pocket_protector.1.gz"))).toBe("pprotect.1.gz");
			expect(text("usr/share/bash-completion/completions/pprotect")).toMatch(/^complete /m);
			expect(text("usr/share/fish/vendor_completions.d/pprotect.fish")).toMatch(/^complete /m);
			expect(text(`${manager.zshFunctions}/_pprotect`)).toMatch(/^#compdef pprotect/);
			const licences = readdirSync(join(root, manager.licences));
			const texts = licences.map((name) => text(`${manager.licences}/${name}`)).join("");
			expect(texts).toMatch(/MIT License/);
			expect(texts).toMatch(/@noble\/curves/);
		});

		test("is upgraded, from a pre-release too, and leaves nothing when it is removed", () => {
			const root = emptyRoot();
			for (const version of ["1.0.0-rc.1", "1.0.0", "1.10.0"]) {
				manager.install(root, small(version));
				expect(run(join(root, "usr/bin/pprotect"))).toBe(`${version}\n`);
			}
			manager.remove(root);
			expect(filesUnder(join(root, "usr"))).toEqual([]);
		});

		test("has the same bytes whoever makes it, and belongs to root", () => {
			const before = process.umask(0o077);
			const private_ = readFileSync(small("1.0.0"));
			process.umask(before);
			expect(private_.equals(readFileSync(small("1.0.0")))).toBe(true);
			const lines = manager.list(real).trimEnd().split("\n");
			for (const line of lines) expect(line).toMatch(/ root[/ ]+root .*(2023-11-14|Nov 14 +2023)/);
			expect(lines.length).toBeGreaterThan(9);
		});

		test("names its version and its processor", () => {
			const { architectures } = manager;
			const host_ = architectures[host.processor];
			expect(manager.facts(real)).toMatch(new RegExp(`^${RegExp.escape(VERSION)} ${host_}$`));
			const other = small("1.0.0-rc.1", targetNamed("linux-arm64"));
			expect(manager.facts(other)).toBe(`1.0.0~rc.1 ${architectures.arm64}`);
		});

		test("needs no newer C library than it is said to", () => {
			const minors = [...manager.needs(real).matchAll(/GLIBC_2\.(\d+)|>= 2\.(\d+)/g)];
			const newest = Math.max(...minors.map(([, rpm, deb]) => Number(rpm ?? deb)));
			expect(newest).toBe(17);
		});
	},
);

const PLAIN_SPEC = `
%global debug_package %{nil}
Name: plain
Version: 1
Release: 1
Summary: The program as any packager takes it
License: MIT

%description
The program as any packager takes it.

%install
install -D --mode=755 %{program} %{buildroot}/usr/bin/pprotect

%files
/usr/bin/pprotect
`;

const canBuild = Bun.which("rpmbuild") !== null && Bun.which("strip") !== null && isRoot;
test.skipIf(!canBuild || host.system !== "linux")(
	`the program is pprotect in the rpm of a packager who strips it${canBuild ? "" : " (skipped: no rpmbuild, strip or root)"}`,
	() => {
		const folder = scratchFolder();
		const program = join(folder, "program");
		copyFileSync(binaryPath(host), program);
		writeFileSync(join(folder, "plain.spec"), PLAIN_SPEC);
		const macros = [
			`_topdir ${folder}/top`,
			`_rpmdir ${folder}`,
			"_rpmfilename out.rpm",
			"_binary_payload w0.gzdio",
			`program ${program}`,
		];
		const defines = macros.flatMap((macro) => ["--define", macro]);
		run("rpmbuild", "-bb", ...defines, join(folder, "plain.spec"));
		const root = scratchFolder();
		RPM.prepare(root);
		RPM.install(root, join(folder, "out.rpm"));
		const installed = join(root, "usr/bin/pprotect");
		expect(statSync(installed).size).toBeLessThan(statSync(program).size);
		expect(run(installed, "version")).toBe(`pocket_protector version ${VERSION}\n`);
	},
	TIMEOUT,
);

function filesUnder(folder: string): string[] {
	if (!existsSync(folder)) return [];
	const all = readdirSync(folder, { recursive: true, withFileTypes: true });
	return all.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** @returns what it prints. */
function run(...command: readonly string[]): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command]);
	expect(exitCode, `${command.join(" ")}\n${stderr}`).toBe(0);
	return stdout.toString();
}
