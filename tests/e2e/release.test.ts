/** A release as `bun run release` makes it, in a folder of its own: tried, made again, installed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import manifest from "../../package.json" with { type: "json" };
import { binaryPath, compileProgram, ROOT } from "../../scripts/compile.ts";
import { formula, scoopManifest } from "../../scripts/release/formula.ts";
import { signAdHoc, signatureFaults } from "../../scripts/release/mach-o.ts";
import { missingPackers } from "../../scripts/release/packers.ts";
import { RUNTIME_PARTS } from "../../scripts/release/runtime-parts.ts";
import { sbom } from "../../scripts/release/sbom.ts";
import { sourceDate } from "../../scripts/release/source-date.ts";
import { copySources } from "../../scripts/release/sources.ts";
import { tar } from "../../scripts/release/tar.ts";
import { thirdPartyLicenses } from "../../scripts/release/third-party.ts";
import { zip } from "../../scripts/release/zip.ts";
import { hostTarget, TARGETS, targetNamed } from "../../scripts/targets.ts";
import { VERSION } from "../../src/version.ts";
import { scratchFolder } from "../support/pprotect.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

const ENTRIES = [
	{ path: "root/program", bytes: Buffer.from("#!/bin/sh\necho ran\n"), isExecutable: true },
	{ path: "root/a/long", bytes: Buffer.alloc(100_000, "text "), isExecutable: false },
	{ path: "root/empty", bytes: Buffer.alloc(0), isExecutable: false },
];

describe.each([
	["tar", tar, ["tar", "xf"]],
	["zip", zip, ["unzip", "-q"]],
] as const)("%s", (name, pack, unpack) => {
	test("does not depend on the order of its entries", () => {
		expect(Bun.deepEquals(pack(ENTRIES), pack(ENTRIES.toReversed()))).toBe(true);
	});

	const isThere = Bun.which(unpack[0]) !== null;
	test.skipIf(!isThere)(
		`is unpacked by ${unpack[0]}${isThere ? "" : " (which is not installed)"}`,
		() => {
			const folder = scratchFolder();
			writeFileSync(join(folder, `archive.${name}`), pack(ENTRIES));
			const { exitCode } = Bun.spawnSync([...unpack, `archive.${name}`], { cwd: folder });
			expect(exitCode).toBe(0);
			for (const { path, bytes } of ENTRIES) {
				expect(readFileSync(join(folder, path)).equals(bytes)).toBe(true);
			}
			const ran = Bun.spawnSync([join(folder, "root/program")]).stdout.toString();
			expect(ran).toBe("ran\n");
		},
	);
});

test("the bill of materials names what is shipped, and nothing else", () => {
	const { components, dependencies } = JSON.parse(sbom());
	const names = components.flatMap(
		(known: { purl?: string }) => known.purl?.replace(/@[^@]*$/, "") ?? [],
	);
	const packages = names.filter((name: string) => !name.includes("%40oven"));
	expect(packages).toEqual([
		"pkg:npm/%40noble/ciphers",
		"pkg:npm/%40noble/curves",
		"pkg:npm/%40noble/hashes",
		"pkg:npm/clipanion",
		"pkg:npm/diff",
		"pkg:npm/typanion",
		"pkg:npm/yaml",
	]);
	expect(names.length).toBe(packages.length + TARGETS.length);
	const runtimes = components.filter((known: { type: string }) => known.type === "platform");
	for (const { licenses } of runtimes) expect(licenses[0].expression).toContain("LGPL-2.0-only");
	const refs = new Set(components.map((known: { "bom-ref": string }) => known["bom-ref"]));
	for (const { dependsOn } of dependencies) {
		for (const ref of dependsOn) expect(refs.has(ref)).toBe(true);
	}
	for (const part of RUNTIME_PARTS) expect(refs).toContain(`bun/${part.name}`);
});

test("the bill of materials is CycloneDX, with the date of the sources", async () => {
	const text = sbom();
	const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
	expect(await validator.validate(text)).toBeNull();
	const wrong = text.replace(/"type": "library"/, '"type": "libary"');
	expect(await validator.validate(wrong)).not.toBeNull();
	const { metadata } = JSON.parse(text);
	expect(metadata.timestamp).toBe(new Date(1000 * sourceDate()).toISOString());
	expect(Date.parse(metadata.timestamp)).toBeLessThanOrEqual(Date.now());
	expect(metadata.supplier.name).toBe("pprotect");
	expect(metadata.tools.components[0]).toMatchObject({ name: "bun", version: Bun.version });
}, 60_000);

test("archives have the texts of the licences that ask for it", () => {
	const text = thirdPartyLicenses();
	for (const name of ["@noble/curves", "yaml", ...RUNTIME_PARTS.map((part) => part.name)]) {
		expect(text).toContain(name);
	}
	expect(text).toMatch(/GNU LIBRARY GENERAL PUBLIC LICENSE\n +Version 2, June 1991/);
	expect(text).toMatch(/GNU LESSER GENERAL PUBLIC LICENSE\n +Version 2\.1, February 1999/);
	expect(text).toMatch(/Apache License\n +Version 2\.0/);
});

const ruby = Bun.which("ruby");
test.skipIf(!ruby)(`the formula is ruby${ruby ? "" : " (which is not installed)"}`, () => {
	const names = TARGETS.map(({ name }) => `pprotect-${VERSION}-${name}.tar.xz`);
	const sums = new Map(names.map((name, index) => [name, `${index}`.repeat(64)]));
	const text = formula(sums);
	const check = Bun.spawnSync(["ruby", "-wc"], { stdin: Buffer.from(text) });
	expect([check.stdout.toString(), check.stderr.toString()]).toEqual(["Syntax OK\n", ""]);
	const pairs = [...text.matchAll(/url "(.*)"\n +sha256 "(.*)"/g)];
	expect(pairs.length).toBe(4);
	for (const [, url = "", sum] of pairs) expect(sum).toBe(sums.get(url.split("/").at(-1) ?? ""));
	expect(text).not.toMatch(/@[A-Z]/);
});

test("the Scoop manifest has each processor's archive, its checksum and both names", () => {
	const folders = ["windows-x64", "windows-arm64"].map((name) => `pprotect-${VERSION}-${name}`);
	const sums = new Map(folders.map((name, index) => [`${name}.zip`, `${index}`.repeat(64)]));
	const manifest = JSON.parse(scoopManifest(sums));
	expect(manifest).toMatchObject({ version: VERSION, license: "MIT", checkver: "github" });
	expect(manifest.homepage).toMatch(/^https:\/\/github\.com\/[^/]+\/[^/]+$/);
	expect(Object.keys(manifest.architecture)).toEqual(["64bit", "arm64"]);
	for (const [index, known] of Object.values<Record<string, string>>(
		manifest.architecture,
	).entries()) {
		const { url = "", hash, extract_dir } = known;
		expect(url).toBe(`${manifest.homepage}/releases/download/v${VERSION}/${folders[index]}.zip`);
		expect(hash).toBe(`${index}`.repeat(64));
		expect(extract_dir).toBe(folders[index]);
	}
	expect(manifest.bin).toEqual(["pprotect.exe", ["pprotect.exe", "pocket_protector"]]);
	// With this version in them, the next version's addresses are those of this one.
	const next = JSON.stringify(manifest.autoupdate.architecture).replaceAll("$version", VERSION);
	for (const [name, { hash: _, ...known }] of Object.entries<{ hash: string }>(
		manifest.architecture,
	)) {
		expect(JSON.parse(next)[name]).toEqual(known);
	}
	expect(manifest.autoupdate.hash).toEqual({ url: "$baseurl/SHA256SUMS" });
});

test("signs as Bun does where Bun does it right, and finds a page that was changed", () => {
	const outfile = join(scratchFolder(), "pprotect");
	compileProgram(targetNamed("macos-arm64"), "src/main.ts", outfile);
	const program = readFileSync(outfile);
	expect(signatureFaults(program)).toEqual([]);
	expect(signAdHoc(program, "a.out").equals(program)).toBe(true);
	program.writeUInt8(program.readUInt8(5_000_000) ^ 1, 5_000_000);
	expect(signatureFaults(program)).toEqual(["the hash of page 1220 is wrong"]);
	expect(signatureFaults(signAdHoc(program, "pprotect"))).toEqual([]);
}, 120_000);

const host = hostTarget();
/** A release is packed by one processor while others run other tests: minutes, in milliseconds. */
const LIMIT = 600_000;
const TRIED = [...new Set([host.name, "linux-arm64", "windows-x64"])];

