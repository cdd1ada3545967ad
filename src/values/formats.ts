/** The formats in which names and values come and go, each read back as it is written. */
import { formatDocker, parseDocker } from "./docker.ts";
import { parseDotenv } from "./dotenv.ts";
import { githubEntries, githubMasks, parseGithub } from "./github.ts";
import { formatJson, parseJson } from "./json.ts";
import type { Parsed } from "./parsed.ts";
import { formatShell, parseShell } from "./shell.ts";
import { formatYaml, parseYaml } from "./yaml.ts";

export const FORMATS = ["json", "env", "shell", "yaml", "docker", "github"] as const;
export type Format = (typeof FORMATS)[number];

/**
 * The values as text, in their order.
 *
 * @throws ProtectError for a name or a value that the format cannot hold.
 */
export function formatValues(values: ReadonlyMap<string, string>, format: Format): string {
	switch (format) {
		case "json":
			return formatJson(values);
		case "yaml":
			return formatYaml(values);
		case "env":
		case "shell":
			return formatShell(values, format);
		case "docker":
			return formatDocker(values);
		case "github":
			return githubMasks(values) + githubEntries(values);
	}
}

/** Reads the text of a file. */
export function parseValues(text: string, format: Format): Parsed {
	switch (format) {
		case "json":
			return parseJson(text);
		case "yaml":
			return parseYaml(text);
		case "env":
		case "shell":
			return parseShell(text) ?? parseDotenv(text);
		case "docker":
			return parseDocker(text);
		case "github":
			return parseGithub(text);
	}
}

/**
 * The format of a file by the end of its name; else env, unless the text begins as no such file
 * can.
 */
export function guessFormat(path: string, text: string): Format {
	if (/\.json$/i.test(path)) return "json";
	if (/\.ya?ml$/i.test(path)) return "yaml";
	if (/^\s*\{/.test(text)) return "json";
	return text.startsWith("::add-mask::") ? "github" : "env";
}
