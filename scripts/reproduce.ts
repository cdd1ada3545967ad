/**
 * `bun run reproduce [TARGET...]`: makes the release again, from a copy of the sources in another
 * folder, and compares it with the SHA256SUMS in dist/. With targets, only what is made for them.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commit, ROOT } from "./compile.ts";
import { sourceDate } from "./release/source-date.ts";
import { copySources } from "./release/sources.ts";

const copy = mkdtempSync(join(tmpdir(), "pprotect-reproduce-"));
try {
	copySources(copy);
	run("scripts/release.ts", ...process.argv.slice(2));
	const first = new Set(readSums(ROOT));
	const second = readSums(copy);
	const others = second.filter((line) => !first.has(line));
	if (others.length > 0) {
		console.error(`made from another folder, these differ:\n${others.join("\n")}`);
		process.exitCode = 1;
	} else console.log(`${second.length} files are the same when made from another folder`);
} finally {
	rmSync(copy, { recursive: true, force: true });
}

/** Of what the release's page has, and of the npm packages. */
function readSums(folder: string): string[] {
	return [".", "npm"].flatMap((place) =>
		readFileSync(join(folder, "dist", place, "SHA256SUMS"), "utf8")
			.trimEnd()
			.split("\n"),
	);
}

function run(...words: readonly string[]): void {
	const child = Bun.spawnSync([process.execPath, ...words], {
		cwd: copy,
		env: {
			...process.env,
			PPROTECT_COMMIT: commit(),
			SOURCE_DATE_EPOCH: String(sourceDate()),
		},
		stderr: "pipe",
	});
	if (child.exitCode !== 0) throw new Error(`bun ${words.join(" ")}: ${child.stderr}`);
}
