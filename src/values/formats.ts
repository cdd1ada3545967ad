/** The formats in which names and values come and go, each read back as it is written. */
import { formatDocker, isMarkedAsDocker, parseDocker } from "./docker.ts";
import { parseDotenv } from "./dotenv.ts";
import { githubEntries, githubMasks, looksLikeGithub, parseGithub } from "./github.ts";
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
			return parseLines(text);
		case "docker":
			return parseDocker(text);
		case "github":
			return parseGithub(text);
	}
}

/** Lines `NAME=value`: as somebody wrote them, or as one of our own formats has them. */
function parseLines(text: string): Parsed {
	if (looksLikeGithub(text)) return parseGithub(text);
	if (isMarkedAsDocker(text)) return parseDocker(text);
	return parseShell(text) ?? parseDotenv(text);
}

/** The format of a file by its name, or by how its text begins where that tells nothing. */
export function guessFormat(path: string, text: string): Format {
	if (/\.json$/i.test(path)) return "json";
	if (/\.ya?ml$/i.test(path)) return "yaml";
	if (/\.env(?:\.[^\\/]*)?$/i.test(path)) return "env";
	if (/^\s*\{/.test(text)) return "json";
	return /^(?:\s*#.*\n|\s)*[\w-]+:\s/.test(text) ? "yaml" : "env";
}
