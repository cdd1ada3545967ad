import { createRequire } from "node:module";

let loaded: typeof import("yaml") | undefined;

/**
 * yaml, loaded when a file is first found to need it: most never do, and it takes as long as
 * deriving a raw key and opening the domain. A bundler follows the first `require`; as a module
 * Node has none, and makes one.
 */
export function loadYaml(): typeof import("yaml") {
	const yaml: typeof import("yaml") =
		loaded ??
		(typeof require === "function" ? require("yaml") : createRequire(import.meta.url)("yaml"));
	loaded = yaml;
	return yaml;
}
