/** The workflows, and the action as a runner would run it. */
import { describe, expect, test } from "bun:test";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../scripts/compile.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

const WORKFLOWS = join(ROOT, ".github", "workflows");

describe.each(readdirSync(WORKFLOWS))("%s", (name) => {
	const text = readFileSync(join(WORKFLOWS, name), "utf8");

	test("pins every action by commit, and says which version that is", () => {
		const uses = text.match(/uses: .*/g) ?? [];
		expect(uses.length).toBeGreaterThan(0);
		for (const line of uses) expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
	});

	test("gives each job its own permissions and a limit, and none to the rest", () => {
		const workflow: { permissions: object; jobs: Record<string, object> } = parse(text);
		expect(workflow.permissions).toEqual({});
		for (const job of Object.values(workflow.jobs)) {
			expect(job).toMatchObject({
				permissions: expect.any(Object),
				"timeout-minutes": expect.any(Number),
			});
		}
	});

	test("puts nothing that an outsider can choose into a script", () => {
		const scripts = text.replace(/^ +(env|with|if|path|os|group|name|runs-on):.*$/gm, "");
		expect(scripts).not.toMatch(/run:.*\$\{\{ github\./);
		expect(scripts).not.toMatch(/\$\{\{ *(inputs|github\.event)/);
	});
});

const shellcheck = Bun.which("shellcheck");
test.skipIf(!shellcheck)(
	`shellcheck finds nothing in the scripts of workflows and the action${shellcheck ? "" : " (skipped: it is not installed)"}`,
	() => {
		const files = [
			...readdirSync(WORKFLOWS).map((name) => join(WORKFLOWS, name)),
			join(ROOT, "action.yml"),
		];
		const scripts = files.flatMap((file) => scriptsOf(parse(readFileSync(file, "utf8"))));
		expect(scripts.length).toBeGreaterThan(20);
		for (const { run, shell = "bash" } of scripts) {
			// GitHub writes these in before a shell sees them.
			const text = run.replace(/\$\{\{.*?\}\}/g, "expression");
			const command = [shellcheck ?? "", `--shell=${shell}`, "-"];
			const { stdout } = Bun.spawnSync(command, { stdin: Buffer.from(text) });
			expect(stdout.toString(), run).toBe("");
		}
	},
);

/** Every script in a workflow or an action, wherever it stands. */
function scriptsOf(node: unknown): { run: string; shell?: string }[] {
	if (!(node instanceof Object)) return [];
	const [run, shell]: unknown[] = [Reflect.get(node, "run"), Reflect.get(node, "shell")];
	const own = typeof run === "string" ? [{ run, ...(typeof shell === "string" && { shell }) }] : [];
	return [...own, ...Object.values(node).flatMap(scriptsOf)];
}

test("an image and the index of both processors are signed by digest, never by tag", () => {
	const text = readFileSync(join(WORKFLOWS, "release.yml"), "utf8");
	const commands = text.match(/cosign (sign|attest) .*/g) ?? [];
	expect(commands.length).toBe(2);
	for (const command of commands) expect(command).toEndWith(' "$IMAGE@$digest"');
});

test("a pre-release is the latest of nothing", () => {
	const text = readFileSync(join(WORKFLOWS, "release.yml"), "utf8");
	const scripts = scriptsOf(parse(text)).filter(({ run }) => /latest/.test(run));
	expect(scripts.length).toBe(3);
	for (const { run } of scripts) expect(run).toContain("case $TAG in *-*)");
});

interface Step {
	readonly run: string;
	readonly shell: string;
	readonly env: Readonly<Record<string, string>>;
}

const ACTION: { runs: { steps: [install: Step, exporting: Step] } } = parse(
	readFileSync(join(ROOT, "action.yml"), "utf8"),
);
const [INSTALL, EXPORT] = ACTION.runs.steps;

test("the action takes inputs only as variables", () => {
	for (const { run } of ACTION.runs.steps) expect(run).not.toContain("${{");
});

describe("the action installs", () => {
	/** What the install step asks install.sh for. */
	function install(version: string, { os = "Linux", ref = "v1.2.3" } = {}) {
		const folder = scratchFolder();
		copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
		writeFileSync(join(folder, "install.sh"), 'printf "%s " "$@"');
		const { stdout, exitCode } = Bun.spawnSync([INSTALL.shell, "-e", "-c", INSTALL.run], {
			env: {
				PATH: process.env.PATH,
				GITHUB_ACTION_PATH: folder,
				GITHUB_PATH: join(folder, "path"),
				RUNNER_TEMP: "/tmp",
				RUNNER_OS: os,
				PPROTECT_ACTION_VERSION: version,
				PPROTECT_ACTION_REF: ref,
			},
		});
		return { stdout: stdout.toString(), exitCode };
	}
	const dir = "--dir /tmp/pprotect-bin --attested ";

	test("the version of its own checkout, unless told otherwise", () => {
		const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
		expect(install("").stdout).toBe(`${dir}--version ${version} `);
		expect(install("1.2.3").stdout).toBe(`${dir}--version 1.2.3 `);
		expect(install("latest").stdout).toBe(dir);
	});

	test("what was built from the commit that the action is pinned to", () => {
		const ref = "0123456789abcdef0123456789abcdef01234567";
		expect(install("", { ref }).stdout).toEndWith(` --commit ${ref} `);
		expect(install("1.2.3", { ref }).stdout).toBe(`${dir}--version 1.2.3 `);
		for (const other of ["", "main", `${ref}8`, "c0ffee"]) {
			expect(install("", { ref: other }).stdout).not.toContain("--commit");
		}
	});

	test("nothing on Windows, and says so", () => {
		const { stdout, exitCode } = install("", { os: "Windows" });
		expect(stdout).toMatch(/^::error::.*Windows/);
		expect(exitCode).toBe(1);
	});
});

/** Adds secrets to prod. */
async function addSecrets(cwd: string, values: ReadonlyMap<string, string>): Promise<void> {
	for (const [name, input] of values) {
		await pprotect(["add-secret", "prod", name, "--value-file", "-"], {
			cwd,
			input,
			notices: /^/,
		});
	}
}

test("the action masks every line of every secret, then exports the values as they are", async () => {
	const { cwd, alice } = await createTeam();
	const values = new Map([
		["one-line", "swordfish"],
		["with-percent", "50%0A off\r\nand more"],
		["several", "-----BEGIN-----\nMIIB\n\nEOF\n-----END-----\n"],
		["looks-like-an-end", "EOF\nINJECTED=yes"],
		["empty", ""],
	]);
	await addSecrets(cwd, values);
	const naming = { PPROTECT_ACTION_UPPERCASE: "true", PPROTECT_ACTION_PREFIX: "CI" };
	const { log, environment, exitCode, stderr } = await exportSecrets(cwd, alice.env, naming);
	expect(stderr).toBe("");
	expect(exitCode).toBe(0);
	const masked = log.trimEnd().split("\n");
	expect(masked.every((line) => line.startsWith("::add-mask::"))).toBe(true);
	const masks = masked.map((line) => line.slice("::add-mask::".length).replaceAll("%25", "%"));
	const lines = [...values.values()].flatMap((value) => value.split(/\r?\n/));
	// Shorter ones would hide too much of the log.
	const long = lines.filter((line) => line.length >= 4);
	expect(masks).toEqual(expect.arrayContaining(long));
	const expected = [...values].map(
		([name, value]) => `CI_${name.toUpperCase().replaceAll("-", "_")}=${value}`,
	);
	const found = [...environment].map(([name, value]) => `${name}=${value}`);
	expect(found.toSorted()).toEqual(expected.toSorted());
});

test("the action exports a name that no shell can hold", async () => {
	const { cwd, alice } = await createTeam();
	await addSecrets(cwd, new Map([["db-password", "hunter2"]]));
	const { log, environment, exitCode } = await exportSecrets(cwd, alice.env);
	expect(exitCode).toBe(0);
	expect(log).toBe("::add-mask::hunter2\n");
	expect([...environment]).toEqual([["db-password", "hunter2"]]);
});

test.each([
	"GITHUB_ENV",
	"GITHUB_PATH",
	"PATH",
	"PPROTECT_ACTION_PREFIX",
	"BASH_ENV",
	"LD_PRELOAD",
])("a secret named %s changes nothing: the action stops, and exports nothing", async (name) => {
	const { cwd, alice } = await createTeam();
	await addSecrets(
		cwd,
		new Map([
			["token", "swordfish"],
			[name, "public.txt"],
		]),
	);
	const { environment, exitCode, log, stderr } = await exportSecrets(cwd, alice.env);
	expect(exitCode).toBe(1);
	expect(stderr).toContain(name);
	expect([...environment]).toEqual([]);
	expect(log).not.toContain("swordfish<<");
	expect(existsSync(join(cwd, "public.txt"))).toBe(false);
});

test("the action exports nothing with a wrong passphrase", async () => {
	const { cwd, alice } = await createTeam();
	await addSecrets(cwd, new Map([["x", "sesame"]]));
	const wrong = { ...alice.env, PPROTECT_PASSPHRASE: "wrong" };
	const { log, environment, exitCode } = await exportSecrets(cwd, wrong);
	expect([log, [...environment], exitCode]).toEqual(["", [], 1]);
});

async function exportSecrets(
	cwd: string,
	env: Readonly<Record<string, string>>,
	naming: Readonly<Record<string, string>> = {},
) {
	mkdirSync(join(cwd, "pprotect-bin"));
	symlinkSync(PPROTECT, join(cwd, "pprotect-bin", "pprotect"));
	const path = join(cwd, "github-env");
	writeFileSync(path, "");
	const child = Bun.spawn([EXPORT.shell, "-e", "-c", EXPORT.run], {
		cwd,
		env: {
			...env,
			PATH: process.env.PATH,
			RUNNER_TEMP: cwd,
			GITHUB_ENV: path,
			PPROTECT_ACTION_DOMAIN: "prod",
			PPROTECT_ACTION_FILE: "protected.yaml",
			PPROTECT_ACTION_UPPERCASE: "false",
			PPROTECT_ACTION_PREFIX: "",
			...naming,
		},
		stdout: "pipe",
		stderr: "pipe",
	});
	const [log, stderr, exitCode] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
		child.exited,
	]);
	return { log, stderr, exitCode, environment: readEnvironment(readFileSync(path, "utf8")) };
}

/** A file of GITHUB_ENV, as the runner reads it: NAME<<END, the value, END. */
function readEnvironment(text: string): Map<string, string> {
	const found = new Map<string, string>();
	const lines = text.split("\n").filter((line, index) => index > 0 || line !== "");
	for (let line = lines.shift(); line; line = lines.shift()) {
		const [name = "", end = ""] = line.split("<<");
		found.set(name, lines.splice(0, lines.indexOf(end)).join("\n"));
		lines.shift();
	}
	return found;
}
