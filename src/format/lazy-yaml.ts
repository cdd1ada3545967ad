/** `#yaml` in the binary; in the library's package that is static-yaml.ts. */
import type { Yaml } from "./static-yaml.ts";

let loaded: Yaml | undefined;

/**
 * yaml, loaded when a file is first found to need it: most never do, and it takes as long as
 * deriving a raw key and opening the domain. Bun's bundler follows the `require`.
 */
export function loadYaml(): Yaml {
	const yaml: Yaml = loaded ?? require("yaml");
	loaded = yaml;
	return yaml;
}