const lacking = missingPackers(TARGETS);
const reason = lacking.length > 0 ? ` (skipped: not installed: ${lacking.join(", ")})` : "";
describe.skipIf(host.system !== "linux" || lacking.length > 0)(`a release${reason}`, () => {
	let checkout: string;

	beforeAll(() => {
		checkout = scratchFolder();
		copySources(checkout);
		bun("scripts/release.ts", ...TRIED);
	}, LIMIT);

	afterAll(() => rmSync(checkout, { recursive: true, force: true }));

	function bun(...words: readonly string[]): string {
		// Packing as a release does takes minutes.
		const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...words], {
			cwd: checkout,
			env: { ...process.env, XZ_OPT: "-0" },
		});
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		return stdout.toString();
	}

	test(
		"has the same bytes when made in another folder",
		() => {
			expect(bun("scripts/reproduce.ts", host.name)).toMatch(/files are the same when made from/);
			const binary = readFileSync(binaryPath(host));
			expect(binary.includes(checkout)).toBe(false);
		},
		LIMIT,
	);

	test(
		"is tried by verify-release",
		() => {
			const lines = bun("scripts/verify-release.ts", ...TRIED)
				.trimEnd()
				.split("\n");
			expect(lines[0]).toMatch(/^SHA256SUMS +verified: \d+ files$/);
			expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(TRIED);
			for (const line of lines.slice(1)) expect(line).toMatch(/ (verified: |not verified here)/);
			expect(lines[1]).toMatch(/verified: natively/);
		},
		LIMIT,
	);

	test("is weighed by sizes, a line for each target", () => {
		const [, heads, ...lines] = bun("scripts/sizes.ts").trimEnd().split("\n");
		expect(heads).toMatch(/^target +runtime +program +tar\.xz +tar\.gz +zip +npm +deb +rpm$/);
		expect(lines.map((line) => line.split(" ")[0]).toSorted()).toEqual(TRIED.toSorted());
		for (const line of lines) expect(line).toMatch(/^\S+ +\d+\.\d +\d+\.\d .*\d\.\d/);
	});

	test("which is found wrong where a program does not do what it should", () => {
		const name = `pprotect-${VERSION}-${host.name}`;
		const program = {
			path: `${name}/pprotect`,
			bytes: Buffer.from("#!/bin/sh\n"),
			isExecutable: true,
		};
		const archive = join(checkout, "dist", `${name}.tar.gz`);
		const right = readFileSync(archive);
		writeFileSync(archive, Bun.gzipSync(Buffer.from(tar([program]))));
		const verify = [process.execPath, "scripts/verify-release.ts", host.name];
		const unsummed = Bun.spawnSync(verify, { cwd: checkout });
		expect(unsummed.stderr.toString()).toMatch(/SHA256SUMS is wrong/);
		const sums = join(checkout, "dist", "SHA256SUMS");
		const text = readFileSync(sums, "utf8");
		writeFileSync(sums, text.replace(sha256(right), sha256(readFileSync(archive))));
		const wrong = Bun.spawnSync(verify, { cwd: checkout });
		writeFileSync(archive, right);
		writeFileSync(sums, text);
		expect(wrong.stdout.toString()).toMatch(/WRONG: pprotect version: expected/);
		expect(wrong.exitCode).toBe(1);
	});

	const lacks = lackingForAnEmptyRoot();
	test.skipIf(lacks !== "").each(installLines())(
		`is installed into a root with nothing but sh, curl and busybox, and removed: %s${lacks}`,
		async (line) => {
			const root = emptyRoot();
			copyFileSync(vectorPath("v2-raw.yaml"), join(root, "tmp/protected.yaml"));
			const [{ user = "", passphrase = "" } = {}] = VECTORS.get("v2-raw.yaml")?.custodians ?? [];
			const before = filesUnder(root);
			const server = serveRelease(join(checkout, "dist"));
			const here = line
				.replace(manifest.homepage, server.url)
				.replace(/--version \S+/, `--version ${VERSION}`);
			const inside = `${here} && pprotect version && cd /tmp &&
				pprotect exec ci -- sh -c 'echo "$NPM_TOKEN"' && rm "$(which pprotect)" "$(which pocket_protector)"`;
			const script = `mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" &&
				exec chroot "$0" /bin/sh -c "$INSIDE"`;
			const child = Bun.spawn(
				["unshare", "--mount", "--propagation", "private", "sh", "-c", script, root],
				{
					env: {
						PATH: "/opt/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
						INSIDE: inside,
						PPROTECT_BASE_URL: server.url,
						PPROTECT_USER: user,
						PPROTECT_PASSPHRASE: passphrase,
					},
					stdout: "pipe",
					stderr: "pipe",
				},
			);
			const [stdout, stderr, exitCode] = await Promise.all([
				new Response(child.stdout).text(),
				new Response(child.stderr).text(),
				child.exited,
			]);
			server.stop();
			const folder = /--dir (\S+)/.exec(line)?.[1] ?? "/usr/local/bin";
			expect(stderr).toBe(
				`install.sh: installed pprotect ${VERSION} in ${folder}/pprotect\ninstall.sh: to begin: pprotect init\n`,
			);
			const token = VECTORS.get("v2-raw.yaml")?.domains.ci?.NPM_TOKEN;
			const expected = `pocket_protector version ${VERSION}\n${token}\n`;
			expect([stdout, exitCode]).toEqual([expected, 0]);
			expect(filesUnder(root)).toEqual(before);
			rmSync(root, { recursive: true });
		},
		120_000,
	);
});

