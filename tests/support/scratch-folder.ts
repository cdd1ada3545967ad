import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** A new empty folder, which is gone once all tests have run. */
export function scratchFolder(parent = tmpdir()): string {
	const folder = mkdtempSync(join(parent, "pprotect-test-"));
	folders.push(folder);
	return folder;
}

/** Removes them all; `remove-scratch-folders.ts` calls it. */
export function removeScratchFolders(): void {
	for (const folder of folders.splice(0)) {
		// Git may still be tidying up in the background.
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}
