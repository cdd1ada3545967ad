import { host } from "#host";
import { ProtectError } from "../errors.ts";
import type { Environment, Host } from "../system/host/host.ts";
import { pathOf } from "./arguments.ts";

/** @throws ProtectError in a browser or worker, where there are no files. */
export function requireHost(): Host {
	if (host !== undefined) return host;
	throw new ProtectError(
		"there are no files here",
		"fetch the file's text, and give it to KeyFile.parse",
	);
}

/** The environment of the process; empty where there is none. */
export function processEnvironment(): Environment {
	return host?.environment ?? {};
}

/** The path of the protected file: `file`, else the one that the command line would find. */
export function filePath(file: string | URL | undefined): string {
	const { environment, findProtectedFile, pathFromUrl } = requireHost();
	if (file === undefined) return findProtectedFile(environment);
	return pathOf("the file", file, pathFromUrl);
}
