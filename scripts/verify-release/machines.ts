/** The machines that can be had here, each for one target. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostTarget, type Target } from "../targets.ts";
import { type Machine, Missing } from "./machine.ts";

/** Makes a machine in `folder`, an empty one, for `binary`; throws Missing where that cannot be. */
type MachineMaker = (binary: string, folder: string) => Machine | Promise<Machine>;

/** The machines that a target's binary is tried on. */
export function machineMakers(target: Target): readonly MachineMaker[] {
	const emulated = EMULATED.get(target.name) ?? [];
	return target.name === hostTarget().name ? [natively, ...emulated] : emulated;
}

const EMULATED = new Map<string, readonly MachineMaker[]>([
	["linux-x64", [inGlibcRoot, withoutAvx2]],
	["linux-arm64", [underQemu]],
	["linux-x64-musl", [onMusl]],
	["windows-x64", [underWine]],
]);

const SHELL_CHILD = ["sh", "-c", 'echo "$word"; exit 7'];
const WINDOWS_CHILD = ["cmd", "/c", "echo %word%& exit 7"];

/** As most programs of Windows open a file: others may read and write it, not replace it. */
const HOLD_OPEN =
	"$file = [IO.File]::Open($args[0], 'Open', 'Read', 'ReadWrite'); 'held'; Start-Sleep 1";

function natively(binary: string, folder: string): Machine {
	const machine = { name: "natively", argv: [binary], cwd: folder, env: {} };
	if (hostTarget().system !== "windows") return { ...machine, child: SHELL_CHILD };
	const script = join(folder, "hold-open.ps1");
	writeFileSync(script, HOLD_OPEN);
	const holder = ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", script];
	return { ...machine, child: WINDOWS_CHILD, holder };
}

/** A root folder with the binary, the libraries that it needs, a shell, and /proc, which Bun needs. */
function inGlibcRoot(binary: string, folder: string): Machine {
	if (process.arch !== "x64") throw new Missing("this is no x64 processor");
	needTools("chroot", "dash", "ldd", "mount", "unshare");
	const enter = ["unshare", "--mount", "--propagation", "private"];
	if (Bun.spawnSync([...enter, "true"]).exitCode !== 0) throw new Missing("not allowed to chroot");
	const shell = Bun.which("dash") ?? "/bin/dash";
	const files = new Set([...librariesOf(binary), ...librariesOf(shell)]);
	for (const path of files) copyInto(folder, path, path);
	copyInto(folder, shell, "/bin/sh");
	copyInto(folder, binary, "/pprotect");
	for (const name of ["proc", "tmp"]) mkdirSync(join(folder, name));
	const code = 'mount -t proc proc "$0/proc" && exec chroot "$0" /pprotect "$@"';
	return {
		name: "in a root with nothing but glibc",
		argv: [...enter, "sh", "-c", code, folder],
		cwd: folder,
		env: {},
		child: SHELL_CHILD,
	};
}

/** A processor of 2008, the oldest that Bun promises to run on. */
function withoutAvx2(binary: string, folder: string): Machine {
	needTools("qemu-x86_64-static");
	return {
		name: "on a processor without AVX2 (qemu)",
		argv: ["qemu-x86_64-static", "-cpu", "Nehalem", binary],
		cwd: folder,
		env: {},
		child: SHELL_CHILD,
	};
}

function underQemu(binary: string, folder: string): Machine {
	needTools("qemu-aarch64-static");
	const root = ["/usr/aarch64-linux-gnu", "/"].find((place) =>
		existsSync(join(place, "lib/ld-linux-aarch64.so.1")),
	);
	if (root === undefined) throw new Missing("no C library for arm64 (libc6-arm64-cross)");
	return {
		name: "under qemu-aarch64",
		argv: ["qemu-aarch64-static", "-L", root, binary],
		cwd: folder,
		env: {},
		child: SHELL_CHILD,
	};
}

/** On musl itself; its C++ library, which Debian does not have for musl, is glibc's with a shim. */
function onMusl(binary: string, folder: string): Machine {
	needTools("gcc", "busybox");
	if (!existsSync("/lib/ld-musl-x86_64.so.1")) throw new Missing("no musl");
	const libraries = join(folder, "lib");
	mkdirSync(libraries);
	for (const name of ["libstdc++.so.6", "libgcc_s.so.1"]) {
		const path = join("/usr/lib/x86_64-linux-gnu", name);
		if (!existsSync(path)) throw new Missing(`no ${name}`);
		copyFileSync(path, join(libraries, name));
	}
	const shim = join(libraries, "ld-linux-x86-64.so.2");
	compileC("gcc", "musl-shim.c", shim, ["-shared", "-fPIC", "-nostdlib"]);
	return {
		name: "on musl, with glibc's libstdc++ and a shim",
		argv: [binary],
		cwd: folder,
		env: { LD_LIBRARY_PATH: libraries },
		child: ["busybox", ...SHELL_CHILD],
	};
}

/** Wine lacks a function that Bun asks for, in a DLL that is compiled here. */
async function underWine(binary: string, folder: string): Promise<Machine> {
	const wine = ["wine64", "/usr/lib/wine/wine64"].find((name) => Bun.which(name) !== null);
	if (wine === undefined) throw new Missing("no wine64");
	needTools("x86_64-w64-mingw32-gcc");
	const program = join(folder, "pprotect.exe");
	copyFileSync(binary, program);
	const library = join(folder, "bcryptprimitives.dll");
	compileC("x86_64-w64-mingw32-gcc", "process-prng.c", library, ["-shared"], ["-ladvapi32"]);
	const holder = join(folder, "hold-open.exe");
	compileC("x86_64-w64-mingw32-gcc", "hold-open.c", holder, ["-municode"]);
	const env = {
		WINEPREFIX: join(folder, "wine"),
		WINEDEBUG: "-all",
		// Else it reads the environment as ASCII.
		LC_ALL: "C.UTF-8",
		WINEDLLOVERRIDES: "bcryptprimitives=n;mscoree,mshtml=",
	};
	// The first run makes the prefix, and talks of it.
	await Bun.spawn([wine, program, "version"], {
		env: { ...process.env, ...env },
		cwd: folder,
		stdout: "ignore",
		stderr: "ignore",
	}).exited;
	return {
		name: "under wine",
		argv: [wine, program],
		cwd: folder,
		env,
		child: WINDOWS_CHILD,
		holder: [wine, holder],
	};
}

function compileC(
	compiler: string,
	source: string,
	output: string,
	flags: readonly string[],
	libraries: readonly string[] = [],
): void {
	const path = join(import.meta.dir, source);
	const words = [compiler, "-O1", ...flags, "-o", output, path, ...libraries];
	const { exitCode, stderr } = Bun.spawnSync(words);
	if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
}

/** Paths of the libraries that a program for this machine needs, its loader among them. */
function librariesOf(program: string): string[] {
	const { stdout } = Bun.spawnSync(["ldd", program]);
	return stdout.toString().match(/\/\S+(?= \()/g) ?? [];
}

function copyInto(root: string, source: string, path: string): void {
	const target = join(root, path);
	mkdirSync(dirname(target), { recursive: true });
	copyFileSync(source, target);
}

function needTools(...tools: readonly string[]): void {
	const missing = tools.filter((tool) => Bun.which(tool) === null);
	if (missing.length > 0) throw new Missing(`no ${missing.join(", ")}`);
}
