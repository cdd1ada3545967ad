/** The npm packages of a release: installed from a registry, run by each Node and by Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { archiveEntries } from "../../scripts/release/contents.ts";
import { mainPackage, targetPackage } from "../../scripts/release/npm.ts";
import { hostTarget, targetNamed } from "../../scripts/targets.ts";
import { VERSION } from "../../src/version.ts";
import { nodeNamed, titleOf } from "../support/bundlers.ts";
import { mustRunIn, runIn } from "../support/library.ts";
import { scratchFolder } from "../support/pprotect.ts";
import { packFolder, type Registry, startRegistry } from "../support/registry.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

const TIMEOUT = 300_000;
const host = hostTarget();
const VERSION_LINE = `pocket_protector version ${VERSION}\n`;

let registry: Registry;
let project: string;

beforeAll(async () => {
	const library = scratchFolder();
	mustRunIn(ROOT, process.execPath, "scripts/build-library.ts", library);
	const entries = await archiveEntries(host);
	// Packages of other systems are not to be installed, and need no program for that.
	const others = ["linux-x64", "linux-x64-musl", "linux-arm64", "macos-arm64", "windows-x64"]
		.filter((name) => name !== host.name)
		.map((name) => targetPackage(targetNamed(name), []));
	const noble = ["ciphers", "curves", "hashes"].map((name) =>
		packFolder(join(ROOT, "node_modules/@noble", name)),
	);
	registry = await startRegistry([
		mainPackage(library),
		targetPackage(host, entries),
		...others,
		...(await Promise.all(noble)),
	]);
	project = scratchFolder();
	writeFileSync(join(project, "package.json"), '{ "type": "module" }');
	await install(project, "npm", "install", "--no-audit", "--no-fund", "pprotect");
}, TIMEOUT);

afterAll(() => {
	registry.stop();
	rmSync(project, { recursive: true, force: true });
});

/** Installs with a package manager that knows no registry but ours, which this process is. */
async function install(folder: string, ...command: readonly string[]): Promise<void> {
	writeFileSync(join(folder, ".npmrc"), `registry=${registry.url}\ncache=${folder}/.cache\n`);
	const env = { BUN_INSTALL_CACHE_DIR: join(folder, ".cache"), npm_config_registry: registry.url };
	const child = Bun.spawn([...command], {
		cwd: folder,
		env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
		stdout: "pipe",
		stderr: "pipe",
	});
	const output = [new Response(child.stdout).text(), new Response(child.stderr).text()];
	expect(await child.exited, (await Promise.all(output)).join("")).toBe(0);
}

const npm = Bun.which("npm");

describe.skipIf(!npm || host.system === "windows")(
	`the packages${npm ? "" : " (skipped: npm is not installed)"}`,
	() => {
		test("of other systems are not installed, nor what only the program is made of", () => {
			// Older versions of npm do not look at the C library.
			const platforms = readdirSync(join(project, "node_modules/@pprotect"));
			expect([host.name, `${host.name}-musl`]).toEqual(expect.arrayContaining(platforms));
			expect(platforms).toContain(host.name);
			const installed = readdirSync(join(project, "node_modules"));
			expect(installed.filter((name) => !name.startsWith(".")).toSorted()).toEqual([
				"@noble",
				"@pprotect",
				"pprotect",
			]);
		});

		test("run no script when they are installed", () => {
			for (const name of ["pprotect", `@pprotect/${host.name}`]) {
				const path = join(project, "node_modules", name, "package.json");
				expect(JSON.parse(readFileSync(path, "utf8"))).not.toHaveProperty("scripts");
			}
		});

		test("give npx both names of the program", () => {
			for (const name of ["pprotect", "pocket_protector"]) {
				expect(mustRunIn(project, "npx", "--no-install", name, "version")).toBe(VERSION_LINE);
			}
		});

		test(
			"are installed by Bun, too",
			async () => {
				const folder = scratchFolder();
				writeFileSync(join(folder, "package.json"), "{}");
				await install(folder, process.execPath, "add", "pprotect");
				expect(mustRunIn(folder, process.execPath, "x", "--bun", "pprotect", "version")).toBe(
					VERSION_LINE,
				);
			},
			TIMEOUT,
		);

		test("say what is missing where optional packages were left out", () => {
			const folder = join(project, "without");
			const start = join(folder, "node_modules/pprotect/bin/pprotect.js");
			mkdirSync(dirname(start), { recursive: true });
			writeFileSync(join(folder, "node_modules/pprotect/package.json"), '{"type":"module"}');
			writeFileSync(start, readFileSync(launcher()));
			const elsewhere = scratchFolder();
			mustRunIn(folder, "cp", "-r", "node_modules", elsewhere);
			const moved = join(elsewhere, "node_modules/pprotect/bin/pprotect.js");
			const { exitCode, stderr } = runIn(elsewhere, [process.execPath, moved, "version"]);
			expect(stderr).toMatch(/^pprotect: error: the package @pprotect\/\S+ is not installed\n/);
			expect(stderr).toMatch(/hint: install without --omit=optional/);
			expect(exitCode).toBe(1);
		});
	},
);

