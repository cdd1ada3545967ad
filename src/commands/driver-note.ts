import { lacksDriver } from "../system/git/missing-driver.ts";
import { note } from "../system/voice.ts";
import { DRIVER } from "../team/git-setup-files.ts";

/** Says so where Git would merge the file as plain text, though the team set it up otherwise. */
export function noteMissingDriver(path: string): void {
	if (!lacksDriver(path, DRIVER)) return;
	note(
		`Git merges ${path} as plain text in this clone until you run: pprotect git-setup (or once for this machine: pprotect git-setup --global)`,
	);
}
