/** A process that holds a key: no core dump, and no other process of the same user reads it. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const hasProc = process.platform === "linux";
/** As another user than root, whose own files in /proc tell whether they may read them. */
const dropRoot =
	hasProc && process.getuid?.() === 0 && Bun.which("setpriv") !== null
		? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
		: [];

describe.skipIf(!hasProc)("while a key is in memory (needs linux)", () => {
	test("there is no core dump, and the memory is not the user's to read", async () => {
		const { cwd, alice } = await createTeam();
		chmodSync(cwd, 0o777);
		chmodSync(join(cwd, "protected.yaml"), 0o666);
		const child = Bun.spawn([...dropRoot, PPROTECT, "add-domain", "new", "--confirm"], {
			cwd,
			env: { PATH: process.env.PATH ?? "", HOME: cwd, ...alice.env },
			stdin: "pipe",
			stdout: "ignore",
			stderr: "pipe",
		});
		// It asks once it has the key, and waits.
		let said = "";
		const decoder = new TextDecoder();
		const reader = child.stderr.getReader();
		while (!said.includes("[y/N]")) {
			const { value, done } = await reader.read();
			expect(done, said).toBe(false);
			said += decoder.decode(value);
		}
		const limits = readFileSync(`/proc/${child.pid}/limits`, "utf8");
		expect(limits).toMatch(/^Max core file size +0 /m);
		if (dropRoot.length > 0) expect(statSync(`/proc/${child.pid}/environ`).uid).toBe(0);
		child.stdin.write("n\n");
		await child.stdin.flush();
		expect(await child.exited).toBe(0);
	});

	test("the command of exec has its own limits back, and its files in /proc", async () => {
		const { cwd, alice } = await createTeam();
		const script =
			'ulimit -S -c 8; "$0" exec --domain dev -- sh -c "ulimit -S -c; cat /proc/self/limits"';
		const { stdout, exitCode } = Bun.spawnSync(["bash", "-c", script, PPROTECT], {
			cwd,
			env: { PATH: process.env.PATH ?? "", HOME: cwd, ...alice.env },
		});
		expect(exitCode).toBe(0);
		expect(stdout.toString()).toMatch(/^Max core file size +8192 /m);
	});
});
