/** What a file of today's Python tool costs to read, against the same file as pprotect writes it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emitTree } from "../../src/format/emit.ts";
import type { Folding } from "../../src/format/fold.ts";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { binaryPath } from "../compile.ts";
import { hostTarget } from "../targets.ts";
import { type Program, timeOf } from "./programs.ts";
import { protectedText, USER } from "./protected-texts.ts";
import { median, type Row } from "./table.ts";

const RUNS = 11;
const COUNTS = [100, 400, 1600];
const FOLDINGS: readonly Folding[] = ["one-line", "wrapped"];

const COMMANDS: readonly (readonly [what: string, args: readonly string[]])[] = [
	["exec", ["exec", "--domain", "prod", "--", "true"]],
	["list-domains", ["list-domains"]],
	["list-all-secrets", ["list-all-secrets"]],
];

/** The ratio is that of the wrapped file to the one-line file in the row above. */
export async function foldingRows(): Promise<Row[]> {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-bench-"));
	try {
		const rows: Row[] = [];
		for (const count of COUNTS) {
			for (const programs of await programsFor(count, folder)) rows.push(...compare(programs));
		}
		return rows;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** For each command, the same in both foldings. */
async function programsFor(count: number, folder: string): Promise<Program[][]> {
	const { text, passphrase } = await protectedText(count);
	const tree = toTree(KeyFile.parse(text).data);
	const env = { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase };
	return COMMANDS.map(([what, args]) =>
		FOLDINGS.map((folding) => {
			const file = join(folder, `${count}-${folding}.yaml`);
			writeFileSync(file, emitTree(tree, folding));
			const secrets = count.toLocaleString("en");
			return {
				what: `${what}, ${secrets} secrets, ${folding}`,
				command: [binaryPath(hostTarget()), ...args],
				env: { ...env, PPROTECT_FILE: file },
			};
		}),
	);
}

function compare(programs: readonly Program[]): Row[] {
	const times = programs.map((): number[] => []);
	for (let run = 0; run < RUNS; run++) {
		for (const [index, program] of programs.entries()) times[index]?.push(timeOf(program));
	}
	const [first = Number.NaN, ...others] = times.map(median);
	return programs.map(({ what }, index) => {
		const ms = others[index - 1];
		return ms === undefined ? { what, ms: first } : { what, ms, ratio: ms / first };
	});
}
