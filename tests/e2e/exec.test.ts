/** exec: which variables a command gets, and what becomes of its exit code. */
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, type RunOptions } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

async function teamWith(secrets: Readonly<Record<string, string>>): Promise<Team> {
	const team = await createTeam();
	for (const [name, value] of Object.entries(secrets)) {
		await pprotect(["add-secret", "prod", name, "--value-file=-"], {
			cwd: team.cwd,
			input: value,
			notices: /^(pprotect: warning: secret .* exec gives it.*\n)*$/,
		});
	}
	return team;
}

function exec({ cwd, alice }: Team, words: readonly string[], options: Partial<RunOptions> = {}) {
	return pprotect(["exec", "--domain", "prod", ...words], { cwd, env: alice.env, ...options });
}

/** The variables that a command has. */
async function variables(team: Team, words: readonly string[], options: Partial<RunOptions> = {}) {
	const notices = /^(pprotect: warning: no shell can hold .*\n)?$/;
	const { stdout } = await exec(team, [...words, "--", "env", "-0"], { notices, ...options });
	return new Map(
		stdout
			.split("\0")
			.slice(0, -1)
			.map((entry) => {
				const [name = "", ...rest] = entry.split("=");
				return [name, rest.join("=")] as const;
			}),
	);
}

describe("variables", () => {
	test("have the names of the secrets, and their values to the byte", async () => {
		const team = await teamWith({
			"db-password": "a'b\"c$d",
			CERT: "-----BEGIN\n-----END\n\n",
			empty: "",
			emoji: "🔏=é",
		});
		const given = await variables(team, []);
		expect(given.get("db-password")).toBe("a'b\"c$d");
		expect(given.get("CERT")).toBe("-----BEGIN\n-----END\n\n");
		expect(given.get("empty")).toBe("");
		expect(given.get("emoji")).toBe("🔏=é");
	});

	test("--uppercase writes _ for all but letters and digits, --prefix comes before", async () => {
		const team = await teamWith({ "db-pass_word1": "v", k: "w" });
		const names = async (...words: string[]) => [...(await variables(team, words)).keys()];
		expect(await names("--uppercase")).toEqual(expect.arrayContaining(["DB_PASS_WORD1", "K"]));
		expect(await names("--prefix", "App")).toEqual(
			expect.arrayContaining(["App_db-pass_word1", "App_k"]),
		);
		expect(await names("--prefix=App", "--uppercase")).toEqual(
			expect.arrayContaining(["App_DB_PASS_WORD1", "App_K"]),
		);
		expect(await names("--prefix=", "--uppercase")).toContain("K");
	});

	test("replace the caller's of the same name", async () => {
		const team = await teamWith({ LEVEL: "secret" });
		const env = { ...team.alice.env, LEVEL: "caller", OTHER: "caller" };
		const given = await variables(team, [], { env });
		expect(given.get("LEVEL")).toBe("secret");
		expect(given.get("OTHER")).toBe("caller");
	});

	test("two secrets for one are an error that names them; nothing runs", async () => {
		const team = await teamWith({ "a-b": "hunter2", a_b: "hunter3" });
		const { stderr } = await exec(team, ["--uppercase", "--", "touch", "ran"], { exitCode: 1 });
		expect(stderr).toContain("the secrets a-b and a_b would both be the variable A_B");
		expect(stderr).not.toContain("hunter");
		expect(await Bun.file(join(team.cwd, "ran")).exists()).toBe(false);
		expect((await variables(team, [])).get("a-b")).toBe("hunter2");
	});

	test("--no-passthrough keeps PATH HOME TERM LANG USER SHELL LOGNAME, no other", async () => {
		const team = await teamWith({ k: "v" });
		const kept = { TERM: "t", LANG: "l", USER: "u", SHELL: "s", LOGNAME: "n" };
		const env = { ...team.alice.env, ...kept, LC_ALL: "C", SSH_AUTH_SOCK: "x", EMPTY: "" };
		const given = await variables(team, ["--no-passthrough"], { env });
		expect([...given.keys()].sort()).toEqual(["HOME", "PATH", ...Object.keys(kept), "k"].sort());
		for (const [name, value] of Object.entries(kept)) expect(given.get(name)).toBe(value);
	});

	test("of the credentials are gone, under the default prefix and another", async () => {
		const team = await teamWith({ k: "v" });
		const { alice } = team;
		const mine = { MYAPP_USER: alice.user, MYAPP_PASSPHRASE: alice.passphrase };
		const theirs = { PPROTECT_USER: "x", PPROTECT_PASSPHRASE: "y", PPROTECT_ENV_PREFIX: "MYAPP" };
		for (const words of [[], ["--env-prefix", "MYAPP"], ["--no-passthrough"]]) {
			const given = await variables(team, words, { env: { ...mine, ...theirs, MYAPP_PORT: "80" } });
			const left = [...given.keys()].filter((name) => /^(PPROTECT|MYAPP)_/.test(name));
			expect(left).toEqual(words[0] === "--no-passthrough" ? [] : ["MYAPP_PORT"]);
			expect([...given.values()].join("\n")).not.toContain(alice.passphrase);
		}
	});

	test("have a credential's name only where the secret is asked for by name", async () => {
		const team = await teamWith({ PPROTECT_USER: "the secret" });
		const { stderr } = await exec(team, ["--", "true"], { exitCode: 1 });
		expect(stderr).toContain("the variable PPROTECT_USER gives pprotect its credentials");
		const asked = await variables(team, ["--only", "PPROTECT_USER"]);
		expect(asked.get("PPROTECT_USER")).toBe("the secret");
	});
});