/** The lines of the documents that run the installer. */
function installLines(): string[] {
	const texts = ["README.md", "docs/install.md"].map((path) =>
		readFileSync(join(ROOT, path), "utf8"),
	);
	const lines = texts.join("").match(/^(curl|wget) .*\/install\.sh \| sh.*$/gm) ?? [];
	return [...new Set(lines.map((line) => line.replace(/ +#.*/, "")))];
}

function filesUnder(folder: string): string[] {
	const all = readdirSync(folder, { recursive: true, withFileTypes: true });
	return all
		.filter((entry) => !entry.isDirectory())
		.map(({ parentPath, name }) => join(parentPath, name))
		.toSorted();
}

function sha256(bytes: Uint8Array): string {
	return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** The release as its address has it, with everything under the latest too. */
function serveRelease(dist: string) {
	const server = Bun.serve({
		port: 0,
		fetch(request) {
			const path = new URL(request.url).pathname;
			const [, name] =
				/^\/releases\/(?:latest\/download|download\/v[^/]+)\/([^/]+)$/.exec(path) ?? [];
			const file = join(dist, name ?? "");
			return name && existsSync(file)
				? new Response(Bun.file(file))
				: new Response("", { status: 404 });
		},
	});
	return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

function lackingForAnEmptyRoot(): string {
	const tools = ["busybox", "chroot", "curl", "ldd", "mount", "unshare"];
	const missing = tools.filter((tool) => Bun.which(tool) === null);
	if (missing.length > 0) return ` (no ${missing.join(", ")})`;
	const mayMount = Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0;
	return mayMount ? "" : " (not allowed to chroot)";
}

/** A root folder: the tools of busybox, curl with its libraries, and the C library that pprotect needs. */
function emptyRoot(): string {
	const root = scratchFolder();
	for (const folder of ["dev", "proc", "bin", "tmp"]) mkdirSync(join(root, folder));
	const curl = Bun.which("curl") ?? "";
	const copy = (source: string, path = source) => {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		copyFileSync(source, join(root, path));
		chmodSync(join(root, path), 0o755);
	};
	copy(curl, "/usr/bin/curl");
	for (const program of [curl, binaryPath(host)]) {
		const { stdout } = Bun.spawnSync(["ldd", program]);
		for (const library of stdout.toString().match(/\/\S+(?= \()/g) ?? []) copy(library);
	}
	copy(Bun.which("busybox") ?? "", "/bin/busybox");
	Bun.spawnSync(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"]);
	return root;
}
