/** A folder can hold anything: of all that, pprotect reads the protected file alone. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

/** A team's folder with all that a runtime may look for, each of it leaving a mark if it is run. */
async function hostileTeam(): Promise<Team> {
	const team = await createTeam();
	const evil = `require("node:fs").writeFileSync(${JSON.stringify(join(team.cwd, "MARK"))}, "ran");\n`;
	const files = {
		"evil.js": evil,
		"bunfig.toml": `preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n[test]\npreload = ["./evil.js"]\n`,
		".bunfig.toml": `preload = ["./evil.js"]\n`,
		".env": `PPROTECT_USER=${team.alice.user}\nPPROTECT_PASSPHRASE=${team.alice.passphrase}\nINJECTED=1\nBUN_OPTIONS=--preload=./evil.js\n`,
		".env.local": "INJECTED=1\n",
		".env.production": "INJECTED=1\n",
		".env.development": "INJECTED=1\n",
		"package.json":
			'{"type":"module","imports":{"#x":"./evil.js"},"scripts":{"preinstall":"node evil.js"}}',
		"tsconfig.json":
			'{"compilerOptions":{"paths":{"clipanion":["./evil.js"],"yaml":["./evil.js"],"*":["./evil.js"]}}}',
		"jsconfig.json": '{"compilerOptions":{"paths":{"*":["./evil.js"]}}}',
		".npmrc": "ignore-scripts=false\n",
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(team.cwd, name), text);
	for (const name of ["clipanion", "yaml", "diff", "@noble/hashes", "@noble/ciphers"]) {
		const folder = join(team.cwd, "node_modules", name);
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "index.js"), evil);
		writeFileSync(join(folder, "package.json"), `{"name":"${name}","main":"index.js"}`);
	}
	return team;
}

const COMMANDS = [
	["--help"],
	["list-domains"],
	["decrypt-domain", "prod"],
	["exec", "--domain", "prod", "--", "env"],
	["add-secret", "prod", "s", "--value-file", "/dev/null", "--confirm", "--yes"],
];

describe("a hostile bunfig.toml, .env, package.json, tsconfig.json and node_modules", () => {
	test.each(COMMANDS.map((args) => ({ args })))("run nothing: $args", async ({ args }) => {
		const { cwd, alice } = await hostileTeam();
		const { stdout } = await pprotect(args, {
			cwd,
			env: alice.env,
			...(args.includes("--confirm") && { notices: /^Changes/ }),
		});
		expect(existsSync(join(cwd, "MARK"))).toBe(false);
		expect(stdout).not.toContain("INJECTED");
	});

	test("give no credentials", async () => {
		const { cwd } = await hostileTeam();
		const args = ["decrypt-domain", "prod", "--non-interactive"];
		const { stderr } = await pprotect(args, { cwd, exitCode: 1 });
		expect(stderr).toContain("the credentials are not given");
	});

	test("nor through the runtime's own variables for options", async () => {
		const { cwd, alice } = await hostileTeam();
		for (const env of [
			{ BUN_OPTIONS: "--preload=./evil.js" },
			{ BUN_OPTIONS: "--preload ./evil.js --config=./bunfig.toml" },
			{ BUN_OPTIONS: "--env-file=.env" },
			{ NODE_OPTIONS: "--require ./evil.js" },
			{ NODE_PATH: "./node_modules" },
			{ BUN_CONFIG_PRELOAD: "./evil.js" },
		]) {
			const run = { cwd, env: { ...env, ...alice.env } };
			const { stdout } = await pprotect(["exec", "--domain", "prod", "--", "env"], run);
			expect(existsSync(join(cwd, "MARK")), JSON.stringify(env)).toBe(false);
			expect(stdout).not.toContain("INJECTED");
			// The command may be Bun's or Node's own business: its variables are handed on.
			for (const [name, value] of Object.entries(env)) expect(stdout).toContain(`${name}=${value}`);
		}
	});
});

