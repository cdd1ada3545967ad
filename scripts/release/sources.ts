/** A checkout of the sources as they are, in another folder. */
import { cpSync } from "node:fs";
import { basename } from "node:path";
import { ROOT } from "../compile.ts";

const LEFT_OUT = new Set(["node_modules", "dist", ".git"]);

/** Copies the sources into `folder`, and installs what they need there. */
export function copySources(folder: string): void {
	cpSync(ROOT, folder, {
		recursive: true,
		filter: (source) => source === ROOT || !LEFT_OUT.has(basename(source)),
	});
	const install = [process.execPath, "install", "--frozen-lockfile"];
	const { exitCode, stderr } = Bun.spawnSync(install, { cwd: folder, stderr: "pipe" });
	if (exitCode !== 0) throw new Error(`bun install: ${stderr}`);
}
