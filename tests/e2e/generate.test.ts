/** add-secret and update-secret with --generate. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

async function secretOf({ cwd, alice }: Team, name: string): Promise<string> {
	const args = ["decrypt-domain", "prod", "--secret", name];
	return (await pprotect(args, { cwd, env: alice.env })).stdout.slice(0, -1);
}

test.each([
	{ args: ["prod", "s", "--generate"], pattern: /^[A-Za-z0-9]{32}$/ },
	{ args: ["prod", "s", "--generate", "40"], pattern: /^[A-Za-z0-9]{40}$/ },
	{ args: ["--generate=7", "prod", "s"], pattern: /^[A-Za-z0-9]{7}$/ },
	{ args: ["--generate", "prod", "s"], pattern: /^[A-Za-z0-9]{32}$/ },
	{ args: ["--generate", "64", "prod", "s", "--alphabet", "hex"], pattern: /^[0-9a-f]{64}$/ },
	{ args: ["prod", "s", "--generate", "--alphabet=base64url"], pattern: /^[A-Za-z0-9_-]{32}$/ },
	{ args: ["prod", "s", "--generate", "4096"], pattern: /^[A-Za-z0-9]{4096}$/ },
])("add-secret $args", async ({ args, pattern }) => {
	const team = await createTeam();
	const { stdout } = await pprotect(["add-secret", ...args], { cwd: team.cwd });
	expect(stdout).toBe("");
	expect(await secretOf(team, "s")).toMatch(pattern);
	expect(auditTexts(team.cwd).at(-1)).toBe("added secret s in prod");
});

test("update-secret draws another value each time, and shows it when asked to", async () => {
	const team = await createTeam();
	const { cwd } = team;
	const added = await pprotect(["add-secret", "prod", "s", "--generate", "--show"], { cwd });
	const updated = await pprotect(["update_secret", "prod", "s", "--generate", "--show"], { cwd });
	expect(added.stdout).toMatch(/^\w{32}\n$/);
	expect(updated.stdout).toMatch(/^\w{32}\n$/);
	expect(updated.stdout).not.toBe(added.stdout);
	expect(await secretOf(team, "s")).toBe(updated.stdout.trim());
	expect(auditTexts(cwd).at(-1)).toBe("updated secret s in prod");
});

test("asks for names that are left out, not for the value", async () => {
	const team = await createTeam();
	const notices = asks("Adding secret value.", "Domain name: ", "Secret name: ");
	await pprotect(["add-secret", "--generate"], { cwd: team.cwd, input: "prod\ns\n", notices });
	expect(await secretOf(team, "s")).toMatch(/^\w{32}$/);
});

test("shows nothing that was not written", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	const args = ["add-secret", "prod", "s", "--generate", "--show", "--confirm"];
	const { stdout } = await pprotect(args, { cwd, input: "n\n", notices: /Aborting\n$/ });
	expect(stdout).toBe("");
	expect(stateOf(cwd)).toEqual(before);
});

describe("refuses", () => {
	test.each([
		{ args: ["--generate", "0"], words: "must be a number from 1 to 4096", exitCode: 1 },
		{ args: ["--generate", "4097"], words: "must be a number from 1 to 4096", exitCode: 1 },
		{ args: ["--generate=-1"], words: "must be a number from 1 to 4096", exitCode: 1 },
		{ args: ["--generate=ten"], words: "must be a number from 1 to 4096", exitCode: 1 },
		{ args: ["--generate", "--alphabet", "emoji"], words: "must be one of", exitCode: 1 },
		{ args: ["--generate", "--value-file", "-"], words: "both give the value", exitCode: 2 },
		{ args: ["--show"], words: "--show is for a generated value", exitCode: 2 },
		{ args: ["--alphabet", "hex"], words: "--alphabet is for a generated value", exitCode: 2 },
		{ args: ["--generate", "8", "9"], words: "too many arguments", exitCode: 1 },
	])("$args", async ({ args, words, exitCode }) => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["add-secret", "prod", "s", ...args], { cwd, exitCode });
		expect(stderr).toContain(words);
		expect(stateOf(cwd)).toEqual(before);
	});
});
