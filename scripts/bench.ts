/**
 * `bun run bench`: what pprotect costs, as a table here and as JSON in dist/bench.json: by section,
 * the rows that scripts/bench/table.ts describes. Times are medians of runs that take turns, so that
 * a busy machine slows all alike. It asserts nothing.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { derivationRows } from "./bench/derivations.ts";
import { fileRows, growthRows } from "./bench/files.ts";
import { foldingRows } from "./bench/foldings.ts";
import { programRows } from "./bench/programs.ts";
import { scaleRows } from "./bench/scale.ts";
import { stageRows } from "./bench/stages.ts";
import { printTable, type Row } from "./bench/table.ts";
import { teamRows } from "./bench/team.ts";
import { ROOT } from "./compile.ts";

const SECTIONS: readonly (readonly [title: string, measure: () => Row[] | Promise<Row[]>])[] = [
	["Programs, against an empty program compiled the same way", programRows],
	["Where the time of exec goes, against all of it", stageRows],
	["Key derivation, against the runtime's own", derivationRows],
	["A file of 10,000 secrets and their log", fileRows],
	["Either folding: each wrapped file against the same in one line", foldingRows],
	["Growth: each line has twice what the one above has", growthRows],
	["Commands that open or seal everything, against a tenth of it", scaleRows],
	["Two branches: each size is twice the one before", teamRows],
];

const report: Record<string, Row[]> = {};
console.log(`${cpus()[0]?.model ?? "unknown processor"}, Bun ${Bun.version}`);
for (const [title, measure] of SECTIONS) {
	const rows = await measure();
	report[title] = rows;
	console.log(`\n${title}`);
	printTable(rows);
}
const outfile = join(ROOT, "dist/bench.json");
writeFileSync(outfile, `${JSON.stringify(report, undefined, 2)}\n`);
console.log("\nwritten to dist/bench.json");
