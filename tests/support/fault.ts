/** What tests of the disk and of other processes need: folders, writers, and ways to fail. */
import { test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "./fault-writer.ts";

const WRITER = join(import.meta.dir, "fault-writer.ts");

/** The command that runs the writer of fault-writer.ts. */
export function writerCommand(verb: string, path: string, text = ""): readonly string[] {
	return [process.execPath, WRITER, verb, path, text];
}

/** A folder of its own for a test, gone with `await using` or `using`. */
export function scratchFolder(): { readonly path: string } & Disposable {
	const path = realpathSync(mkdtempSync(join(tmpdir(), "pprotect-test-")));
	return {
		path,
		[Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
	};
}

/** A scratch folder that holds one file, `protected.yaml`. */
export function scratchFile(text = "old\n") {
	const folder = scratchFolder();
	const path = join(folder.path, "protected.yaml");
	writeFileSync(path, text);
	return { folder: folder.path, path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** A running writer, killed at the end of its scope. */
export interface Writer extends AsyncDisposable {
	readonly pid: number;
	/** The next line it prints; undefined at the end of its output. */
	next(): Promise<Report | undefined>;
	kill(signal: NodeJS.Signals): void;
	/** The name of the signal it died of, or its exit code. */
	readonly ended: Promise<string | number | null>;
}

/** Starts `command`, which prints a {@link Report} a line. */
export function start(command: readonly string[]): Writer {
	const child = Bun.spawn([...command], { stdout: "pipe", stderr: "inherit", stdin: "ignore" });
	const lines = reportLines(child.stdout);
	return {
		pid: child.pid,
		next: async () => (await lines.next()).value ?? undefined,
		kill: (signal) => child.kill(signal),
		ended: child.exited.then(() => child.signalCode ?? child.exitCode),
		[Symbol.asyncDispose]: async () => {
			child.kill("SIGKILL");
			await child.exited;
		},
	};
}

async function* reportLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Report, void> {
	const decoder = new TextDecoder();
	let rest = "";
	for await (const chunk of stream) {
		const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) yield JSON.parse(line);
	}
}

/** Runs `command` to its end and returns its last report. */
export function report(command: readonly string[]): Report {
	const [program = "", ...args] = command;
	const options = { encoding: "utf8", timeout: 20_000, killSignal: "SIGKILL" } as const;
	const { stdout, stderr, status, signal } = spawnSync(program, args, options);
	const line = stdout.trimEnd().split("\n").at(-1);
	if (!line) throw new Error(`no report (${signal ?? status}): ${stderr}`);
	return JSON.parse(line);
}

/** Why a test that needs the program `name` cannot run here, or undefined. */
export function lackOf(name: string): string | undefined {
	return Bun.which(name) === null ? `${name} is not installed` : undefined;
}

/** Why a test cannot mount file systems of its own here, or undefined. */
export function lackOfMounts(): string | undefined {
	if (lackOf("unshare") !== undefined) return lackOf("unshare");
	const tried = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", tmpdir()]);
	return tried.status === 0 ? undefined : "mounting is not allowed here";
}

/**
 * Runs the shell script `script`, which finds `command` as `"$@"`, where it may mount what it
 * likes: the mounts are seen by it alone, and gone with it.
 */
export function withMounts(script: string, command: readonly string[]): readonly string[] {
	return ["unshare", "-rm", "sh", "-c", script, "sh", ...command];
}

/** Why a test cannot make system calls fail here, or undefined. */
export function lackOfInjection(): string | undefined {
	if (lackOf("strace") !== undefined) return lackOf("strace");
	const tried = spawnSync("strace", ["-f", "-o", "/dev/null", "-e", "trace=none", "true"]);
	return tried.status === 0 ? undefined : "strace is not allowed here";
}

/**
 * Runs `command` with a fault in its system calls, given as strace's `inject` takes it:
 * `fsync:error=EIO:when=2`.
 */
export function withFault(fault: string, command: readonly string[]): readonly string[] {
	return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `inject=${fault}`, ...command];
}

/** Why a test cannot run a command that permissions stop here, or undefined. */
export function lackOfUnprivileged(): string | undefined {
	return process.getuid?.() === 0 ? lackOf("setpriv") : undefined;
}

/** Runs `command` so that permissions stop it, even where this process is root. */
export function unprivileged(command: readonly string[]): readonly string[] {
	if (process.getuid?.() !== 0) return command;
	return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", ...command];
}

/** A test that needs something; where `lack` says that it is not there, skipped, saying so. */
export function testUnless(lack: string | undefined) {
	return (title: string, body: () => void | Promise<void>, timeoutMs?: number) => {
		if (lack === undefined) test(title, body, timeoutMs);
		else test.skip(`${title} (skipped: ${lack})`, body);
	};
}

/** The text of a file, for assertions. */
export function textOf(path: string): string {
	return readFileSync(path, "utf8");
}
