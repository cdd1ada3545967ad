/** What `check` and `diff` print for a person: colour, lines that fit, what to do apart. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam, readProtectedText, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const ESC = "\u001b";
const RED = `${ESC}[31m`;
const GREEN = `${ESC}[32m`;
const YELLOW = `${ESC}[33m`;

let team: Team;

beforeAll(async () => {
	team = await createTeam();
	const { cwd } = team;
	for (const name of ["kept", "gone"]) {
		await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input: "hunter2" });
	}
	writeFileSync(join(cwd, "old.yaml"), readProtectedText(cwd));
	await pprotect(["rm-secret", "prod", "gone"], { cwd });
	await pprotect(["add-secret", "dev", "fresh", "--value-file", "-"], { cwd, input: "hunter2" });
	const unsealed = readProtectedText(cwd).replace(/^( {2}secret-kept: ).*/m, "$1hunter2");
	writeFileSync(join(cwd, "unsealed.yaml"), unsealed);
});

async function onTerminal(
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
	columns = 80,
): Promise<string[]> {
	const { PATH } = process.env;
	const { output } = await runInTerminal([PPROTECT, ...args], {
		cwd: team.cwd,
		env: { PATH, HOME: team.cwd, TERM: "xterm", ...env },
		size: [columns, 24],
	});
	return output.trimEnd().split("\r\n");
}

describe("pprotect check on a terminal", () => {
	const check = ["check", "unsealed.yaml"];

	test("puts what to do on an indented line of its own, and ends with counts", async () => {
		const lines = await onTerminal(check, { TERM: "dumb" }, 200);
		const problem = lines.findIndex((line) => line.includes("secret kept of prod"));
		expect(lines[problem]).toEndWith("as if its value had been typed into the file");
		expect(lines[problem + 1]).toStartWith(
			"    seal it with pprotect update-secret prod kept --file unsealed.yaml",
		);
		expect(lines.at(-1)).toMatch(/^1 problem, \d+ warnings?/);
	});

	test("colours problems red and warnings yellow, with lines that fit", async () => {
		const lines = await onTerminal(check);
		const plain = lines.map((line) => Bun.stripANSI(line));
		expect(lines.some((line) => line.startsWith(`${RED}unsealed.yaml:`))).toBe(true);
		expect(lines.some((line) => line.startsWith(`${YELLOW}unsealed.yaml:`))).toBe(true);
		expect(plain.filter((line) => line.length > 80)).toEqual([]);
	});

	test.each([
		["NO_COLOR", { NO_COLOR: "1" }],
		["a dumb terminal", { TERM: "dumb" }],
	])("is plain with %s", async (_, env) => {
		expect((await onTerminal(check, env)).join("\n")).not.toContain(ESC);
	});

	test("says less with --quiet, and nothing more with --json or in a pipe", async () => {
		const quiet = await onTerminal([...check, "--quiet"]);
		expect(quiet.join("\n")).not.toMatch(/\d problem/);
		const json = await onTerminal([...check, "--json"], {}, 1000);
		expect(JSON.parse(json.join(""))).toBeArray();
		const { stdout } = await pprotect(check, { cwd: team.cwd, exitCode: 1, isFinding: true });
		expect(stdout).not.toContain(ESC);
		expect(stdout).toMatch(/secret kept of prod .*: seal it with /);
		expect(stdout).not.toMatch(/^\d+ problem/m);
	});
});

describe("pprotect diff on a terminal", () => {
	const diff = ["diff", "./old.yaml", "./protected.yaml"];

	test("colours what was removed red, and what was added green", async () => {
		const lines = await onTerminal(diff);
		expect(lines.find((line) => line.includes("secret gone"))).toStartWith(`${RED}- `);
		expect(lines.find((line) => line.includes("secret fresh"))).toStartWith(`${GREEN}+ `);
	});

	test.each([
		["NO_COLOR", diff, { NO_COLOR: "1" }],
		["a dumb terminal", diff, { TERM: "dumb" }],
		["--markdown", [...diff, "--markdown"], {}],
		["--json", [...diff, "--json"], {}],
	])("is plain with %s", async (_, args, env) => {
		const text = (await onTerminal(args, env)).join("\n");
		expect(text).toContain("fresh");
		expect(text).not.toContain(ESC);
	});

	test("is plain in a pipe", async () => {
		const { stdout } = await pprotect(diff, { cwd: team.cwd });
		expect(stdout).toContain("+ secret fresh in dev\n");
		expect(stdout).not.toContain(ESC);
	});
});
