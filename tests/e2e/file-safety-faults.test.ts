/** Never half a file: whatever stops the binary, the old file or the new one is there. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyFile } from "../../src/model/key-file.ts";
import { PASSPHRASES, sampleText } from "../fuzz/sample.ts";
import {
	lackOf,
	lackOfInjection,
	lackOfMounts,
	lackOfUnprivileged,
	testUnless,
	unprivileged,
	withFault,
	withMounts,
} from "../support/fault.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";

const NAME = "protected.yaml";
const ALICE = "alice@example.com";
const ALICE_ENV = { PPROTECT_USER: ALICE, PPROTECT_PASSPHRASE: PASSPHRASES.get(ALICE) ?? "" };

/** Long enough that writing it takes a while, in the style that is read quickest. */
const LONG_TEXT =
	readFileSync(join(import.meta.dir, "../vectors/v2-raw.yaml"), "utf8") +
	"- 2026-11-21T17:50:49Z -- updated secret some-secret in prod\n".repeat(8000);
const [LONG_DOMAIN = ""] = KeyFile.parse(LONG_TEXT).domainNames;
const LONG_SECRETS = KeyFile.parse(LONG_TEXT).secretNames(LONG_DOMAIN).length;

function folderWith(text: string): string {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, NAME), text);
	return cwd;
}

/** Runs a command that has to fail, and returns what it said. */
function fail(cwd: string, command: readonly string[]): string {
	const [program = "", ...args] = command;
	const { stdout, stderr, status } = spawnSync(program, args, {
		cwd,
		encoding: "utf8",
		env: { PATH: process.env.PATH, HOME: cwd, ...ALICE_ENV },
		input: "value",
	});
	expect(status, stderr).toBe(1);
	expect(stdout).toBe("");
	return stderr;
}

const ADD = ["add-secret", "prod", "new", "--value-file", "-"];

describe("a command killed at any moment", () => {
	interface Outcome {
		readonly exitCode: number | null;
		readonly milliseconds: number;
	}

	/** Adds a secret, and sends the signal after a while. */
	async function addAndKill(
		cwd: string,
		name: string,
		signal: NodeJS.Signals | undefined,
		delay: number,
	): Promise<Outcome> {
		const start = performance.now();
		const child = Bun.spawn(
			[PPROTECT, "add-secret", LONG_DOMAIN, name, "--value-file", "/dev/null"],
			{
				cwd,
				env: { PATH: process.env.PATH ?? "", HOME: cwd },
				stdout: "ignore",
				stderr: "ignore",
			},
		);
		const timer = signal && setTimeout(() => child.kill(signal), delay);
		await child.exited;
		clearTimeout(timer);
		return { exitCode: child.exitCode, milliseconds: performance.now() - start };
	}

	/** How many secrets the domain has, in a file that must be whole. */
	function countSecrets(cwd: string): number {
		const file = KeyFile.parse(readFileSync(join(cwd, NAME)));
		const count = file.secretNames(LONG_DOMAIN).length;
		const added = file.auditLog.filter((entry) => / -- added secret s\d+ in /.test(entry));
		expect(added.length).toBe(count - LONG_SECRETS);
		return count;
	}

	/** @param enough how many have to be killed, also where that takes longer than `seconds`. */
	async function killMany(
		signal: NodeJS.Signals,
		runs: number,
		seconds: number,
		enough: number,
	): Promise<{ cwd: string; written: number; killed: number }> {
		const cwd = folderWith(LONG_TEXT);
		let usual = (await addAndKill(cwd, "s0", undefined, 0)).milliseconds;
		const end = performance.now() + seconds * 1000;
		let count = countSecrets(cwd);
		let written = 0;
		let killed = 0;
		for (let run = 1; run <= runs && (performance.now() < end || killed <= enough); run++) {
			// Most of them near the end, where the file is written.
			const delay = usual * (0.2 + 0.9 * Math.sqrt((run * 0.618) % 1));
			const { exitCode, milliseconds } = await addAndKill(cwd, `s${run}`, signal, delay);
			if (exitCode === 0) usual += (milliseconds - usual) / 4;
			const now = countSecrets(cwd);
			expect([count, count + 1]).toContain(now);
			if (exitCode === 0) expect(now).toBe(count + 1);
			if (now > count) written++;
			if (exitCode !== 0) killed++;
			count = now;
			if (signal !== "SIGKILL") expect(readdirSync(cwd)).toEqual([NAME]);
		}

		return { cwd, written, killed };
	}

	test("by SIGKILL leaves a whole file, and the next run tidies up", async () => {
		const { cwd, written, killed } = await killMany("SIGKILL", 400, 25, 20);
		expect(written).toBeGreaterThan(0);
		expect(killed).toBeGreaterThan(20);
		await pprotect(["rm-secret", LONG_DOMAIN, "s0"], { cwd });
		expect(readdirSync(cwd)).toEqual([NAME]);
	}, 60_000);

	test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
		"by %s leaves a whole file and nothing else",
		async (signal) => {
			const { killed } = await killMany(signal, 60, 5, 5);
			expect(killed).toBeGreaterThan(5);
		},
		60_000,
	);

	for (const moment of ["fsync:when=1", "fsync:when=2", "rename:when=1"] as const) {
		const [call, when] = moment.split(":");
		testUnless(lackOfInjection())(`at ${call} (${when}) leaves a whole file`, async () => {
			const cwd = folderWith(sampleText);
			const fault = `${call === "rename" ? "rename,renameat,renameat2" : call}:signal=SIGKILL:${when}`;
			spawnSync(
				"sh",
				["-c", '"$@"', "sh", ...withFault(fault, [PPROTECT, ...ADD.slice(0, 4), "/dev/null"])],
				{ cwd },
			);
			const names = KeyFile.parse(readFileSync(join(cwd, NAME))).secretNames("prod");
			expect([4, 5]).toContain(names.length);
			await pprotect(["rm-secret", "prod", "z"], { cwd });
			expect(readdirSync(cwd)).toEqual([NAME]);
		});
	}
});

