/** The formats in which names and values come and go, each read back as it is written. */
import { formatDocker, isMarkedAsDocker, parseDocker } from "./docker.ts";
import { parseDotenv } from "./dotenv.ts";
import { formatDotenv } from "./dotenv-writer.ts";
import { parseEnviron } from "./environ.ts";
import { formatFish, parseFish } from "./fish.ts";
import type { Format, ReadFormat } from "./format-names.ts";
import { githubEntries, githubMasks, looksLikeGithub, parseGithub } from "./github.ts";
import { formatJson, parseJson } from "./json.ts";
import type { Parsed } from "./parsed.ts";
import { formatPowershell, parsePowershell } from "./powershell.ts";
import { formatShell, parseShell } from "./shell.ts";
import { formatYaml, parseYaml } from "./yaml.ts";

/** Formats whose reader makes variables of the names, so that some of them run code. */
export function makesVariables(format: Format): boolean {
	return format !== "json" && format !== "yaml";
}

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
		case "dotenv":
			return formatDotenv(values);
		case "docker":
			return formatDocker(values);
		case "github":
			return githubMasks(values) + githubEntries(values);
		case "fish":
			return formatFish(values);
		case "powershell":
			return formatPowershell(values);
	}
}

/** Reads the text of a file. */
export function parseValues(text: string, format: ReadFormat): Parsed {
	switch (format) {
		case "json":
			return parseJson(text);
		case "yaml":
			return parseYaml(text);
		case "env":
		case "shell":
		case "dotenv":
			return parseLines(text);
		case "docker":
			return parseDocker(text);
		case "github":
			return parseGithub(text);
		case "fish":
			return parseFish(text);
		case "powershell":
			return parsePowershell(text);
		case "environ":
			return parseEnviron(text);
	}
}

/** Lines `NAME=value`: as somebody wrote them, or as one of our own formats has them. */
function parseLines(text: string): Parsed {
	if (text.includes("\0")) return parseEnviron(text);
	if (looksLikeGithub(text)) return parseGithub(text);
	if (isMarkedAsDocker(text)) return parseDocker(text);
	if (text.startsWith("set -gx ")) return parseFish(text);
	if (text.startsWith("$env:")) return parsePowershell(text);
	return parseShell(text) ?? parseDotenv(text);
}

/** Ends of names that tell of a format with other rules than a `.env`, and what it is called. */
const OTHER_FORMATS: readonly (readonly [end: RegExp, name: string])[] = [
	[/\.properties$/i, "a Java properties file"],
	[/\.(?:auto\.)?tfvars$/i, "a file of Terraform variables"],
	[/\.(?:ini|cfg)$/i, "an INI file"],
	[/\.toml$/i, "a TOML file"],
	[/\.(?:xml|plist)$/i, "an XML file"],
	[/\.(?:csv|tsv)$/i, "a table"],
	[/\.(?:hcl|tf)$/i, "an HCL file"],
	[/\.(?:json5|jsonc)$/i, "JSON with comments"],
];

/** What the file is by its name, where that is a format with other rules than are read here. */
export function otherFormatOf(path: string): string | undefined {
	return OTHER_FORMATS.find(([end]) => end.test(path))?.[1];
}

/** The format of a file by its name, or by how its text begins where that tells nothing. */
export function guessFormat(path: string, text: string): ReadFormat {
	if (/\.json$/i.test(path)) return "json";
	if (/\.ya?ml$/i.test(path)) return "yaml";
	if (/\.env(?:\.[^\\/]*)?$/i.test(path)) return "env";
	if (text.includes("\0")) return "environ";
	if (/^\s*\{/.test(text)) return "json";
	return /^(?:\s*#.*\n|\s)*[\w-]+:\s/.test(text) ? "yaml" : "env";
}
