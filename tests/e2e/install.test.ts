/** install.sh against releases on localhost, under each shell that may run it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ROOT } from "../../scripts/compile.ts";
import { tar } from "../../scripts/release/tar.ts";
import { hostTarget, TARGETS } from "../../scripts/targets.ts";
import { lackOf, testUnless } from "../support/fault.ts";
import { scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";

const SCRIPT = join(ROOT, "install.sh");
const TOOLS = [
	..."cat chmod curl grep gzip id ln ls mkdir mv printf readlink rm sed sha256sum sleep tail tar touch uname wc".split(
		" ",
	),
];

/** Files by path below the base address, as the release's address has them. */
let files: Map<string, Uint8Array>;
let requests: string[];
/** Whether archives break off half way, with the connection open. */
let isHanging = false;
let server: ReturnType<typeof Bun.serve>;
let folder: string;

beforeAll(() => {
	folder = scratchFolder();
	server = Bun.serve({
		port: 0,
		fetch(request) {
			const { pathname } = new URL(request.url);
			requests.push(pathname);
			const bytes = files.get(pathname);
			if (bytes && isHanging && pathname.includes(".tar.")) return new Response(halfOf(bytes));
			return bytes ? new Response(Buffer.from(bytes)) : new Response("no", { status: 404 });
		},
	});
});

function halfOf(bytes: Uint8Array): ReadableStream {
	return new ReadableStream({
		start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length / 2)),
	});
}

afterAll(() => {
	server.stop(true);
	rmSync(folder, { recursive: true });
});

/** The installer fetches with the machine's own, from a server of the test. */
const testWithCurl = testUnless(lackOf("curl"));

const SHELLS = [["dash"], ["bash"], ["busybox", "sh"], ["mksh"], ["zsh"]] as const;

