/** Advice that is followed as it stands, on files that a stranger wrote: nothing of it helps them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import { rewritten, swapCustodianKey, swapPublicKey } from "../support/attacks.ts";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, readProtectedText } from "../support/team.ts";

setDefaultTimeout(60_000);

/** Runs a command in a shell, as somebody pastes it. */
function paste(command: string, cwd: string, input = ""): string {
	const { stdout, stderr } = Bun.spawnSync(["sh", "-c", command], {
		cwd,
		env: { ...ENVIRONMENT, HOME: cwd },
		stdin: Buffer.from(input),
	});
	return stdout.toString() + stderr.toString();
}

describe("a rotation is advised after a look at who owns the domain", () => {
	test("of a former owner, and of two domains with one key", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		await pprotect(["rm-owner", "prod", bob.user], { cwd });
		const text = rewritten(readProtectedText(cwd), ({ domains }) => {
			const { publicKey = "" } = domains.get("prod") ?? {};
			const dev = domains.get("dev");
			return dev ? { domains: new Map(domains).set("dev", { ...dev, publicKey }) } : {};
		});
		writeFileSync(join(cwd, "protected.yaml"), text);
		const said = [
			(await pprotect(["status"], { cwd })).stdout,
			(await pprotect(["check"], { cwd })).stdout,
			(await pprotect(["offboard", bob.user, "--dry-run"], { cwd })).stdout,
		];
		for (const lines of said) {
			const advice = lines.split("\n").filter((line) => line.includes("rotate-domain-keys"));
			expect(advice.length).toBeGreaterThan(0);
			for (const line of advice) expect(line).toMatch(/pprotect status .*pprotect rotate/);
		}
		expect(said[1]).toContain("has the same key as");
	});
});

describe("git add takes the one file", () => {
	test.each(["-A.yaml", ":(top)x.yaml", "*.yaml", "[op].yaml", "a b.yaml"])("%s", async (name) => {
		const { cwd } = await createTeam();
		const text = readProtectedText(cwd);
		const repository = await Repository.create("");
		repository.writeOther("other.yaml", "a secret");
		repository.writeOther("o.yaml", "a secret");
		repository.writeOther(name, text);
		const { stdout } = await pprotect(["status", `--file=${name}`], { cwd: repository.cwd });
		const [, command = ""] = /: (git .*), then commit it/.exec(stdout) ?? [];
		paste(command, repository.cwd);
		expect(repository.git("diff", "--cached", "--name-only", "-z")).toBe(`${name}\0`);
	});
});

test("what makes JSON of YAML loads no module of the current folder", async () => {
	const { cwd } = await createTeam();
	writeFileSync(join(cwd, "values.yaml"), "a:\n  b:\n    c: 1\n");
	const args = ["import", "prod", "values.yaml"];
	const { stderr } = await pprotect(args, { cwd, exitCode: 1 });
	const [, command = ""] = /: (python3 -c '[^']*')/.exec(stderr) ?? [];
	expect(command).not.toBe("");
	for (const module of ["json", "yaml"]) {
		writeFileSync(join(cwd, `${module}.py`), "open('pasted', 'w')\n");
	}
	paste(command, cwd, "a: 1\n");
	expect(readdirSync(cwd)).not.toContain("pasted");
});

test("a secret that runs code is named only to people who know who added it", async () => {
	const { cwd, alice } = await createTeam();
	const add = ["add-secret", "prod", "LD_PRELOAD", "--value-file", "-"];
	await pprotect(add, { cwd, input: "x", notices: /LD_PRELOAD/ });
	const asked = [
		["exec", "prod", "--", "true"],
		["decrypt-domain", "prod", "--output-format", "shell"],
	];
	for (const args of asked) {
		const { stderr } = await pprotect(args, { cwd, env: alice.env, exitCode: 1 });
		expect(stderr).toMatch(/once you know who added it and why.*LD_PRELOAD/);
	}
});

test("whether a key is theirs is asked of the file that is meant, whatever they are called", async () => {
	const { cwd, alice, bob } = await createTeam();
	const name = "bob's";
	const text = readProtectedText(cwd).replace(`  ${bob.user}:`, `  "${name}":`);
	const repository = await Repository.create(text, "team.yaml");
	repository.write(swapCustodianKey(text, name, generateKeyPair()));
	repository.commit("swapped");
	const args = ["add-owner", "prod", name, "--file", "team.yaml"];
	const run = { cwd: repository.cwd, env: alice.env, exitCode: 1 };
	const { stderr } = await pprotect(args, run);
	expect(stderr).toContain("(pprotect list-user-secrets --file team.yaml)");
});

test("nothing is to be set again beside a key that was replaced", async () => {
	const { cwd, alice, bob } = await createTeam();
	const repository = await Repository.create(readProtectedText(cwd));
	repository.git("switch", "--quiet", "--create", "feature");
	await repository.secret("add-secret", "prod", "lost");
	repository.commit("added");
	repository.git("switch", "--quiet", "main");
	await repository.pprotect(["add-owner", "dev", bob.user], { env: alice.env });
	repository.commit("other");
	repository.git("merge", "--quiet", "--no-edit", "--strategy=ours", "feature");
	repository.write(swapPublicKey(repository.read(), "prod", generateKeyPair()));
	const { stdout } = await repository.pprotect(["check"], { exitCode: 1, isFinding: true });
	expect(stdout).toContain("is lost in");
	expect(stdout).not.toContain("set it again");
});

test("the name of a file stays a name in Markdown", async () => {
	const { cwd } = await createTeam();
	const text = readProtectedText(cwd);
	const name = "[a](https:b) @team `![c](d)";
	const repository = await Repository.create(text, join(name, "protected.yaml"));
	await pprotect(["add-secret", "prod", "x", "--value-file", "-"], {
		cwd: join(repository.cwd, name),
		input: "1",
	});
	const { stdout } = await pprotect(["diff", "--all", "--markdown"], { cwd: repository.cwd });
	expect(stdout.split("\n")[0]).toBe(`### \`\`${name}/protected.yaml\`\``);
});

test("the placeholder of a name is never a custodian's", async () => {
	const { cwd, alice, bob } = await createTeam();
	const text = readProtectedText(cwd).replace(`  ${bob.user}:`, "  OWNER:");
	const args = ["offboard", alice.user, "--all"];
	const repository = await Repository.create(text);
	const { stderr } = await pprotect(args, {
		cwd: repository.cwd,
		env: { PPROTECT_USER: "somebody", PPROTECT_PASSPHRASE: "x" },
		exitCode: 1,
	});
	expect(stderr).toContain(`pprotect add-owner --user ${alice.user} dev\n`);
});
