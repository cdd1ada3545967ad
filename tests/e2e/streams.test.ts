/** Standard output and error that are full, closed or gone. */
import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { createTeam } from "../support/team.ts";

interface Outcome {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number;
}

/** Runs a shell script in which `$P` is pprotect. */
function shell(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): Outcome {
	const { stdout, stderr, exitCode } = Bun.spawnSync(["sh", "-c", script], {
		cwd,
		env: { PATH: process.env.PATH ?? "", P: PPROTECT, ...env },
		stdin: "ignore",
	});
	return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

const hasDevFull = existsSync("/dev/full");
const fullNote = hasDevFull ? "" : " (skipped: no /dev/full)";

describe.skipIf(!hasDevFull)(`a full disk${fullNote}`, () => {
	test.each([
		"list-domains",
		"list-audit-log",
		"decrypt-domain prod",
		"decrypt-domain prod --output-format shell",
		"list-user-secrets",
		"version",
		"--help",
		"init --help",
	])("under the output of %s is an error", async (command) => {
		const { cwd, alice } = await createTeam();
		await pprotect(["add-secret", "prod", "s", "--value-file", "-"], { cwd, input: "hunter2" });
		expect(shell(`"$P" ${command} > /dev/full`, cwd, alice.env)).toEqual({
			stdout: "",
			stderr: "pprotect: error: cannot write to standard output: no space is left on the disk\n",
			exitCode: 1,
		});
	});

	test("under a raw key that is to be shown: nothing is written", async () => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const command = "add-key-custodian --user x --key-type raw --yes";
		const { exitCode, stderr } = shell(`"$P" ${command} > /dev/full`, cwd);
		expect(exitCode).toBe(1);
		expect(stderr).toContain("cannot write to standard output");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("under standard error changes nothing", async () => {
		const { cwd } = await createTeam();
		expect(shell(`"$P" list-domains 2> /dev/full`, cwd).stdout).toBe("dev\nprod\n");
		const { exitCode } = shell(`printf 'prod\\ns\\nv\\n' | "$P" add-secret 2> /dev/full`, cwd);
		expect(exitCode).toBe(0);
		expect(stateOf(cwd).text).toContain("  secret-s: ");
	});
});

test("a reader that is gone is an error: nobody is to take it for delivered", async () => {
	const { cwd, alice } = await createTeam();
	// More than a pipe holds, so that the writer is still at it when the reader leaves.
	await pprotect(["add-secret", "prod", "big", "--value-file", "-"], {
		cwd,
		input: "x".repeat(1024 * 1024),
	});
	const script = `{ "$P" decrypt-domain prod; echo $? > code; } | head -c 1; cat code`;
	expect(shell(script, cwd, alice.env)).toEqual({
		stdout: "{1\n",
		stderr: "pprotect: error: cannot write to standard output: its reader has closed it\n",
		exitCode: 0,
	});
});

test("a closed standard output is an error, where there is something to say", async () => {
	const { cwd } = await createTeam();
	const { exitCode, stderr } = shell(`"$P" list-domains >&-`, cwd);
	expect(exitCode).toBe(1);
	expect(stderr).toBe("pprotect: error: cannot write to standard output: it is closed\n");
	expect(shell(`"$P" rm-domain dev >&-`, cwd)).toEqual({ stdout: "", stderr: "", exitCode: 0 });
	expect(stateOf(cwd).text).toContain("-- deleted domain dev");
});

test("a closed standard error does not stop a command, nor get into the file", async () => {
	const { cwd } = await createTeam();
	expect(shell(`"$P" list-domains 2>&-`, cwd).stdout).toBe("dev\nprod\n");
	const added = shell(`printf 'prod\\ns\\nv\\n' | "$P" add-secret 2>&- `, cwd);
	expect(added).toEqual({ stdout: "", stderr: "", exitCode: 0 });
	const { text } = stateOf(cwd);
	expect(text).toContain("  secret-s: ");
	expect(text).not.toContain("Domain name");
});

test("a closed standard input ends at the first question", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	const { exitCode, stderr } = shell(`"$P" add-secret <&-`, cwd);
	expect(exitCode).toBe(1);
	expect(stderr).toContain("pprotect: error: ");
	expect(stateOf(cwd)).toEqual(before);
});

test("questions do not mix with results", async () => {
	const { cwd, alice } = await createTeam();
	const { stdout, stderr } = shell(
		`printf '%s\\n' "$PPROTECT_USER" "$PPROTECT_PASSPHRASE" | "$P" decrypt-domain prod --ignore-env`,
		cwd,
		alice.env,
	);
	expect(stdout).toBe("{}\n");
	expect(stderr).toContain("Passphrase: ");
	expect(stderr).not.toContain(alice.passphrase);
});

test("answers are read no further than they go: the rest is the next program's", async () => {
	const { cwd } = await createTeam();
	writeFileSync(join(cwd, "answers"), "prod\nbob@example.com\nthe rest\n");
	const { stdout } = shell(`{ "$P" rm-owner 2> /dev/null; cat; } < answers`, cwd);
	expect(stdout).toBe("the rest\n");
});

test("an error names the absolute path that was looked for", async () => {
	const cwd = scratchFolder();
	const { stderr } = await pprotect(["list-domains", "--file", "./no/../x y.yaml"], {
		cwd,
		exitCode: 2,
	});
	expect(stderr).toContain(`Protected file not found: ${join(cwd, "x y.yaml")}\n`);
});
