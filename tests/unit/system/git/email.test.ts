import { expect, test } from "bun:test";
import { join } from "node:path";
import { gitEmail } from "../../../../src/system/git/email.ts";
import { scratchFolder } from "../../../support/scratch-folder.ts";

test("Git's email is the one of the repository that the file is in, or none", () => {
	const cwd = scratchFolder();
	const git = (...args: string[]) => Bun.spawnSync(["git", ...args], { cwd });
	git("init", "--quiet");
	git("config", "user.email", "alice@example.com");
	expect(gitEmail(join(cwd, "protected.yaml"))).toBe("alice@example.com");
	git("config", "user.email", "");
	expect(gitEmail(join(cwd, "protected.yaml"))).toBeUndefined();
	expect(gitEmail(join(cwd, "missing/protected.yaml"))).toBeUndefined();
});
