import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
	closeSync,
	constants,
	existsSync,
	mkdtempSync,
	openSync,
	readSync,
	rmSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useColour } from "../../../src/system/paint.ts";
import { compile } from "../../support/compile.ts";
import { runInTerminal } from "../../support/pty.ts";

const isPosix = process.platform !== "win32";
const isLinux = process.platform === "linux";
const hasFullDisk = existsSync("/dev/full");

let folder = "";
let driver = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pprotect-test-"));
	driver = compile(join(import.meta.dir, "../../support/prompt-driver.ts"), folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the driver through a shell, where `"$@"` is the driver with its steps. */
function shell(script: string, steps: readonly string[]) {
	const { stdout, stderr, status } = spawnSync("sh", ["-c", script, "sh", driver, ...steps]);
	return { stdout: stdout.toString(), stderr: stderr.toString(), status };
}

/** A named pipe with both its ends open, of which the writer does not block. */
function openFifo(): { reader: number; writer: number } {
	const path = join(mkdtempSync(join(folder, "fifo-")), "fifo");
	expect(spawnSync("mkfifo", [path]).status).toBe(0);
	// Opening one end waits for the other, unless it is there.
	const both = openSync(path, constants.O_RDWR);
	const reader = openSync(path, constants.O_RDONLY);
	const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
	closeSync(both);
	return { reader, writer };
}

/** Writes into a pipe until it is full; returns how many bytes that took. */
function fill(writer: number): number {
	const bytes = new Uint8Array(1024);
	for (let written = 0; ; written += bytes.length) {
		try {
			writeSync(writer, bytes);
		} catch {
			return written;
		}
	}
}

/** Reads a pipe to its end; returns how many bytes it held. */
function drain(reader: number): number {
	const buffer = Buffer.alloc(65536);
	let count = 0;
	for (let length = readSync(reader, buffer); length > 0; length = readSync(reader, buffer)) {
		count += length;
	}
	closeSync(reader);
	return count;
}

describe("standard output", () => {
	test("gets all of it, through a pipe and into a file", async () => {
		const child = Bun.spawn([driver, "repeat=5000000", "out=é\n"], { stdout: "pipe" });
		const output = await child.stdout.text();
		expect(output.length).toBe(5_000_002);
		expect(output).toEndWith("xxé\n");
		expect(shell('"$@" > /dev/null', ["repeat=5000000"]).status).toBe(0);
	});

	test.skipIf(!isLinux)("is waited for, where a pipe is full and does not block", async () => {
		const { reader, writer } = openFifo();
		const before = fill(writer);
		const child = Bun.spawn([driver, "nonblocking=1", "err=ready", "repeat=1000000"], {
			stdout: writer,
			stderr: "pipe",
		});
		closeSync(writer);
		let stderr = "";
		let after = 0;
		for await (const chunk of child.stderr) {
			stderr += Buffer.from(chunk).toString();
			if (stderr === "ready") after = drain(reader);
		}
		expect(stderr).toBe("ready");
		expect(after).toBe(before + 1_000_000);
		expect(await child.exited).toBe(0);
	});

	test.skipIf(!isPosix)("fails where its reader has gone", () => {
		const { reader, writer } = openFifo();
		closeSync(reader);
		const { stderr, status } = spawnSync(driver, ["out=x", "err=never"], {
			stdio: ["ignore", writer, "pipe"],
		});
		closeSync(writer);
		expect(stderr.toString()).toBe(
			"ProtectError: cannot write to standard output: its reader has closed it\n",
		);
		expect(status).toBe(1);
	});

	test.skipIf(!hasFullDisk)("fails on a full disk", () => {
		const { stderr, status } = shell('"$@" > /dev/full', ["out=x"]);
		expect(stderr).toBe(
			"ProtectError: cannot write to standard output: no space is left on the disk\n",
		);
		expect(status).toBe(1);
	});

	test.skipIf(!isPosix)("fails where it is closed, and not where it goes to /dev/null", () => {
		expect(shell('"$@" >&-', ["out=x"])).toEqual({
			stdout: "",
			stderr: "ProtectError: cannot write to standard output: it is closed\n",
			status: 1,
		});
		expect(shell('"$@" >/dev/null', ["out=x"])).toMatchObject({ stderr: "", status: 0 });
		expect(shell('"$@" >&-', ["err=only this"])).toMatchObject({ stderr: "only this", status: 0 });
	});
});

describe.skipIf(!isPosix)("standard error", () => {
	test.each(["2>&-", "2>/dev/full"])("is written to if it can be (%s)", (redirection) => {
		const result = shell(`"$@" ${redirection}`, ["err=x", "out=done"]);
		expect(result).toEqual({ stdout: "done", stderr: "", status: 0 });
	});
});

describe("colour", () => {
	test("is for a terminal alone", () => {
		expect(shell('"$@" | cat', ["isatty=1"]).stdout).toBe("terminal false colour false\n");
		expect(shell('"$@" </dev/null', ["isatty=0"]).stdout).toBe("terminal false colour false\n");
		expect(shell('"$@" 9>&-', ["isatty=9"]).stdout).toBe("terminal false colour false\n");
	});

	test.skipIf(!isPosix).each([
		[{}, true],
		[{ NO_COLOR: "" }, true],
		[{ NO_COLOR: "1" }, false],
		[{ NO_COLOR: "0" }, false],
		[{ TERM: "dumb" }, false],
	])("on a terminal with %j: %p", async (variables, isColoured) => {
		const { NO_COLOR: _, ...inherited } = process.env;
		const env = { ...inherited, TERM: "xterm", ...variables };
		const { output } = await runInTerminal([driver, "isatty=1"], { env });
		expect(output).toBe(`terminal true colour ${isColoured}\r\n`);
	});

	test("takes the environment that it is given", () => {
		expect(useColour(1, { NO_COLOR: "1" })).toBe(false);
	});
});
