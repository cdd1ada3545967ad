import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gitOutput } from "./git.ts";

/**
 * Whether the repository wants the file at `path` merged with `driver`, and this clone does not
 * know that driver: Git then merges lines, without a word. Quick where no attribute names it.
 */
export function lacksDriver(path: string, driver: string): boolean {
	try {
		const file = resolve(path);
		const folder = dirname(file);
		if (!mayHaveAttribute(folder, driver)) return false;
		const attribute = gitOutput(folder, ["check-attr", "merge", "--", basename(file)]);
		if (attribute?.endsWith(`: ${driver}`) !== true) return false;
		return !gitOutput(folder, ["config", "--get", `merge.${driver}.driver`]);
	} catch {
		// No Git, or nothing to read: then nothing is merged here.
		return false;
	}
}

/** Whether a `.gitattributes` names the driver, from the folder up to the top of the work tree. */
function mayHaveAttribute(folder: string, driver: string): boolean {
	for (let at = folder; ; at = dirname(at)) {
		const attributes = join(at, ".gitattributes");
		const isNamed =
			existsSync(attributes) && readFileSync(attributes, "utf8").includes(`merge=${driver}`);
		if (isNamed) return true;
		if (existsSync(join(at, ".git")) || at === dirname(at)) return false;
	}
}
