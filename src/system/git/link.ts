import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { ProtectError } from "../../errors.ts";
import { gitOutput } from "./git.ts";

/**
 * Whether a path leads out of the work tree that it stands in, by a symbolic link of its own or of
 * a folder above it; into the folder of git's own files too. False for a path outside of git, and
 * for one that leads nowhere.
 *
 * @throws as runGit does.
 */
export function leadsOutOfWorkTree(path: string): boolean {
	const given = resolve(path);
	const target = realPath(given);
	const folder = realPath(dirname(given));
	if (target === undefined || folder === undefined) return false;
	return [folder, "."].some((start) => {
		const root = topOf(start, dirname(given));
		const isInside = root !== undefined && (start !== "." || isWithin(root, given));
		return isInside && root !== "" && !isWithin(root, target);
	});
}

/**
 * Undefined outside of a work tree, and where there is no git.
 *
 * @param without the folder of the file, in which no git is looked for.
 */
function topOf(folder: string, without: string): string | undefined {
	try {
		return gitOutput(folder, ["rev-parse", "--show-toplevel"], [without]);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

/** The same for a link that git has, by its path from the top and its text. */
export function linkLeadsOutside(root: string, path: string, text: string): boolean {
	return !isWithin(root, resolve(root, dirname(path), text));
}

function isWithin(root: string, path: string): boolean {
	const way = relative(root, path);
	const [first] = way.split(sep);
	return !isAbsolute(way) && first !== ".." && first !== ".git";
}

function realPath(path: string): string | undefined {
	try {
		return realpathSync(path);
	} catch {
		return undefined;
	}
}
