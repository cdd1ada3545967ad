/** The field's words beside those of the Python tool: get, set, rename-secret. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const set = ({ cwd }: Team, name: string, value: string) =>
	pprotect(["set", "dev", name, "--value-file", "-"], { cwd, input: value });
const get = ({ cwd, alice }: Team, ...args: string[]) =>
	pprotect(["get", ...args], { cwd, env: alice.env });
const log = ({ cwd }: Team) => readFileSync(join(cwd, "protected.yaml"), "utf8");

describe("set and get", () => {
	test("add a secret, change it, and print it", async () => {
		const team = await createTeam();
		await set(team, "token", "one");
		expect((await get(team, "dev", "token")).stdout).toBe("one\n");
		await set(team, "token", "two");
		expect((await get(team, "-d", "dev", "token")).stdout).toBe("two\n");
		expect(log(team).match(/-- set secret token in dev/g)).toHaveLength(2);
	});

	test("check names before they ask for anything", async () => {
		const { cwd } = await createTeam();
		for (const [args, words] of [
			[["set", "nope", "token"], "nope"],
			[["set", "dev", "1token"], "1token"],
			[["get", "nope", "token"], "nope"],
			[["get", "dev", "token"], "token"],
			[["get", "dev"], "pprotect get DOMAIN NAME"],
		] as const) {
			const { stderr } = await pprotect(args, { cwd, exitCode: 1 });
			expect(stderr).toContain(words);
			expect(stderr).not.toMatch(/email|Secret value/);
		}
	});

	test("set takes no value from the command line", async () => {
		const { cwd } = await createTeam();
		const { stderr } = await pprotect(["set", "dev", "token", "hunter2"], { cwd, exitCode: 1 });
		expect(stderr).toContain("never taken from the command line");
		expect(stderr).not.toContain("hunter2");
	});
});

describe("rename-secret", () => {
	test("keeps the value, without credentials", async () => {
		const team = await createTeam();
		await set(team, "token", "one");
		await pprotect(["rename-secret", "dev", "token", "API_TOKEN"], { cwd: team.cwd });
		expect((await get(team, "dev", "API_TOKEN")).stdout).toBe("one\n");
		const names = await pprotect(["list-domain-secrets", "dev"], { cwd: team.cwd });
		expect(names.stdout).toBe("API_TOKEN\n");
		expect(log(team)).toMatch(
			/-- removed secret token from dev\n.*-- added secret API_TOKEN in dev/,
		);
	});

	test("replaces no other secret, and takes no bad name", async () => {
		const team = await createTeam();
		await set(team, "one", "1");
		await set(team, "two", "2");
		for (const name of ["two", "1two", "one"]) {
			const args = ["rename-secret", "dev", "one", name];
			await pprotect(args, { cwd: team.cwd, exitCode: 1 });
		}
		expect((await get(team, "dev", "two")).stdout).toBe("2\n");
	});
});
