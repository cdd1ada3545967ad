/** Where the time of `exec` with a raw key goes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryPath, compileProgram } from "../compile.ts";
import { hostTarget } from "../targets.ts";
import { timeOf } from "./programs.ts";
import { protectedText, USER } from "./protected-texts.ts";
import { median, type Row } from "./table.ts";

const RUNS = 11;
const COUNTS = [30, 1000];
/** The steps that stages-process.ts tells of, in its order. */
const STEPS = [
	"start the runtime",
	"load modules",
	"parse the file",
	"derive the key",
	"unseal the values",
];

/** For each size a row a step, and last what `exec` takes beyond them; ratios are to all of `exec`. */
export async function stageRows(): Promise<Row[]> {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-bench-"));
	try {
		const entry = join(import.meta.dir, "stages-process.ts");
		const program = compileProgram(hostTarget(), entry, join(folder, "stages"));
		const rows: Row[] = [];
		for (const count of COUNTS) rows.push(...(await rowsFor(count, program, folder)));
		return rows;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function rowsFor(count: number, program: string, folder: string): Promise<Row[]> {
	const { text, passphrase } = await protectedText(count);
	const file = join(folder, `${count}.yaml`);
	writeFileSync(file, text);
	const args = ["exec", "--file", file, "--domain", "prod", "--", "true"];
	const exec = {
		what: "exec",
		command: [binaryPath(hostTarget()), ...args],
		env: { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase },
	};
	const steps = STEPS.map((): number[] => []);
	const totals: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const child = Bun.spawnSync([program, file, USER, passphrase], { stderr: "inherit" });
		const marks: number[] = JSON.parse(child.stdout.toString());
		for (const [index, at] of marks.entries()) steps[index]?.push(at - (marks[index - 1] ?? 0));
		totals.push(timeOf(exec));
	}
	const total = median(totals);
	const medians = steps.map(median);
	const rest = total - medians.reduce((sum, ms) => sum + ms, 0);
	return [...STEPS, "the rest: read the command line, hand over"].map((step, index) => {
		const ms = medians[index] ?? rest;
		return { what: `${count.toLocaleString("en")} secrets: ${step}`, ms, ratio: ms / total };
	});
}
