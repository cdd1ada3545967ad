import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	const { cwd, alice, bob } = team;
	for (const domain of ["prod", "dev"]) {
		await pprotect(["add-owner", domain, bob.user], { cwd, env: alice.env });
		const place = ["add-secret", domain, "shared", "--value-file", "-"];
		await pprotect(place, { cwd, input: "hunter2" });
	}
	start = readFileSync(join(cwd, "protected.yaml"), "utf8");
});

/** A folder with nothing but the text as a protected file, outside of git. */
function folderWith(text: string): string {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "protected.yaml"), text);
	return cwd;
}

const finding = { exitCode: 1, isFinding: true };

describe("pprotect check", () => {
	test("has nothing to say about a sound file", async () => {
		const cwd = folderWith(start);
		expect((await pprotect(["check"], { cwd })).stdout).toBe("");
		expect((await pprotect(["check", "--json"], { cwd })).stdout).toBe("[]\n");
		const { env } = team.alice;
		expect((await pprotect(["check", "--decrypt"], { cwd, env })).stdout).toBe("");
	});

	test("has a line for each problem, and exits with 1", async () => {
		const text = start.replace(/^( {2}secret-shared: ).*/gm, "$1hunter2");
		const cwd = folderWith(text);
		const { stdout } = await pprotect(["check"], { cwd, ...finding });
		expect(stdout.trimEnd().split("\n")).toEqual([
			"protected.yaml:2: secret shared of dev is no sealed box, as if its value had been typed into the file: seal it with pprotect update-secret dev shared, and change it at its source, as the file's history shows it",
			expect.stringMatching(/^protected\.yaml:\d+: secret shared of prod is no sealed box, /),
		]);
		const json = await pprotect(["check", "--json"], { cwd, ...finding });
		expect(JSON.parse(json.stdout)[0]).toEqual({
			file: "protected.yaml",
			line: 2,
			level: "problem",
			code: "not-sealed",
			what: expect.any(String),
			todo: expect.any(String),
		});
	});

	test("warns without failing", async () => {
		const cwd = folderWith(start);
		await pprotect(["rm-owner", "prod", team.bob.user], { cwd });
		const { stdout } = await pprotect(["check"], { cwd });
		expect(stdout).toMatch(
			/^protected\.yaml:\d+: warning: domain prod has one owner, alice@example\.com: /,
		);
		expect((await pprotect(["check", "--quiet"], { cwd })).stdout).toBe("");
	});

	test("reports text that is no protected file, and fails where there is none", async () => {
		const cwd = folderWith("hunter2\n");
		const { stdout } = await pprotect(["check"], { cwd, ...finding });
		expect(stdout).toMatch(/^protected\.yaml:1: /);
		expect(stdout).not.toContain("hunter2");
		await pprotect(["check"], { cwd: scratchFolder(), exitCode: 2 });
	});

	test("opens what the acting user owns with --decrypt, and needs the right passphrase for it", async () => {
		const cwd = folderWith(start);
		const { alice, bob } = team;
		const old = /^ {2}secret-shared: .*$/m.exec(start)?.[0] ?? "";
		await pprotect(["rotate-domain-keys", "dev"], { cwd, env: alice.env });
		const path = join(cwd, "protected.yaml");
		writeFileSync(path, readFileSync(path, "utf8").replace(/^ {2}secret-shared: .*$/m, old));
		await pprotect(["check"], { cwd });
		const { stdout } = await pprotect(["check", "--decrypt"], { cwd, env: bob.env, ...finding });
		expect(stdout).toMatch(/^protected\.yaml:2: secret shared of domain dev does not open: /);
		const wrong = { ...bob.env, PPROTECT_USER: alice.user };
		await pprotect(["check", "--decrypt"], { cwd, env: wrong, exitCode: 1 });
	});

	test("looks at what is staged, of every file that git-setup set up", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		const bad = start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2");
		repository.writeOther("sub/protected.yaml", bad);
		repository.writeOther("other.yaml", bad);
		const check = (options = {}) =>
			pprotect(["check", "--staged"], { cwd: repository.cwd, ...options });
		const notices = /^pprotect: note: no protected file is staged, so nothing was checked\n$/;
		expect((await check({ notices })).stdout).toBe("");
		repository.git("add", "--all");
		const { stdout } = await check(finding);
		expect(stdout).toMatch(/^sub\/protected\.yaml:2: secret shared of dev is no sealed box/);
		expect(stdout.trimEnd().split("\n")).toHaveLength(1);
	});
});
