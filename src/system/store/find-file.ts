/** Where the protected file is, if the command line does not say. */
import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export const USUAL_NAME = "protected.yaml";

/**
 * `PPROTECT_FILE`, else `protected.yaml` in the current folder, else, within a Git work tree of the
 * same user, in the nearest folder above.
 *
 * @returns the path as a command line would name it; `protected.yaml` where there is none.
 */
export function findProtectedFile(
	environment: Readonly<Record<string, string | undefined>>,
	folder: string = process.cwd(),
): string {
	if (environment.PPROTECT_FILE) return environment.PPROTECT_FILE;
	if (isThere(join(folder, USUAL_NAME))) return USUAL_NAME;
	const above = foldersAbove(folder).find((parent) => isThere(join(parent, USUAL_NAME)));
	return above === undefined ? USUAL_NAME : relative(folder, join(above, USUAL_NAME));
}

/** The folders above `folder` up to the root of its work tree, nearest first; none elsewhere. */
function foldersAbove(folder: string): string[] {
	const above: string[] = [];
	for (let at = resolve(folder); ; at = dirname(at)) {
		if (at !== resolve(folder)) above.push(at);
		// Somebody else's work tree, such as one in a shared /tmp, is not to be trusted.
		if (!isOwnFolder(at)) return [];
		if (isThere(join(at, ".git"))) return above;
		if (dirname(at) === at) return [];
	}
}

function isOwnFolder(folder: string): boolean {
	if (process.getuid === undefined) return true;
	return statSync(folder).uid === process.getuid();
}

/** Also a link that leads nowhere: it is in the place of the file. */
function isThere(path: string): boolean {
	return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