describe("a program in the folder, or in that of the file,", () => {
	const NAMES = ["git", "editor", "vi", "nano", "sh", "my-tool", "pprotect"];

	/** A team's folder in which every program that could be run leaves a mark. */
	async function planted(): Promise<Team> {
		const team = await createTeam();
		const script = `#!/bin/sh\n/usr/bin/env >> '${join(team.cwd, "MARK")}'\n`;
		for (const name of NAMES) writeFileSync(join(team.cwd, name), script, { mode: 0o755 });
		writeFileSync(join(team.cwd, ".env"), "A=b\n");
		return team;
	}

	const RUNS: readonly (readonly string[])[] = [
		["diff"],
		["check"],
		["git-setup"],
		["import", "prod", ".env"],
		["edit", "prod"],
		["list-user-secrets", "--passphrase-command", "my-tool"],
		["list-user-secrets", "--passphrase-command", "git credential fill"],
	];
	const SYSTEM = "/usr/bin:/bin";

	test.each(RUNS.map((args) => ({ args })))(
		"is not run in place of one: $args",
		async ({ args }) => {
			const { cwd, alice } = await planted();
			const elsewhere = scratchFolder();
			const isCommand = args.includes("--passphrase-command");
			for (const path of ["", ".", `:${SYSTEM}`, `.:./:${cwd}:${SYSTEM}`, `${cwd}/:${SYSTEM}`]) {
				for (const [from, more] of [
					[cwd, []],
					[elsewhere, ["--file", join(cwd, "protected.yaml")]],
				] as const) {
					// A shell's own search knows the current folder, not that of the file.
					if (isCommand && from === elsewhere && path.includes(cwd)) continue;
					const file = args.map((word) => (word === ".env" ? join(cwd, ".env") : word));
					const child = Bun.spawn([PPROTECT, ...file, ...more], {
						cwd: from,
						env: {
							...alice.env,
							...(isCommand && { PPROTECT_PASSPHRASE: undefined }),
							PATH: path,
							HOME: elsewhere,
						},
						stdin: "ignore",
						stdout: "ignore",
						stderr: "ignore",
					});
					await child.exited;
					expect(existsSync(join(cwd, "MARK")), `PATH=${path} from ${from}`).toBe(false);
				}
			}
		},
	);

	test("is said not to be run, where there is no other", async () => {
		const { cwd } = await planted();
		const { stderr } = await pprotect(["diff"], { cwd, env: { PATH: cwd }, exitCode: 1 });
		expect(stderr).toContain("cannot run git: no folder of PATH has it");
		expect(stderr).toContain("is never run");
	});

	test("is run where somebody names it by its path", async () => {
		const { cwd, alice } = await planted();
		const env = { ...alice.env, PATH: SYSTEM, VISUAL: "./my-tool" };
		await pprotect(["edit", "prod"], { cwd, env, notices: /Nothing was changed/ });
		expect(existsSync(join(cwd, "MARK"))).toBe(true);
	});
});

const strace = Bun.which("strace");
const canTrace = strace !== null && Bun.spawnSync([strace, "-o", "/dev/null", "true"]).success;

test.skipIf(!canTrace)(
	`no file of the folder is opened but the protected one${canTrace ? "" : " (skipped: no strace)"}`,
	async () => {
		const { cwd, alice } = await hostileTeam();
		const trace = join(cwd, "trace");
		for (const args of COMMANDS) {
			const calls =
				"open,openat,openat2,stat,lstat,newfstatat,statx,access,faccessat,faccessat2,readlink";
			const { success, stderr } = Bun.spawnSync(
				["strace", "-f", "-qq", "-y", "-e", `trace=${calls}`, "-o", trace, PPROTECT, ...args],
				{ cwd, env: { PATH: process.env.PATH, ...alice.env }, stdin: "ignore" },
			);
			expect(success, stderr.toString()).toBe(true);
			const lines = readFileSync(trace, "utf8").split("\n");
			const touched = lines
				// Of readlink, not what the link says.
				.map((line) => line.replace(/(readlink\("[^"]*"), .*/, "$1"))
				.flatMap((line) => [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = ""]) => path))
				.map((path) => (path.startsWith("/") ? path : join(cwd, path)))
				.filter((path) => path.startsWith(`${cwd}/`))
				.map((path) =>
					path.slice(cwd.length + 1).replace(/^\.?protected\.yaml.*/, "protected.yaml"),
				);
			// Whether the folder is a work tree, and whether the clone lacks the merge driver.
			const looked = ["protected.yaml", ".git", ".gitattributes"];
			expect([...new Set(touched)].filter((name) => !looked.includes(name))).toEqual([]);
		}
	},
);
