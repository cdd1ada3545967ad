import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

/** As many links in a row as linux follows. */
const MAX_LINKS = 40;

/**
 * The absolute path, free of symbolic links, of the file that `path` leads to.
 *
 * Not realpath: Bun's opens the file and asks the system for the name of what it opened, and
 * where another process replaces the file in between, that is the name of a deleted file.
 * Folders are not replaced all the time, and are left to it.
 *
 * @throws the system's error, `ENOENT` where there is no such file.
 */
export function followLinks(path: string): string {
	let current = path;
	for (let links = 0; links <= MAX_LINKS; links++) {
		const folder = realpathSync.native(dirname(current));
		current = join(folder, basename(current));
		if (!lstatSync(current).isSymbolicLink()) return current;
		const next = readlinkSync(current);
		// Put together as it is: `..` leads out of where a linked folder really is.
		current = isAbsolute(next) ? next : `${folder}/${next}`;
	}
	throw Object.assign(new Error("too many symbolic links"), { code: "ELOOP" });
}
