import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

async function team() {
	const created = await createTeam();
	const { cwd, alice } = created;
	await pprotect(["add-owner", "dev", "bob@example.com"], { cwd, env: alice.env, notices: /./ });
	await pprotect(["add-secret", "dev", "token", "--value-file", "-"], { cwd, input: "v" });
	return created;
}

function git(cwd: string, ...args: string[]): void {
	const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
	expect(Bun.spawnSync(["git", ...identity, ...args], { cwd }).exitCode).toBe(0);
}

describe("status", () => {
	test("tells domains with owners, and custodians with keys, without credentials", async () => {
		const { cwd } = await team();
		const { stdout } = await pprotect(["status"], { cwd });
		expect(stdout).toMatch(/^ {2}dev +1 secret +[0-9a-f-]{24} +read by alice@\S+, bob@\S+$/m);
		expect(stdout).toMatch(/^ {2}prod +0 secrets +[0-9a-f-]{24} +read by alice@example.com$/m);
		expect(stdout).toMatch(/^ {2}bob@example.com +raw +[0-9a-f-]{24} +owns dev$/m);
		expect(stdout).not.toContain("To do");
	});

	test("of one domain leaves out the others and their owners", async () => {
		const { cwd } = await team();
		const { stdout } = await pprotect(["status", "prod"], { cwd });
		expect(stdout).toContain("prod");
		expect(stdout).not.toMatch(/dev|bob/);
		const { stderr } = await pprotect(["status", "nope"], { cwd, exitCode: 1 });
		expect(stderr).toContain("nope");
	});

	test("--json says the same to a program", async () => {
		const { cwd } = await team();
		const { stdout } = await pprotect(["status", "--json"], { cwd });
		const status: unknown = JSON.parse(stdout);
		expect(status).toMatchObject({
			file: "protected.yaml",
			domains: [
				{ name: "dev", owners: ["alice@example.com", "bob@example.com"], secrets: 1 },
				{ name: "prod", owners: ["alice@example.com"], secrets: 0, formerOwners: [] },
			],
			custodians: [{ name: "alice@example.com", domains: ["dev", "prod"], key: "raw" }, {}],
			pending: [],
		});
	});

	test("--people lists names, for completions", async () => {
		const { cwd } = await team();
		const { stdout } = await pprotect(["status", "--people"], { cwd });
		expect(stdout).toBe("alice@example.com\nbob@example.com\n");
	});

	test("names what is left to do: a former owner, a file and a driver that Git lacks", async () => {
		const { cwd } = await team();
		await pprotect(["rm-owner", "dev", "bob@example.com"], { cwd });
		git(cwd, "init", "--quiet");
		await Bun.write(`${cwd}/.gitattributes`, "protected.yaml merge=pprotect diff=pprotect\n");
		const { stdout } = await pprotect(["status"], { cwd });
		expect(stdout).toContain(
			"bob@example.com is no longer an owner of dev but still holds its key",
		);
		expect(stdout).toContain("pprotect rotate-domain-keys dev\n");
		expect(stdout).toContain("git add protected.yaml");
		expect(stdout).toContain("pprotect git-setup\n");
		git(cwd, "add", ".");
		expect((await pprotect(["status"], { cwd })).stdout).not.toContain("git add protected.yaml");
	});

	test("--all shows every protected file that Git tracks", async () => {
		const { cwd } = await team();
		git(cwd, "init", "--quiet");
		await Bun.write(`${cwd}/svc/protected.yaml`, await Bun.file(`${cwd}/protected.yaml`).text());
		git(cwd, "add", ".");
		const { stdout } = await pprotect(["status", "--all"], { cwd });
		expect(stdout).toMatch(/^protected\.yaml\n(?:.*\n)*\nsvc\/protected\.yaml\n/);
		const json = await pprotect(["status", "--all", "--json"], { cwd });
		const files = JSON.parse(json.stdout).map(({ file }: { file: string }) => file);
		expect(files).toEqual(["protected.yaml", "svc/protected.yaml"]);
		await pprotect(["status", "--all", "prod"], { cwd, exitCode: 2 });
	});

	test("shows no terminal what it would obey", async () => {
		const { cwd, alice } = await team();
		const path = `${cwd}/protected.yaml`;
		const text = await Bun.file(path).text();
		await Bun.write(path, text.replaceAll("bob@example.com", '"bob\\e[2J@example.com"'));
		const { output } = await runInTerminal([PPROTECT, "status"], { cwd, env: alice.env });
		expect(output).toContain("bob\\u{1b}[2J@example.com");
		expect(output).not.toContain("\u001b[2J");
	});
});