describe("a disk that is full", () => {
	testUnless(lackOfMounts())("leaves the old file, says so, and what to do", () => {
		const cwd = folderWith(sampleText);
		const after = scratchFolder();
		const script = `set -e
			mount -t tmpfs -o size=32k none ${cwd}
			cp ${after}/${NAME} ${cwd}/${NAME}
			cd ${cwd}
			head -c 1000000 /dev/zero > filler || true
			code=0; "$@" || code=$?
			cp -a ${cwd}/. ${after}
			exit $code`;
		writeFileSync(join(after, NAME), sampleText);
		const said = fail(cwd, withMounts(script, [PPROTECT, ...ADD]))
			.split("\n")
			.filter((line) => line.startsWith("pprotect:"));
		expect(said).toEqual([
			`pprotect: error: cannot write ${NAME}: no space is left on the disk; ${NAME} is unchanged`,
			"pprotect: hint: free some space and try again",
		]);
		expect(readFileSync(join(after, NAME), "utf8")).toBe(sampleText);
		expect(readdirSync(after).sort()).toEqual(["filler", NAME]);
	});

	testUnless(lackOfMounts())("has init leave nothing", () => {
		const cwd = scratchFolder();
		const after = scratchFolder();
		const script = `set -e
			mount -t tmpfs -o size=16k none ${cwd}
			cd ${cwd}
			head -c 1000000 /dev/zero > filler || true
			code=0; "$@" || code=$?
			cp -a ${cwd}/. ${after}
			exit $code`;
		const init = [
			"init",
			"--user",
			"a",
			"--key-type",
			"raw",
			"--save-passphrase",
			join(after, "a.key"),
		];
		const said = fail(cwd, withMounts(script, [PPROTECT, ...init]));
		expect(said).toContain(
			`cannot write ${NAME}: no space is left on the disk; ${NAME} was not created`,
		);
		expect(readdirSync(after)).toEqual(["filler"]);
	});

	testUnless(lackOf("sh"))("is no different from a limit on a file's size", () => {
		const cwd = folderWith(LONG_TEXT);
		const said = fail(cwd, [
			"sh",
			"-c",
			'ulimit -f 100; exec "$@"',
			"sh",
			PPROTECT,
			"add-secret",
			LONG_DOMAIN,
			...ADD.slice(2),
		]);
		expect(said).toContain(`the file size limit is reached; ${NAME} is unchanged`);
		expect(readFileSync(join(cwd, NAME), "utf8")).toBe(LONG_TEXT);
		expect(readdirSync(cwd)).toEqual([NAME]);
	});
});