for (const shell of SHELLS) {
	const isThere = Bun.which(shell[0]) !== null;
	describe.skipIf(!isThere)(
		`${shell.join(" ")}${isThere ? "" : " (which is not installed)"}`,
		() => {
			testWithCurl("installs the latest version, and nothing else", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run, dir, home } = machine();
				const { exitCode, output } = await run(shell, ["--dir", dir]);
				expect(output).toMatch(/installed pprotect 1\.2\.3 in .*\/pprotect/);
				expect(output).toMatch(/is not in PATH/);
				expect(exitCode).toBe(0);
				expect(readdirSync(dir).toSorted()).toEqual(["pocket_protector", "pprotect"]);
				expect(versionOf(join(dir, "pocket_protector"))).toMatch(/1\.2\.3/);
				expect(versionOf(join(dir, "pprotect"))).toBe("pocket_protector version 1.2.3\n");
				expect(readdirSync(home)).toEqual([]);
			});

			testWithCurl("installs the version and into the folder that it is told", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				serve(releaseOf("1.0.0"));
				const { run, home } = machine();
				const dir = join(home, "a folder", "bin");
				const { exitCode } = await run(shell, ["--version=v1.0.0", `--dir=${dir}`]);
				expect(exitCode).toBe(0);
				expect(versionOf(join(dir, "pprotect"))).toBe("pocket_protector version 1.0.0\n");

				serve(releaseOf("1.3.0-rc.1"));
				expect((await run(shell, ["--version", "1.3.0-rc.1", "--dir", dir])).exitCode).toBe(0);
				expect(versionOf(join(dir, "pprotect"))).toMatch(/ 1\.3\.0-rc\.1\n/);
			});

			testWithCurl("installs into ~/.local/bin by default, over what is there", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run, home } = machine({ id: "echo 1000" });
				mkdirSync(join(home, ".local/bin"), { recursive: true });
				writeFileSync(join(home, ".local/bin/pprotect"), "an older one");
				expect((await run(shell, [])).exitCode).toBe(0);
				expect(readdirSync(join(home, ".local/bin")).toSorted()).toEqual([
					"pocket_protector",
					"pprotect",
				]);
				expect(versionOf(join(home, ".local/bin/pprotect"))).toMatch(/1\.2\.3/);
			});

			testUnless(lackOf("busybox"))("fetches with wget where there is no curl", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const wget = `exec ${Bun.which("busybox")} wget "$@"`;
				const { run, dir } = machine({ curl: undefined, wget });
				const { exitCode, output } = await run(shell, ["--dir", dir]);
				expect(output).toMatch(/installed/);
				expect(exitCode).toBe(0);
			});

			testWithCurl(
				"names another pprotect that comes first, and the link that it replaces",
				async () => {
					serve(releaseOf("1.2.3"), { isLatest: true });
					const { run, home } = machine({ pprotect: "echo the other" });
					const dir = join(home, "bin");
					mkdirSync(dir);
					symlinkSync("/pipx/pprotect", join(dir, "pprotect"));
					symlinkSync("/pipx/pocket_protector", join(dir, "pocket_protector"));
					const { output } = await run(shell, ["--dir", dir], SCRIPT, `:${dir}`);
					expect(output).toMatch(/replacing a link: \S*\/bin\/pprotect -> \/pipx\/pprotect\n/);
					if (shell[0] !== "busybox") {
						expect(output).toMatch(/another pprotect comes first in PATH: \/.*\/pprotect; /);
					}
					expect(readlinkSync(join(dir, "pocket_protector"))).toBe("/pipx/pocket_protector");
				},
			);

			testWithCurl("names the next command where pprotect is found", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run, dir, home } = machine();
				symlinkSync(dir, join(home, "link"));
				for (const path of [`:${dir}`, `:${dir}/`, `:${home}/link`]) {
					const { output } = await run(shell, ["--dir", dir], SCRIPT, path);
					expect(output).toMatch(/to begin: pprotect init\n$/);
					expect(output).not.toMatch(/another/);
				}
			});

			testWithCurl(
				"is not deceived by an empty folder in PATH, which is the current one",
				async () => {
					serve(releaseOf("1.2.3"), { isLatest: true });
					const { run, dir } = machine();
					mkdirSync(dir);
					const { output } = await run(shell, ["--dir", dir], SCRIPT, ":", undefined, dir);
					expect(output).toMatch(/is not in PATH; to use it in this shell: export PATH=/);
				},
			);

			testWithCurl("replaces a link that leads nowhere", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run, dir } = machine();
				mkdirSync(dir);
				symlinkSync("/nowhere/pprotect", join(dir, "pprotect"));
				expect((await run(shell, ["--dir", dir])).output).toMatch(
					/replacing a link: .* -> \/nowhere/,
				);
				expect(versionOf(join(dir, "pprotect"))).toMatch(/1\.2\.3/);
			});

			testWithCurl("stops where a folder has the program's name, before it fetches", async () => {
				const { run, dir, home } = machine();
				requests = [];
				const places = [join(dir, "pprotect"), join(home, "pprotect")] as const;
				mkdirSync(places[0], { recursive: true });
				symlinkSync(places[0], places[1]);
				for (const place of places) {
					const { exitCode, output } = await run(shell, ["--dir", join(place, "..")]);
					expect(output).toMatch(/error: \S+\/pprotect is a folder\n.*hint: name another/);
					expect([exitCode, requests]).toEqual([1, []]);
				}
				expect(readdirSync(places[0])).toEqual([]);
			});

			testWithCurl("makes a program that everyone may run, whatever the umask", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run, dir } = machine();
				const before = process.umask(0o077);
				const { exitCode } = await run(shell, ["--dir", dir]);
				process.umask(before);
				expect(exitCode).toBe(0);
				expect(statSync(join(dir, "pprotect")).mode & 0o777).toBe(0o755);
			});

			testUnless(lackOf("curl") ?? lackOf("xz"))(
				"fetches the smaller archive where xz is there",
				async () => {
					serve(releaseOf("1.2.3"), { isLatest: true });
					const { run, dir } = machine({ xz: `exec ${Bun.which("xz")} "$@"` });
					expect((await run(shell, ["--dir", dir])).exitCode).toBe(0);
					expect(requests.at(-1)).toEndWith(".tar.xz");
					expect(versionOf(join(dir, "pprotect"))).toMatch(/1\.2\.3/);
				},
			);

			testWithCurl("asks GitHub from which tag and commit the archive was built", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const log = join(scratchFolder(), "gh");
				const gh = (code: number) => `echo "$*" >>'${log}'; exit ${code}`;
				const good = machine({ gh: gh(0) });
				const args = ["--attested", "--dir", good.dir];
				expect((await good.run(shell, args)).exitCode).toBe(0);
				expect((await good.run(shell, [...args, "--commit", "c0ffee"])).exitCode).toBe(0);
				const [first = "", second] = readFileSync(log, "utf8").split("\n");
				expect(first).toMatch(/^attestation verify \S+\.tar\.[gx]z --repo /);
				expect(first).toEndWith("/.github/workflows/release.yml --source-ref refs/tags/v1.2.3");
				expect(second).toEndWith(" --source-ref refs/tags/v1.2.3 --source-digest c0ffee");

				const bad = machine({ gh: gh(1) });
				const { exitCode, output } = await bad.run(shell, ["--attested", "--dir", bad.dir]);
				expect(output).toMatch(/error: nothing attests that pprotect-1\.2\.3\S+ was built from/);
				expect([exitCode, readdirSync(bad.dir)]).toEqual([1, []]);

				requests = [];
				const without = machine();
				const missing = await without.run(shell, ["--attested", "--dir", without.dir]);
				expect(missing.output).toMatch(/error: gh is not there\n.*hint: install it/);
				expect([missing.exitCode, requests]).toEqual([1, []]);
			});

			test("warns of a wget that verifies no certificate", async () => {
				const wget = 'echo "wget: note: TLS certificate validation not implemented" >&2';
				const { run, dir } = machine({ curl: undefined, wget });
				const { output } = await run(shell, ["--dir", dir], SCRIPT, "", "https://x");
				expect(output.match(/^install\.sh: warning: .* does not verify/gm)?.length).toBe(1);
			});

			test("does not use what wget was sent to from https to http for", async () => {
				const wget = 'echo "  Location: http://elsewhere/" >&2; for i; do :; done';
				const { run, dir } = machine({ curl: undefined, wget });
				const { exitCode, output } = await run(shell, ["--dir", dir], SCRIPT, "", "https://x");
				expect(output).toMatch(/error: cannot fetch https:.*: it leads to plain http\n/);
				expect(exitCode).toBe(1);
			});

			test("lets curl follow a redirect from https to nothing else", async () => {
				const log = join(scratchFolder(), "curl");
				const { run, dir } = machine({ curl: `echo "$*" >>'${log}'; exit 1` });
				const { exitCode } = await run(shell, ["--dir", dir], SCRIPT, "", "https://x");
				expect(readFileSync(log, "utf8")).toMatch(
					/ --proto =https .* https:\/\/x\/\S+SHA256SUMS\n$/,
				);
				expect(exitCode).toBe(1);
			});

			const failures: readonly (readonly [
				what: string,
				prepare: () => void,
				says: RegExp,
				fakes?: Fakes,
			])[] = [
				[
					"a corrupted archive",
					() => {
						for (const path of archivePaths("1.2.3")) {
							const bytes = Buffer.from(files.get(path) ?? "");
							bytes[100] = (bytes[100] ?? 0) ^ 1;
							files.set(path, bytes);
						}
					},
					/checksum of pprotect-1\.2\.3-.* is wrong/,
				],
				[
					"a cut archive",
					() => {
						for (const path of archivePaths("1.2.3")) {
							files.set(path, (files.get(path) ?? Buffer.alloc(0)).subarray(0, 50));
						}
					},
					/checksum of .* is wrong/,
				],
				[
					"a wrong checksum",
					() => {
						const path = "/releases/latest/download/SHA256SUMS";
						const sums = Buffer.from(files.get(path) ?? "").toString();
						files.set(path, Buffer.from(sums.replace(/^[0-9a-f]{64}/gm, "0".repeat(64))));
					},
					/expected 0{64}, found [1-9a-f]/,
				],
				[
					"a missing archive",
					() => {
						for (const path of archivePaths("1.2.3")) files.delete(path);
					},
					/cannot fetch http.*tar\.[gx]z/,
				],
				["no release", () => files.clear(), /cannot fetch http.*SHA256SUMS/],
				[
					"a release without this system",
					() => files.set("/releases/latest/download/SHA256SUMS", Buffer.from("00  other\n")),
					/has nothing for/,
				],
				[
					"the page of a proxy in place of the checksums",
					() =>
						files.set(
							"/releases/latest/download/SHA256SUMS",
							Buffer.from("<html>\n<title>Log in</title>\n"),
						),
					/what came is no SHA256SUMS: http.*\n.*hint: did a proxy/,
				],
				[
					"an unknown system",
					() => {},
					/no pprotect for Plan9/,
					{ uname: uname("Plan9", "x86_64") },
				],
				["Windows", () => {}, /unpack a zip/, { uname: uname("MINGW64_NT-10.0", "x86_64") }],
				[
					"an unknown processor",
					() => {},
					/the processor riscv64/,
					{ uname: uname("Linux", "riscv64") },
				],
				["a machine without sha256sum", () => {}, /sha256/, { sha256sum: undefined }],
				["a machine without curl and wget", () => {}, /neither curl nor wget/, { curl: undefined }],
				[
					"a program that does not run",
					() => serve(releaseOf("1.2.3", "echo broken >&2; exit 1"), { isLatest: true }),
					/does not run here: broken/,
				],
				[
					"a program of another version",
					() =>
						serve(releaseOf("1.2.3", "echo pocket_protector version 1.2.2"), { isLatest: true }),
					/does not run here: pocket_protector version 1\.2\.2/,
				],
			];
			for (const [what, prepare, says, fakes] of failures) {
				// This shell's own tools come before PATH, and cannot be taken away.
				const isOwn = shell[0] === "busybox" && Object.values(fakes ?? {}).includes(undefined);
				if (isOwn) continue;
				const isBeforeFetching = fakes !== undefined && ("uname" in fakes || "curl" in fakes);
				testUnless(isBeforeFetching ? undefined : lackOf("curl"))(
					`stops at ${what}, and leaves nothing`,
					async () => {
						serve(releaseOf("1.2.3"), { isLatest: true });
						prepare();
						const { run, dir, home } = machine(fakes);
						const { exitCode, output } = await run(shell, ["--dir", dir]);
						expect(output).toMatch(says);
						expect(output).toMatch(/^install\.sh: error: /m);
						expect(exitCode).toBe(1);
						expect(existsSync(dir) ? readdirSync(dir) : []).toEqual([]);
						expect(readdirSync(home)).toEqual([]);
					},
				);
			}

			testWithCurl("stops where the folder cannot be written", async () => {
				serve(releaseOf("1.2.3"), { isLatest: true });
				const { run } = machine();
				for (const dir of ["/proc/self", "/dev/null/bin"]) {
					const { exitCode, output } = await run(shell, ["--dir", dir]);
					expect(output).toMatch(/cannot (write to|make the folder) \//);
					expect(output).toMatch(/hint: name another/);
					expect(exitCode).toBe(1);
				}
			});

			test("runs nothing of a script that was cut off", async () => {
				const { run, home } = machine();
				const text = readFileSync(SCRIPT, "utf8");
				for (const part of [0.2, 0.5, 0.9, 0.999]) {
					const cut = join(folder, "cut.sh");
					writeFileSync(cut, text.slice(0, Math.floor(text.length * part)));
					requests = [];
					await run(shell, [], cut);
					expect(requests).toEqual([]);
					expect(readdirSync(home)).toEqual([]);
				}
			});

			testWithCurl("knows musl, Rosetta and each target by its name", async () => {
				const musl = 'echo "musl libc (x86_64)" >&2; exit 1';
				const glibc = "echo 'ldd (GNU libc) 2.36'";
				const rosetta = "echo 1";
				const machines: readonly (readonly [string, Fakes])[] = [
					["linux-x64", { uname: uname("Linux", "x86_64"), ldd: glibc }],
					["linux-arm64", { uname: uname("Linux", "aarch64"), ldd: glibc }],
					["linux-x64-musl", { uname: uname("Linux", "x86_64"), ldd: musl }],
					["linux-arm64-musl", { uname: uname("Linux", "aarch64"), ldd: musl }],
					["macos-x64", { uname: uname("Darwin", "x86_64"), sysctl: "exit 1" }],
					["macos-arm64", { uname: uname("Darwin", "arm64") }],
					["macos-arm64", { uname: uname("Darwin", "x86_64"), sysctl: rosetta }],
				];
				for (const [target, fakes] of machines) {
					requests = [];
					serve(releaseOf("1.2.3"), { isLatest: true });
					const { run, dir } = machine(fakes);
					expect((await run(shell, ["--dir", dir])).exitCode).toBe(0);
					const path = `/releases/download/v1.2.3/pprotect-1.2.3-${target}.tar.`;
					expect(requests.map((request) => request.replace(/[gx]z$/, ""))).toEqual([
						"/releases/latest/download/SHA256SUMS",
						path,
					]);
				}
			});

			testWithCurl("signs on a Mac before it runs the program", async () => {
				const isSigned = '[ -e "$(dirname "$0")/../signed" ] || exit 137\n';
				const program = `${isSigned}echo pocket_protector version 1.2.3`;
				serve(releaseOf("1.2.3", program), { isLatest: true });
				const { run, dir, home } = machine({
					uname: uname("Darwin", "arm64"),
					codesign: `echo "$@" > ${join(folder, "codesign")}; echo > "$(dirname "$4")/../signed"`,
				});
				const { exitCode } = await run(shell, ["--dir", dir]);
				expect(readFileSync(join(folder, "codesign"), "utf8")).toMatch(
					/^--force --sign - \/.*\/pprotect\n/,
				);
				expect(exitCode).toBe(0);
				expect(readdirSync(home)).toEqual([]);
			});

			test("on Alpine without the C++ library, says what to type before it fetches", async () => {
				const { run, dir } = machine({
					ldd: "echo musl libc; exit 1",
					uname: uname("Linux", "x86_64"),
					ls: "exit 1",
				});
				requests = [];
				const { exitCode, output } = await run(shell, ["--dir", dir]);
				expect(output).toMatch(/apk add libstdc\+\+ libgcc/);
				expect([exitCode, requests]).toEqual([1, []]);
			});

			testWithCurl("on Alpine where the program does not start, says what to type", async () => {
				const program = "echo 'Error loading shared library libstdc++.so.6' >&2; exit 127";
				serve(releaseOf("1.2.3", program), { isLatest: true });
				const { run, dir } = machine({
					ldd: "echo musl libc; exit 1",
					uname: uname("Linux", "x86_64"),
				});
				const { exitCode, output } = await run(shell, ["--dir", dir]);
				expect(output).toMatch(/apk add libstdc\+\+ libgcc/);
				expect(exitCode).toBe(1);
			});

			test("refuses options that it does not know, and shows help", async () => {
				const { run } = machine();
				expect(await run(shell, ["--prefix", "x"])).toMatchObject({ exitCode: 1 });
				expect(await run(shell, ["--dir"])).toMatchObject({ exitCode: 1 });
				expect(await run(shell, ["--version", "../../x"])).toMatchObject({ exitCode: 1 });
				const help = await run(shell, ["--help"]);
				expect(help).toMatchObject({
					exitCode: 0,
					output: expect.stringMatching(/--version VERSION/),
				});
			});
		},
	);
}

