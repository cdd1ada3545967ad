/**
 * `bun run reproduce [TARGET...]`: makes the release again, from a copy of the sources in another
 * folder, and compares it with the SHA256SUMS in dist/.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "./compile.ts";

const LEFT_OUT = new Set(["node_modules", "dist", ".git"]);

const copy = mkdtempSync(join(tmpdir(), "pprotect-reproduce-"));
try {
	cpSync(ROOT, copy, {
		recursive: true,
		filter: (source) => source === ROOT || !LEFT_OUT.has(basename(source)),
	});
	run("install", "--frozen-lockfile");
	run("scripts/release.ts", ...process.argv.slice(2));
	const [first, second] = [ROOT, copy].map((folder) =>
		readFileSync(join(folder, "dist", "SHA256SUMS"), "utf8"),
	);
	if (first !== second) {
		console.error(`SHA256SUMS differ:\n${first}\nfrom another folder:\n${second}`);
		process.exitCode = 1;
	} else console.log("SHA256SUMS are the same when made from another folder");
} finally {
	rmSync(copy, { recursive: true, force: true });
}

function run(...words: readonly string[]): void {
	const child = Bun.spawnSync([process.execPath, ...words], { cwd: copy, stderr: "pipe" });
	if (child.exitCode !== 0) throw new Error(`bun ${words.join(" ")}: ${child.stderr}`);
}