describe("a folder that cannot be written", () => {
	testUnless(lackOfUnprivileged())("leaves the file as it is, and the message says so", () => {
		const cwd = folderWith(sampleText);
		const before = stateOf(cwd);
		chmodSync(cwd, 0o555);
		const said = fail(cwd, unprivileged([PPROTECT, ...ADD]));
		chmodSync(cwd, 0o755);
		expect(said).toBe(
			`pprotect: error: cannot write ${NAME}: permission denied; ${NAME} is unchanged\npprotect: hint: check the permissions of the file and of its folder\n`,
		);
		expect(stateOf(cwd)).toEqual(before);
		expect(readdirSync(cwd)).toEqual([NAME]);
	});

	testUnless(lackOfUnprivileged())("respects a file that is write-protected", () => {
		const cwd = folderWith(sampleText);
		chmodSync(join(cwd, NAME), 0o444);
		const before = stateOf(cwd);
		expect(fail(cwd, unprivileged([PPROTECT, ...ADD]))).toContain(`${NAME} is unchanged`);
		expect(stateOf(cwd)).toEqual(before);
	});

	testUnless(lackOfMounts())("being on a file system that is read-only, says so", () => {
		const cwd = folderWith(sampleText);
		const script = `set -e
			mount --bind ${cwd} ${cwd}
			mount -o remount,ro,bind ${cwd}
			cd ${cwd}
			exec "$@"`;
		const said = fail(cwd, withMounts(script, [PPROTECT, ...ADD]));
		expect(said).toContain(
			`cannot write ${NAME}: the file system is read-only; ${NAME} is unchanged`,
		);
		expect(readFileSync(join(cwd, NAME), "utf8")).toBe(sampleText);
	});

	test("because it is gone since the question, is told, and nothing appears in its place", async () => {
		const cwd = join(folderWith(sampleText), "..", `gone-${process.pid}`);
		spawnSync("mkdir", ["-p", cwd]);
		writeFileSync(join(cwd, NAME), sampleText);
		const child = Bun.spawn([PPROTECT, "--file", join(cwd, NAME), "add-secret", "prod", "new"], {
			env: { PATH: process.env.PATH ?? "" },
			stdin: "pipe",
			stdout: "pipe",
			stderr: "pipe",
		});
		const stderr = readUntil(child.stderr, "Secret value: ");
		await stderr.seen;
		rmSync(cwd, { recursive: true });
		child.stdin.write("value\n");
		child.stdin.end();
		expect(await child.exited).toBe(2);
		expect(await stderr.rest).toContain(`Protected file not found: ${join(cwd, NAME)}`);
		expect(existsSync(cwd)).toBe(false);
	});
});

describe("system calls that fail", () => {
	for (const [what, fault, state] of [
		["writing", "write,pwrite64:error=EIO:when=1", undefined],
		["syncing the file", "fsync,fdatasync:error=EIO:when=1", "is unchanged"],
		["renaming", "rename,renameat,renameat2:error=EIO", "is unchanged"],
		["syncing the folder", "fsync:error=EIO:when=2", "holds the whole change"],
	] as const) {
		testUnless(lackOfInjection())(`leave a whole file, and the message says which: ${what}`, () => {
			const cwd = folderWith(sampleText);
			const [program = "", ...args] = withFault(fault, [PPROTECT, ...ADD]);
			const { stderr } = spawnSync(program, args, { cwd, encoding: "utf8", input: "value" });
			const text = readFileSync(join(cwd, NAME), "utf8");
			const isOld = text === sampleText;
			if (!isOld) expect(KeyFile.parse(text).secretNames("prod")).toContain("new");
			if (state !== undefined) {
				expect(stderr).toContain(`; ${NAME} ${state}`);
				expect(isOld).toBe(state === "is unchanged");
			}
			expect(readdirSync(cwd)).toEqual([NAME]);
		});
	}
});

/** Reads a stream: `seen` when a text was there, `rest` is all of it at its end. */
function readUntil(stream: ReadableStream<Uint8Array>, text: string) {
	const seen = Promise.withResolvers<void>();
	const read = async () => {
		const decoder = new TextDecoder();
		let all = "";
		for await (const chunk of stream) {
			all += decoder.decode(chunk, { stream: true });
			if (all.includes(text)) seen.resolve();
		}
		seen.reject(new Error(`never saw ${text} but: ${all}`));
		return all;
	};
	return { rest: read(), seen: seen.promise };
}
