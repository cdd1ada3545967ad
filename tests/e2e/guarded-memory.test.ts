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

/** With core dumps as large as may be, so that there is something to forbid. */
const dumping = ["bash", "-c", 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', "bash"];
const mayDump =
	hasProc && Bun.spawnSync(["bash", "-c", "ulimit -H -c"]).stdout.toString() !== "0\n";

/** Runs pprotect until it asks whether to write, while it holds the key, and looks at it then. */
async function lookWhileAsked(
	before: readonly string[],
	command: readonly string[],
	input: string,
	look: (pid: number) => void,
): Promise<void> {
	const { cwd, alice } = await createTeam();
	chmodSync(cwd, 0o777);
	chmodSync(join(cwd, "protected.yaml"), 0o666);
	const child = Bun.spawn([...before, PPROTECT, ...command, "--confirm"], {
		cwd,
		env: { PATH: process.env.PATH ?? "", HOME: cwd, ...alice.env },
		stdin: "pipe",
		stdout: "ignore",
		stderr: "pipe",
	});
	const answers = input.replace("PASSPHRASE", alice.passphrase);
	child.stdin.write(answers);
	await child.stdin.flush();
	let said = "";
	const decoder = new TextDecoder();
	const reader = child.stderr.getReader();
	while (!said.includes("[y/N]")) {
		const { value, done } = await reader.read();
		expect(done, said).toBe(false);
		said += decoder.decode(value);
	}
	look(child.pid);
	child.stdin.write("n\n");
	await child.stdin.flush();
	expect(await child.exited).toBe(0);
}

const RAW = ["--key-type", "raw", "--save-passphrase", "new.key"];

describe.skipIf(!hasProc)("while a key is in memory (needs linux)", () => {
	const holders: readonly (readonly [string, readonly string[], string])[] = [
		["the acting user's", ["add-domain", "new"], ""],
		["a new custodian's", ["add-key-custodian", "-u", "new@example.com", ...RAW], ""],
		[
			"a custodian's who changes it",
			["rekey-custodian", ...RAW],
			"alice@example.com\nPASSPHRASE\n",
		],
	];

	test.skipIf(!mayDump).each(holders)(
		"%s: there is no core dump (needs a hard limit above 0)",
		async (_, command, input) => {
			await lookWhileAsked(dumping, command, input, (pid) => {
				const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
				expect(limits).toMatch(/^Max core file size +0 /m);
			});
		},
	);

	test.skipIf(!mayDump)("nor has an editor one (needs a hard limit above 0)", async () => {
		const { cwd, alice } = await createTeam();
		const { stdout } = Bun.spawnSync([...dumping, PPROTECT, "edit", "dev"], {
			cwd,
			env: {
				PATH: process.env.PATH ?? "",
				HOME: cwd,
				...alice.env,
				VISUAL: 'sh -c "grep core /proc/self/limits"',
			},
		});
		expect(stdout.toString()).toMatch(/^Max core file size +0 /);
	});

	test.skipIf(dropRoot.length === 0).each(holders)(
		"%s: the memory is not the user's to read (needs root, setpriv)",
		async (_, command, input) => {
			await lookWhileAsked(dropRoot, command, input, (pid) => {
				expect(statSync(`/proc/${pid}/environ`).uid).toBe(0);
			});
		},
	);

	test.skipIf(!mayDump)(
		"the command of exec has its own limits back, and its files in /proc (needs a hard limit above 0)",
		async () => {
			const { cwd, alice } = await createTeam();
			const script =
				'ulimit -S -c 8; "$0" exec --domain dev -- sh -c "ulimit -S -c; cat /proc/self/limits"';
			const { stdout, exitCode } = Bun.spawnSync(["bash", "-c", script, PPROTECT], {
				cwd,
				env: { PATH: process.env.PATH ?? "", HOME: cwd, ...alice.env },
			});
			expect(exitCode).toBe(0);
			expect(stdout.toString()).toMatch(/^Max core file size +8192 /m);
		},
	);
});
