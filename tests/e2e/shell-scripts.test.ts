/** The shell scripts that pprotect writes; those of the repository are checked with `verify`. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";

const shellcheck = Bun.which("shellcheck");

const SCRIPTS = {
	"the completion for bash": async () =>
		(await pprotect(["completion", "bash"], { cwd: scratchFolder() })).stdout,
	"the hook": async () => {
		const repository = await Repository.create("");
		await repository.pprotect(["git-setup", "--hook"]);
		return readFileSync(join(repository.cwd, ".git/hooks/pre-commit"), "utf8");
	},
};

for (const [name, write] of Object.entries(SCRIPTS)) {
	const reason = shellcheck ? "" : " (skipped: it is not installed)";
	test.skipIf(!shellcheck)(`shellcheck finds nothing in ${name}${reason}`, async () => {
		const script = await write();
		expect(script).not.toBe("");
		const shell = script.startsWith("#!/bin/sh") ? "sh" : "bash";
		const command = [shellcheck ?? "", `--shell=${shell}`, "-"];
		const { stdout } = Bun.spawnSync(command, { stdin: Buffer.from(script) });
		expect(stdout.toString()).toBe("");
	});
}