const CURLS_BAR = /#{10}.* 100\.0%/;
const OUR_SHARE = /fetching pprotect-1\.2\.3-\S+: +100%\r\n/;
const DOWNLOADERS = [
	["curl", "", CURLS_BAR, /100\.0%[\s\S]*[#O]/],
	["wget", "", OUR_SHARE, "fetching pprotect"],
	["busybox", " wget", OUR_SHARE, "fetching pprotect"],
] as const;

describe.each(DOWNLOADERS)("on a terminal, with %s", (name, applet, shown, begun) => {
	const bash = Bun.which("bash");
	const lacks = lackOf("bash") ?? lackOf(name);
	/** A machine with this downloader alone. */
	function machineOnTerminal() {
		const download = `exec ${Bun.which(name)}${applet} "$@"`;
		const fakes: Fakes = name === "curl" ? {} : { curl: undefined, wget: download };
		const known = machine(fakes);
		const env = {
			PATH: known.bin,
			HOME: known.home,
			PPROTECT_BASE_URL: server.url.href.replace(/\/$/, ""),
		};
		return { ...known, command: [bash ?? "", SCRIPT, "--dir", known.dir], env };
	}

	testUnless(lacks)("shows how far the download is", async () => {
		// An archive of some kilobytes, however it is packed.
		const padding = crypto.getRandomValues(new Uint8Array(5000)).toHex();
		serve(releaseOf("1.2.3", `: ${padding}\necho pocket_protector version 1.2.3`), {
			isLatest: true,
		});
		const { command, env, home } = machineOnTerminal();
		const { output, exitCode } = await runInTerminal(command, {
			cwd: home,
			env,
			timeoutMilliseconds: 60_000,
		});
		expect(output).toMatch(shown);
		expect([output.match(/installed pprotect 1\.2\.3/g)?.length, exitCode]).toEqual([1, 0]);
	});

	testUnless(lacks)("leaves nothing when it is interrupted half way", async () => {
		serve(releaseOf("1.2.3"), { isLatest: true });
		const { command, env, home, dir } = machineOnTerminal();
		isHanging = true;
		const { exitCode } = await runInTerminal(command, {
			cwd: home,
			env,
			timeoutMilliseconds: 60_000,
			steps: [{ expect: begun, send: "\x03" }],
		}).finally(() => {
			isHanging = false;
		});
		expect([exitCode, readdirSync(dir)]).toEqual([130, []]);
	});
});

test("has the address of package.json", () => {
	expect(readFileSync(SCRIPT, "utf8")).toContain(`\${PPROTECT_BASE_URL:-${manifest.homepage}}`);
});

/** Commands in the place of the machine's: what they do in sh, or undefined for not there. */
type Fakes = Readonly<Record<string, string | undefined>>;

/** A machine that has nothing but a few tools in PATH. */
function machine(fakes: Fakes = {}) {
	const home = scratchFolder();
	const bin = scratchFolder();
	for (const tool of ["dirname", ...TOOLS]) {
		const path = Bun.which(tool);
		if (path && !(tool in fakes)) symlinkSync(path, join(bin, tool));
	}
	for (const [name, code] of Object.entries(fakes)) {
		if (code === undefined) continue;
		writeFileSync(join(bin, name), `#!/bin/sh\n${code}\n`);
		chmodSync(join(bin, name), 0o755);
	}
	const run = async (
		shell: readonly string[],
		args: readonly string[],
		script = SCRIPT,
		path = "",
		base = server.url.href.replace(/\/$/, ""),
		cwd = home,
	) => {
		const [program = "", ...words] = shell;
		// This shell prefers its own tools to those in PATH, but functions to both.
		const functions = program === "busybox" ? Object.entries(fakes) : [];
		const known = functions.filter(([, code]) => code !== undefined);
		const prelude = known.map(([name, code]) => `${name}() (\n${code}\n)\n`).join("");
		const child = Bun.spawn([Bun.which(program) ?? program, ...words, "-s", "--", ...args], {
			cwd,
			env: { PATH: `${bin}${path}`, HOME: home, PPROTECT_BASE_URL: base },
			stdin: Buffer.from(prelude + readFileSync(script, "utf8")),
			stdout: "pipe",
			stderr: "pipe",
		});
		const [stdout, stderr, exitCode] = await Promise.all([
			new Response(child.stdout).text(),
			new Response(child.stderr).text(),
			child.exited,
		]);
		return { exitCode, output: stdout + stderr };
	};
	return { run, home, bin, dir: join(scratchFolder(), "bin") };
}

function uname(system: string, processor: string): string {
	return `case $1 in -s) echo ${system} ;; -m) echo ${processor} ;; esac`;
}

/** Archives of a program that says its version, for every target, and their checksums. */
function releaseOf(version: string, code = `echo pocket_protector version ${version}`) {
	const archives = TARGETS.flatMap(({ name }) => {
		const root = `pprotect-${version}-${name}`;
		const program = { bytes: Buffer.from(`#!/bin/sh\n${code}\n`), isExecutable: true };
		const license = { path: `${root}/LICENSE`, bytes: Buffer.from("MIT"), isExecutable: false };
		const archive = tar([{ path: `${root}/pprotect`, ...program }, license]);
		return [
			[`${root}.tar.gz`, Bun.gzipSync(Buffer.from(archive))] as const,
			...(Bun.which("xz") ? [[`${root}.tar.xz`, xzipped(archive)] as const] : []),
		];
	});
	const lines = archives.map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`).join("");
	return { version, files: new Map([...archives, ["SHA256SUMS", Buffer.from(lines)]]) };
}

function xzipped(bytes: Uint8Array): Uint8Array {
	return Bun.spawnSync(["xz", "-0", "--stdout"], { stdin: bytes }).stdout;
}

function serve(release: ReturnType<typeof releaseOf>, { isLatest = false } = {}): void {
	if (isLatest) files = new Map();
	for (const [name, bytes] of release.files) {
		files.set(`/releases/download/v${release.version}/${name}`, bytes);
		if (isLatest) files.set(`/releases/latest/download/${name}`, bytes);
	}
	requests = [];
}

/** Of this machine's archives. One of the shells has its own xz, which cannot be taken away. */
function archivePaths(version: string): string[] {
	const name = `pprotect-${version}-${hostTarget().name}`;
	return ["gz", "xz"].map((packing) => `/releases/download/v${version}/${name}.tar.${packing}`);
}

function versionOf(program: string): string {
	return Bun.spawnSync([program, "version"]).stdout.toString();
}

function sha256(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}
