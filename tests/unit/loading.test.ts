import { expect, test } from "bun:test";
import { join } from "node:path";

test("no module opens a library of the system when it is merely loaded", () => {
	const program = join(import.meta.dir, "../support/load-without-libraries.ts");
	const { stdout, stderr } = Bun.spawnSync([process.execPath, program]);
	expect(stderr.toString()).toBe("");
	// A line before this one names what fails, and why.
	expect(stdout.toString()).toMatch(/^[1-9]\d+ commands, [1-9]\d{2} modules\n$/);
});
