/** What starting pprotect and handing over to a program costs, and in how much memory. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryPath, compileProgram } from "../compile.ts";
import { hostTarget } from "../targets.ts";
import { peerPrograms } from "./peers.ts";
import { protectedText, USER } from "./protected-texts.ts";
import { median, type Row } from "./table.ts";

const RUNS = 41;
const COUNTS = [10, 30, 100, 1000];
/** As many secrets as the others get. */
const PEERS_COUNT = 30;
const METER = join(import.meta.dir, "peak-process.ts");

export interface Program {
	readonly what: string;
	readonly command: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Not measured for its memory: too small, or another runtime's. */
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
				...{ count, file },
				what: `exec, ${count.toLocaleString("en")} secrets (raw key)`,
				command: [pprotect, "exec", "--file", file, "--domain", "prod", "--", "true"],
				env: { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase },
			};
		}),
	);
	const peers = execs.find(({ count }) => count === PEERS_COUNT);
	return [
		{ what: "an empty program", command: [emptyProgram(folder)] },
		{ what: "version", command: [pprotect, "version"] },
		...execs,
		...(peers ? peerPrograms(folder, peers.file, peers.env) : []),
	];
}

function emptyProgram(folder: string): string {
	const entry = join(folder, "empty.ts");
	writeFileSync(entry, "export {};\n");
	return compileProgram(hostTarget(), entry, join(folder, "empty"));
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
export function timeOf({ what, command, env = {}, cwd }: Program): number {
	const start = performance.now();
	const { exitCode, stderr } = Bun.spawnSync([...command], {
		...(cwd !== undefined && { cwd }),
		env: { PATH: process.env.PATH ?? "", ...env },
		stdin: "ignore",
		stdout: "ignore",
		stderr: "pipe",
	});
	if (exitCode !== 0) throw new Error(`${what}: exit code ${exitCode}: ${stderr}`);
	return performance.now() - start;
}

function peakOf({ command, env = {} }: Program): number {
	const { stdout } = Bun.spawnSync([process.execPath, METER, ...command], {
		env: { PATH: process.env.PATH ?? "", ...env },
	});
	return Number(stdout.toString());
}
