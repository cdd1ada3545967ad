/** Where the lines of `pprotect git-setup --hook` go. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ListedError, ProtectError } from "../errors.ts";
import { hooksFolder, isOwnFolder, ownPath } from "../system/git/git.ts";
import { HOOK_COMMAND, withHook } from "../team/git-setup-files.ts";
import { HOOK_MANAGERS, hookOfHusky, runsCheck } from "../team/hook-managers.ts";

/** The pre-commit hook that is ours to write; undefined where Git does not say where it is. */
export function hookPath(root: string): string | undefined {
	const folder = hooksFolder(root);
	return folder === undefined ? undefined : hookOfHusky(join(folder, "pre-commit"));
}

/**
 * The pre-commit hook with our lines; undefined where another tool runs the check already.
 *
 * @throws ProtectError where the hook is not ours to change.
 */
export function hookWith(root: string): { path: string; script: string } | undefined {
	if (isManaged(root)) return undefined;
	const path = hookPath(root);
	const hint = `add to it yourself: ${HOOK_COMMAND}`;
	if (path === undefined || !isOwnFolder(root, path)) {
		throw new ProtectError(`the hooks in ${path} serve other repositories too`, hint);
	}
	const script = withHook(existingScript(path), isCommitted(root, path) ? undefined : ownPath());
	if (script === undefined) throw new ProtectError(`${path} is not a shell script`, hint);
	return { path, script };
}

/** husky's scripts start without a `#!`, and need none. */
function existingScript(path: string): string | undefined {
	if (existsSync(path)) return readFileSync(path, "utf8");
	return /[\\/]\.husky[\\/][^\\/]+$/.test(path) ? "" : undefined;
}

/** Whether the hook lies in the work tree, from where everyone gets it. */
function isCommitted(root: string, path: string): boolean {
	return path.startsWith(join(root, "/")) && !path.startsWith(join(root, ".git", "/"));
}

/** @throws ListedError with the lines to add where a tool makes the hooks that lacks ours. */
function isManaged(root: string): boolean {
	for (const { name, files, lines } of HOOK_MANAGERS) {
		const file = files.find((candidate) => existsSync(join(root, candidate)));
		if (file === undefined) continue;
		if (runsCheck(readFileSync(join(root, file), "utf8"))) return true;
		throw new ListedError(
			`${name} makes the hooks of this repository from ${file}, to which these lines have to be added`,
			lines,
			"add them, then: pprotect git-setup --hook",
		);
	}
	return false;
}
