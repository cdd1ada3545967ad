/** A person at a terminal is told why a command takes long; the line goes away when it is done. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(120_000);

const ERASED = "\r\u001b[K";
const SLOW = "Unlocking, which is slow on purpose...";
const HARD = join(import.meta.dir, "../vectors/v0-argon2id-hard.yaml");

let team: Team;
let slow: string;

beforeAll(async () => {
	team = await createTeam();
	slow = scratchFolder();
	cpSync(HARD, join(slow, "protected.yaml"));
	writeFileSync(join(slow, "key"), "not the passphrase\n", { mode: 0o600 });
});

async function shown(
	cwd: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<string> {
	const { PATH } = process.env;
	const { output } = await runInTerminal([PPROTECT, ...args], {
		cwd,
		env: { PATH, HOME: cwd, TERM: "xterm", ...env },
		timeoutMilliseconds: 60_000,
	});
	return output;
}

const READ = ["list-user-secrets", "--user", "alice@example.com", "--passphrase-file", "key"];

test("says that it unlocks, and takes that away before anything else is said", async () => {
	const output = await shown(slow, READ);
	expect(output).toStartWith(`${SLOW}${ERASED}`);
	expect(output.split(SLOW)).toHaveLength(2);
});

test.each([
	["on a dumb terminal", READ, { TERM: "dumb" }],
	["with --quiet", [...READ, "--quiet"], {}],
])("says nothing of it %s", async (_, args, env) => {
	expect(await shown(slow, args, env)).not.toContain("Unlocking");
});

test("says nothing of it in a pipe, or where it is quick", async () => {
	const { stderr } = await pprotect(READ, { cwd: slow, exitCode: 1 });
	expect(stderr).not.toContain("Unlocking");
	const { cwd, alice } = team;
	expect(await shown(cwd, ["list-user-secrets"], alice.env)).not.toContain("Unlocking");
});

test("says that a new key is derived", async () => {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "key"), "correct horse battery staple\n", { mode: 0o600 });
	const output = await shown(cwd, ["init", "-u", "a@example.com", "--passphrase-file", "key"]);
	expect(output).toContain(`Deriving the key, which is slow on purpose...${ERASED}`);
});

test("says that it seals thousands of values", async () => {
	const { cwd, alice } = await createTeam();
	const lines = Array.from({ length: 1200 }, (_, index) => `N${index}=v\n`);
	await pprotect(["import", "prod", "-"], { cwd, env: alice.env, input: lines.join("") });
	const output = await shown(cwd, ["rotate-domain-keys", "prod"], alice.env);
	expect(output).toContain(`Sealing 1200 values to a new key...${ERASED}`);
});
