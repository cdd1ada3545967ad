/** The workflows, and the action as a runner would run it. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../scripts/compile.ts";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
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

test("the action runs scripts of its own folder, and takes inputs only as variables", () => {
	const action: { runs: { steps: { run: string }[] } } = parse(
		readFileSync(join(ROOT, "action.yml"), "utf8"),
	);
	for (const { run } of action.runs.steps) {
		expect(run).not.toContain("${{");
		const [path] = /packaging\/[\w/.]+|install\.sh/.exec(run) ?? [""];
		expect(readFileSync(join(ROOT, path)).length).toBeGreaterThan(0);
	}
});

test("the action masks every line of every secret, then exports the values as they are", async () => {
	const { cwd, alice } = await createTeam();
	const values = new Map([
		["one-line", "swordfish"],
		["with-percent", "50%0A off\r\nand more"],
		["several", "-----BEGIN-----\nMIIB\n\nEOF\n-----END-----\n"],
		["looks-like-an-end", "EOF\nINJECTED=yes"],
		["empty", ""],
	]);
	for (const [name, input] of values) {
		await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input });
	}
	const { log, environment, exitCode, stderr } = await exportSecrets(cwd, alice.env, "prod");
	expect(stderr).toBe("");
	expect(exitCode).toBe(0);
	const masked = log.trimEnd().split("\n");
	expect(masked.every((line) => line.startsWith("::add-mask::"))).toBe(true);
	const masks = masked.map((line) =>
		line.slice("::add-mask::".length).replaceAll("%0D", "\r").replaceAll("%25", "%"),
	);
	const lines = [...values.values()].flatMap((value) => value.split("\n")).filter(Boolean);
	expect(masks.toSorted()).toEqual(lines.toSorted());
	const expected = [...values].map(
		([name, value]) => `CI_${name.toUpperCase().replaceAll("-", "_")}=${value}`,
	);
	const found = [...environment].map(([name, value]) => `${name}=${value}`);
	expect(found.toSorted()).toEqual(expected.toSorted());
});

test("the action exports nothing with a wrong passphrase", async () => {
	const { cwd, alice } = await createTeam();
	await pprotect(["add-secret", "prod", "x", "--value-file", "-"], { cwd, input: "sesame" });
	const wrong = { ...alice.env, PPROTECT_PASSPHRASE: "wrong" };
	const { log, environment, exitCode } = await exportSecrets(cwd, wrong, "prod");
	expect([log, [...environment], exitCode]).toEqual(["", [], 1]);
});

async function exportSecrets(cwd: string, env: Readonly<Record<string, string>>, domain: string) {
	const bin = join(cwd, "bin");
	mkdirSync(bin);
	symlinkSync(PPROTECT, join(bin, "pprotect"));
	const path = join(cwd, "github-env");
	writeFileSync(path, "");
	const child = Bun.spawn(["sh", join(ROOT, "packaging", "github", "export.sh")], {
		cwd,
		env: {
			...env,
			PATH: `${bin}:${process.env.PATH}`,
			GITHUB_ENV: path,
			PPROTECT_ACTION_DOMAIN: domain,
			PPROTECT_ACTION_FILE: "protected.yaml",
			PPROTECT_ACTION_UPPERCASE: "true",
			PPROTECT_ACTION_PREFIX: "CI",
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
	const lines = text.split("\n");
	for (let line = lines.shift(); line; line = lines.shift()) {
		const [name = "", end = ""] = line.split("<<");
		found.set(name, lines.splice(0, lines.indexOf(end)).join("\n"));
		lines.shift();
	}
	return found;
}
