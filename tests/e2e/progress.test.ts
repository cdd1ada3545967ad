/** A person at a terminal is told why a command takes long; the line goes away when it is done. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam, readProtectedText, type Team } from "../support/team.ts";

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

describe("with a thousand values", () => {
	const SEALING = `Sealing 1200 values to a new key...${ERASED}`;
	let large: Team;

	beforeAll(async () => {
		large = await createTeam();
		const { cwd, alice, bob } = large;
		await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		const input = Array.from({ length: 1200 }, (_, index) => `N${index}=v\n`).join("");
		await pprotect(["import", "prod", "-"], { cwd, env: alice.env, input });
	});

	/** A copy of the folder, to change. */
	function copy(): string {
		const cwd = scratchFolder();
		cpSync(large.cwd, cwd, { recursive: true });
		return cwd;
	}

	test.each([
		["a rotation", ["rotate-domain-keys", "prod"]],
		["an offboarding", ["offboard", "bob@example.com"]],
	])("says that it seals them in %s", async (_, args) => {
		const output = await shown(copy(), args, large.alice.env);
		expect(output).toContain(SEALING);
		expect(output.split("Sealing")).toHaveLength(2);
	});

	test("says nothing of it in a pipe or with --quiet", async () => {
		const { alice } = large;
		const rotate = ["rotate-domain-keys", "prod"];
		const { stderr } = await pprotect(rotate, { cwd: copy(), env: alice.env, notices: /./ });
		expect(stderr).not.toContain("Sealing");
		expect(await shown(copy(), [...rotate, "--quiet"], alice.env)).not.toContain("Sealing");
	});

	test("says that it merges them, and that it seals them where resolve rotates", async () => {
		const { alice, bob } = large;
		const repository = await Repository.create(readProtectedText(large.cwd));
		const act = (...args: string[]) => repository.pprotect(args, { env: alice.env, notices: /^/ });
		repository.git("branch", "feature");
		await act("rotate-domain-keys", "prod");
		repository.commit("ours");
		repository.git("switch", "--quiet", "feature");
		await act("rm-owner", "prod", bob.user);
		repository.commit("theirs");
		repository.git("switch", "--quiet", "main");
		await repository.pprotect(["git-setup"]);
		const { PATH } = process.env;
		const { output } = await runInTerminal(["git", "merge", "feature"], {
			cwd: repository.cwd,
			env: { ...ENVIRONMENT, PATH, TERM: "xterm" },
			timeoutMilliseconds: 60_000,
		});
		expect(output).toContain(`Merging protected.yaml...${ERASED}`);
		const resolved = await shown(repository.cwd, ["resolve", "--yes"], alice.env);
		expect(resolved).toContain(SEALING);
	});

	test("merges in a pipe without a word of it", async () => {
		const cwd = copy();
		for (const name of ["base", "theirs"]) cpSync(join(cwd, "protected.yaml"), join(cwd, name));
		const merge = ["merge-driver", "base", "protected.yaml", "theirs"];
		const { stderr } = await pprotect(merge, { cwd });
		expect(stderr).toBe("");
	});
});

test("check --decrypt says that it unlocks", async () => {
	const output = await shown(slow, ["check", "--decrypt", ...READ.slice(1)]);
	expect(output).toContain(`${SLOW}${ERASED}`);
	const { stderr } = await pprotect(["check", "--decrypt", ...READ.slice(1)], {
		cwd: slow,
		exitCode: 1,
	});
	expect(stderr).not.toContain("Unlocking");
});
