/** What starting pprotect and handing over to a program costs, and in how much memory. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryPath, compileProgram } from "../compile.ts";
import { hostTarget } from "../targets.ts";
import { protectedText, USER } from "./protected-texts.ts";
import { median, type Row } from "./table.ts";

const RUNS = 41;
const COUNTS = [10, 30, 100, 1000];
const METER = join(import.meta.dir, "peak-process.ts");

export interface Program {
	readonly what: string;
	readonly command: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** Too small for its memory to be measured from here. */
	readonly isNative?: boolean;
}

/** Each program's row; the ratio is to the first, the empty one. */
export async function programRows(): Promise<Row[]> {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-bench-"));
	try {
		return measure(await programs(folder));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function programs(folder: string): Promise<Program[]> {
	const pprotect = binaryPath(hostTarget());
	const execs = await Promise.all(
		COUNTS.map(async (count) => {
			const { text, passphrase } = await protectedText(count);
			const file = join(folder, `${count}.yaml`);
			writeFileSync(file, text);
			return {
				what: `exec, ${count.toLocaleString("en")} secrets (raw key)`,
				command: [pprotect, "exec", "--file", file, "--domain", "prod", "--", "true"],
				env: { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase },
			};
		}),
	);
	return [
		{ what: "an empty program", command: [emptyProgram(folder)] },
		{ what: "version", command: [pprotect, "version"] },
		...execs,
		{ what: "env, with 30 values on its command line", command: envCommand(), isNative: true },
		...agePrograms(folder),
	];
}

function emptyProgram(folder: string): string {
	const entry = join(folder, "empty.ts");
	writeFileSync(entry, "export {};\n");
	return compileProgram(hostTarget(), entry, join(folder, "empty"));
}

/** The nearest native tools: what they cost that do only a part of `exec`. */
function envCommand(): string[] {
	const values = Array.from({ length: 30 }, (_, index) => `secret_${index}=a value`);
	return ["env", ...values, "true"];
}

function agePrograms(folder: string): Program[] {
	const what = "age -d, one file of 30 values";
	if (Bun.which("age") === null || Bun.which("age-keygen") === null) return [];
	const [key, plain, sealed] = ["key", "plain", "sealed"].map((name) => join(folder, name));
	if (key === undefined || plain === undefined || sealed === undefined) return [];
	writeFileSync(plain, "secret_0=the value of this secret, which is not long\n".repeat(30));
	Bun.spawnSync(["age-keygen", "-o", key]);
	const recipient = Bun.spawnSync(["age-keygen", "-y", key]).stdout.toString().trim();
	Bun.spawnSync(["age", "-r", recipient, "-o", sealed, plain]);
	return [{ what, command: ["age", "-d", "-i", key, sealed], isNative: true }];
}

function measure(all: readonly Program[]): Row[] {
	const times = all.map((): number[] => []);
	for (let run = 0; run < RUNS; run++) {
		for (const [index, program] of all.entries()) times[index]?.push(timeOf(program));
	}
	const yardstick = median(times[0] ?? []);
	return all.map((program, index) => {
		const ms = median(times[index] ?? []);
		const row = { what: program.what, ms, ratio: ms / yardstick };
		return program.isNative ? row : { ...row, peakMB: peakOf(program) / 1e6 };
	});
}

/** How long one run takes, in milliseconds. */
export function timeOf({ what, command, env = {} }: Program): number {
	const start = performance.now();
	const { exitCode } = Bun.spawnSync([...command], {
		env: { PATH: process.env.PATH ?? "", ...env },
		stdin: "ignore",
		stdout: "ignore",
		stderr: "inherit",
	});
	if (exitCode !== 0) throw new Error(`${what}: exit code ${exitCode}`);
	return performance.now() - start;
}

function peakOf({ command, env = {} }: Program): number {
	const { stdout } = Bun.spawnSync([process.execPath, METER, ...command], {
		env: { PATH: process.env.PATH ?? "", ...env },
	});
	return Number(stdout.toString());
}
