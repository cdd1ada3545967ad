import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { asFirst, canBeFirst, FIRST } from "../../../support/container-namespace.ts";
import { compileDriver, type Driver, through } from "../../../support/exec-driver-process.ts";

/** What a shell has for `$?` when the signal ended the program. */
const ENDED_BY = [
	["SIGHUP", 129],
	["SIGINT", 130],
	["SIGQUIT", 131],
	["SIGTERM", 143],
] as const;

const COMMAND = ["echo", "started"];

/** Runs `command`; once it says that it is ready, calls `act` with its process. */
async function runWhileReady(command: string[], act: (pid: number) => void) {
	const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
	const reader = child.stderr.getReader();
	const { value } = await reader.read();
	expect(Buffer.from(value ?? []).toString()).toBe("ready\n");
	act(child.pid);
	const stdout = await child.stdout.text();
	await child.exited;
	return { stdout, exitCode: child.exitCode, signalCode: child.signalCode };
}

/** The process that `pid` started: of PID 1 in a namespace, the number outside it. */
function onlyChild(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
}

describe.skipIf(process.platform !== "linux")("ending while we work (linux)", () => {
	let driver: Driver;
	beforeAll(() => {
		driver = compileDriver();
	});
	afterAll(() => driver.remove());

	const command = (work: "yielding" | "blocking") => through(driver, COMMAND, { work });

	test.each(["yielding", "blocking"] as const)("a signal ends us at once, %s", async (work) => {
		for (const [signal] of ENDED_BY) {
			const ended = await runWhileReady(command(work), (pid) => process.kill(pid, signal));
			expect(ended).toEqual({ stdout: "", exitCode: null, signalCode: signal });
		}
	});

	describe.skipIf(!canBeFirst)(FIRST, () => {
		test.each(ENDED_BY)("%s while a key is derived exits %d", async (signal, exitCode) => {
			const ended = await runWhileReady(asFirst(command("yielding")), (pid) => {
				process.kill(onlyChild(pid), signal);
			});
			expect(ended).toEqual({ stdout: "", exitCode, signalCode: null });
		});

		test("a signal during work that does not yield still stops the command", async () => {
			const ended = await runWhileReady(asFirst(command("blocking")), (pid) => {
				process.kill(onlyChild(pid), "SIGTERM");
			});
			expect(ended).toEqual({ stdout: "", exitCode: 143, signalCode: null });
		});

		test("a signal that we were to ignore stays ignored", async () => {
			const script = `trap '' HUP; exec "$@"`;
			const ended = await runWhileReady(
				["sh", "-c", script, "sh", ...asFirst(command("blocking"))],
				(pid) => {
					process.kill(onlyChild(pid), "SIGHUP");
				},
			);
			expect(ended).toEqual({ stdout: "started\n", exitCode: 0, signalCode: null });
		});

		test("the command has the signals of a plain PID 1, and its number", () => {
			const show = ["grep", "-E", "^(Pid|Sig[BIC])", "/proc/self/status"];
			const [without, within] = [show, through(driver, show)].map((argv) => {
				return Bun.spawnSync(asFirst(argv)).stdout.toString();
			});
			expect(without).toStartWith("Pid:\t1\n");
			expect(within).toBe(without);
		});
	});
});
