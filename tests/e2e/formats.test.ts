/** The formats of decrypt-domain that other programs read. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const VALUES = {
	"db-key": "-----BEGIN-----\nx 100%\n-----END-----\n",
	number: "5432",
	quoted: '"x" #',
};

async function teamWith(values: Readonly<Record<string, string>>): Promise<Team> {
	const team = await createTeam();
	const notices = /^(pprotect: warning: secret .* exec gives it.*\n)*$/;
	await pprotect(["import", "prod", "-"], {
		cwd: team.cwd,
		input: JSON.stringify(values),
		notices,
	});
	return team;
}

async function decrypt(
	{ cwd, alice }: Team,
	format: string,
	args: readonly string[] = [],
	env: Readonly<Record<string, string>> = {},
): Promise<string> {
	const all = ["decrypt-domain", "prod", "--output-format", format, ...args];
	return (await pprotect(all, { cwd, env: { ...alice.env, ...env } })).stdout;
}

test("yaml shows lines as lines, and everything as text", async () => {
	const team = await teamWith(VALUES);
	const text = await decrypt(team, "yaml");
	expect(text).toBe(
		`db-key: |\n  -----BEGIN-----\n  x 100%\n  -----END-----\nnumber: '5432'\nquoted: '"x" #'\n`,
	);
	expect(parse(text)).toEqual(VALUES);
	expect(await decrypt(team, "yaml", ["--secret", "number"])).toBe("number: '5432'\n");
	expect(await decrypt(await createTeam(), "yaml")).toBe("{}\n");
});

describe("docker", () => {
	test("takes every character behind the = as it is", async () => {
		const { "db-key": _, ...values } = VALUES;
		const team = await teamWith(values);
		expect(await decrypt(team, "docker")).toMatch(/^# .*\nnumber=5432\nquoted="x" #\n$/);
		expect(await decrypt(team, "docker", ["--secret", "number"])).toBe("number=5432\n");
	});

	test("cannot hold a line break, and then prints nothing at all", async () => {
		const { cwd, alice } = await teamWith(VALUES);
		const args = ["decrypt-domain", "prod", "--output-format", "docker"];
		const { stderr } = await pprotect(args, { cwd, env: alice.env, exitCode: 1 });
		expect(stderr).toContain("secret db-key has a line break");
		expect(stderr).not.toContain("BEGIN");
	});
});

describe("github", () => {
	const MASKS = [
		"::add-mask::-----BEGIN-----",
		"::add-mask::x 100%25",
		"::add-mask::-----END-----",
		"::add-mask::5432",
		'::add-mask::"x" #',
	];
	const ENTRIES =
		/^db-key<<(pprotect_\S+)\n-----BEGIN-----\nx 100%\n-----END-----\n\n\1\nnumber<<(pprotect_\S+)\n5432\n\2\nquoted<<(pprotect_\S+)\n"x" #\n\3\n$/;
	const masks = MASKS.map((mask) => `${mask}\n`).join("");

	test("in a workflow, prints the masks and appends the entries to the file of GITHUB_ENV", async () => {
		const team = await teamWith(VALUES);
		const file = join(team.cwd, "github-env");
		writeFileSync(file, "EARLIER=1");
		expect(await decrypt(team, "github", [], { GITHUB_ENV: file })).toBe(masks);
		const text = readFileSync(file, "utf8");
		expect(text).toStartWith("EARLIER=1\n");
		expect(text.slice("EARLIER=1\n".length)).toMatch(ENTRIES);
	});

	test("says which values are too short for a mask", async () => {
		const { cwd, alice } = await teamWith({ DEBUG: "1", long: "hunter2" });
		const { stdout } = await pprotect(["decrypt-domain", "prod", "--output-format", "github"], {
			cwd,
			env: alice.env,
			notices: /^pprotect: note: DEBUG is too short for a mask.*\n$/,
		});
		expect(stdout.match(/^::add-mask::.*$/gm)).toEqual(["::add-mask::hunter2"]);
	});

	test("elsewhere prints the masks, then the entries", async () => {
		const text = await decrypt(await teamWith(VALUES), "github");
		expect(text).toStartWith(masks);
		expect(text.slice(masks.length)).toMatch(ENTRIES);
	});

	test("does not put masks into the file, where they would mask nothing", async () => {
		const { cwd, alice } = await teamWith(VALUES);
		const file = join(cwd, "github-env");
		const stdout = openSync(file, "a");
		const child = Bun.spawn([PPROTECT, "decrypt-domain", "prod", "--output-format", "github"], {
			cwd,
			env: { ...alice.env, GITHUB_ENV: file },
			stdin: "ignore",
			stdout,
			stderr: "pipe",
		});
		const [stderr, exitCode] = await Promise.all([child.stderr.text(), child.exited]);
		closeSync(stdout);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("leave out the redirection");
		expect(readFileSync(file, "utf8")).toBe("");
	});

	test.each([
		{
			values: { NODE_OPTIONS: "hunter2" },
			file: "env",
			words: "secret NODE_OPTIONS: the variable NODE_OPTIONS is read by Node",
		},
		{
			values: { a: "hunter2" },
			file: "no/such/file",
			words: "that GITHUB_ENV names: it does not exist",
		},
	])("prints nothing where it cannot hand over: $words", async ({ values, file, words }) => {
		const { cwd, alice } = await teamWith(values);
		const { stderr } = await pprotect(["decrypt-domain", "prod", "--output-format", "github"], {
			cwd,
			env: { ...alice.env, GITHUB_ENV: join(cwd, file) },
			exitCode: 1,
		});
		expect(stderr).toContain(words);
		expect(stderr).not.toContain("hunter2");
	});
});