describe("exit codes", () => {
	test("are the command's own", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		for (const code of [0, 1, 2, 7, 126, 130, 255]) {
			const child = Bun.spawnSync(
				[PPROTECT, "exec", "--domain", "prod", "--", "sh", "-c", `exit ${code}`],
				{ cwd, env: { PATH: process.env.PATH, ...alice.env } },
			);
			expect(child.exitCode).toBe(code);
			expect(child.stderr.toString()).toBe("");
		}
	});

	test("are 127 for a command that is not found, 126 for one that cannot be run", async () => {
		const team = await createTeam();
		writeFileSync(join(team.cwd, "plain"), "#!/bin/sh\n");
		chmodSync(join(team.cwd, "plain"), 0o644);
		mkdirSync(join(team.cwd, "folder"));
		for (const [command, exitCode] of [
			["/no/such/command", 127],
			["./missing", 127],
			["no-such-command-anywhere", 127],
			["./plain", 126],
			["./folder", 126],
		] as const) {
			const { stderr } = await exec(team, ["--", command], { exitCode });
			expect(stderr).toMatch(/^pprotect: error: (cannot run|command) "/);
			expect(stderr).toContain(command);
		}
	});

	test("are ours, 1 or 2, where the command was not reached", async () => {
		const team = await createTeam();
		const wrong = { PPROTECT_USER: team.alice.user, PPROTECT_PASSPHRASE: "wrong" };
		await exec(team, ["--", "echo", "ran"], { exitCode: 1, env: wrong });
		await exec(team, ["--file", "none.yaml", "--", "echo", "ran"], { exitCode: 2 });
		const { stderr } = await pprotect(["exec", "--domain", "nope", "--", "echo", "ran"], {
			cwd: team.cwd,
			env: team.alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain("known domains: dev, prod");
		const bob = await exec(team, ["--", "echo", "ran"], { exitCode: 1, env: team.bob.env });
		expect(bob.stderr).toContain("is not an owner of prod");
	});
});

test("the command is in pprotect's place: the same process, its streams untouched", async () => {
	const { cwd, alice } = await createTeam();
	const script = `echo $$; exec "$P" exec --domain prod -- sh -c 'echo $$; cat; echo err >&2'`;
	const child = Bun.spawnSync(["sh", "-c", script], {
		cwd,
		env: { PATH: process.env.PATH, P: PPROTECT, ...alice.env },
		stdin: Buffer.from("all of\nstandard input"),
	});
	const [before, after, ...rest] = child.stdout.toString().split("\n");
	expect(after).toBe(before ?? "");
	expect(rest.join("\n")).toBe("all of\nstandard input");
	expect(child.stderr.toString()).toBe("err\n");
});