function launcher(): string {
	return join(project, "node_modules/pprotect/bin/pprotect.js");
}

const RUNTIMES = [
	pinned("node20", false),
	pinned("node22", true),
	pinned("node24", true),
	pinned("node26", true),
	["bun", process.execPath, true],
] as const;

/** @param becomes whether a process of this Node can become another program. */
function pinned(name: string, becomes: boolean) {
	const node = nodeNamed(name);
	return [titleOf(name, node), node, becomes] as const;
}

describe.each(RUNTIMES)("started by %s", (_, runtime, becomes) => {
	const onRuntime = test.skipIf(runtime === undefined || !npm || host.system !== "linux");
	const [{ user = "", passphrase = "" } = {}] = VECTORS.get("v2-raw.yaml")?.custodians ?? [];
	const env = { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase };
	const exec = (...command: readonly string[]) => [
		...[runtime ?? "", launcher(), "exec", "--domain", "ci"],
		...["--file", vectorPath("v2-raw.yaml"), "--", ...command],
	];

	onRuntime("the program says its version", () => {
		expect(mustRunIn(project, runtime ?? "", launcher(), "version")).toBe(VERSION_LINE);
	});

	onRuntime("exec hands the exit code on", () => {
		expect(runIn(project, exec("sh", "-c", "exit 42"), env).exitCode).toBe(42);
	});

	onRuntime("exec ends by the signal that ends the command", () => {
		const { signalCode } = Bun.spawnSync(exec("sh", "-c", "kill -TERM $$"), {
			env: { ...process.env, ...env },
		});
		expect(signalCode).toBe("SIGTERM");
	});

	onRuntime("exec passes signals on, and SIGPIPE is not ignored", async () => {
		const script = `trap 'echo caught; exit 7' USR2
			grep SigIgn /proc/self/status | tr -d '[:space:]'; echo " $$"
			while :; do read -r line </dev/null; done`;
		const child = Bun.spawn(exec("sh", "-c", script), {
			env: { ...process.env, ...env },
			stdout: "pipe",
		});
		const lines = linesOf(child.stdout);
		const [ignored = "", pid] = ((await lines.next()).value ?? "").split(" ");
		expect(BigInt(`0x${ignored.slice("SigIgn:".length)}`) & (1n << 12n)).toBe(0n);
		// One process all the way, where Node can be replaced.
		expect(Number(pid) === child.pid).toBe(becomes);
		child.kill("SIGUSR2");
		expect((await lines.next()).value).toBe("caught");
		expect(await child.exited).toBe(7);
	});

	onRuntime("exec hands on what the command reads and its descriptors", () => {
		const [first, ...rest] = exec("sh", "-c", "cat; cat <&7; cat <&8");
		const script = '"$@" 7</etc/hostname 8<&0 <<END\nfrom stdin\nEND\n';
		const command = ["sh", "-c", `echo from pipe | { ${script} }`];
		const { stdout, exitCode } = runIn(project, [...command, "sh", first ?? "", ...rest], env);
		const hostname = existsSync("/etc/hostname") ? readFileSync("/etc/hostname", "utf8") : "";
		expect([stdout, exitCode]).toEqual([`from stdin\n${hostname}from pipe\n`, 0]);
	});
});

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, string> {
	let text = "";
	for await (const bytes of stream) {
		text += Buffer.from(bytes).toString();
		for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
			yield text.slice(0, end);
			text = text.slice(end + 1);
		}
	}
	return text;
}
