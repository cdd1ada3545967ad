/**
 * Runs the compiled binary as a user would. Every run is held to two rules: a failure prints
 * nothing on standard output, and a success prints nothing on standard error but prompts and
 * notices, which the test has to name.
 */
import { expect } from "bun:test";
import { binaryPath } from "../../scripts/compile.ts";
import { hostTarget } from "../../scripts/targets.ts";

export { scratchFolder } from "./scratch-folder.ts";

/** The binary under test: built before the tests are run (`bun run build`). */
export const PPROTECT = process.env.PPROTECT_BINARY ?? binaryPath(hostTarget());

export interface RunOptions {
	readonly cwd: string;
	/** What standard input holds; empty unless given. */
	readonly input?: string | Uint8Array;
	/** The whole environment but PATH and HOME. */
	readonly env?: Readonly<Record<string, string>>;
	/** 0 unless given. */
	readonly exitCode?: number;
	/** A success is expected to say this on stderr: prompts and notices. */
	readonly notices?: RegExp;
	/** The one failure that has printed: a generated key that was then not acknowledged. */
	readonly mayPrintBeforeFailing?: boolean;
	/** An exit code that is a finding, not a failure: told on stdout, with nothing on stderr. */
	readonly isFinding?: boolean;
}

/** Exactly these lines on stderr: headings, questions and notices, in this order. */
export function asks(...lines: readonly string[]): RegExp {
	const exact = lines.map((line) => `${RegExp.escape(line)}\n`);
	return new RegExp(`^${exact.join("")}$`);
}

export interface RunResult {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number;
}

/** Runs `pprotect ...args` to its end. */
export async function pprotect(args: readonly string[], options: RunOptions): Promise<RunResult> {
	const child = Bun.spawn([PPROTECT, ...args], {
		cwd: options.cwd,
		env: { PATH: process.env.PATH ?? "", HOME: options.cwd, ...options.env },
		stdin: new Blob([options.input ?? ""]),
		stdout: "pipe",
		stderr: "pipe",
	});
	const [stdout, stderr, exitCode] = await Promise.all([
		textOf(child.stdout),
		textOf(child.stderr),
		child.exited,
	]);
	const shown = `pprotect ${args.join(" ")}\n${stderr}`;
	expect(exitCode, shown).toBe(options.exitCode ?? 0);
	if (exitCode === 0 || options.isFinding) {
		const plain = withoutKeyNotices(stderr);
		if (!options.notices) expect(plain, shown).toBe("");
		else if (!options.notices.test(stderr)) expect(plain).toMatch(options.notices);
	} else {
		expect(stderr).toMatch(/^pprotect: error: /m);
		if (!options.mayPrintBeforeFailing) expect(stdout, shown).toBe("");
	}
	expect(stderr).not.toMatch(/^\s+at |\$bunfs/m);
	return { stdout, stderr, exitCode };
}

/** Who got a key, and who still holds one, is said on every success: tests of that look themselves. */
export function withoutKeyNotices(stderr: string): string {
	const notice = /^pprotect: note: (the key of .* was sealed to|.* can still read .* until) .*\n/gm;
	return stderr.replace(notice, "");
}

/** All of it, a byte order mark included. */
async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
	return Buffer.from(await new Response(stream).arrayBuffer()).toString("utf8");
}
