/** How `decrypt-domain` prints values. */
import type { Environment } from "../system/credentials.ts";
import { writeStdout } from "../system/output.ts";
import type { Format } from "../values/formats.ts";
import { formatJson } from "../values/json.ts";

/**
 * Prints the values; for `github`, in a workflow, writes the file that GITHUB_ENV names too.
 *
 * @throws ProtectError for a name or a value that the format cannot hold.
 */
export async function writeValues(
	values: ReadonlyMap<string, string>,
	format: Format,
	environment: Environment,
): Promise<void> {
	// Loaded when needed: the readers of the formats, YAML's above all, take a while.
	if (format === "json") return writeStdout(formatJson(values));
	if (format === "github") {
		const { writeForGithub } = await import("./github-output.ts");
		return writeForGithub(values, environment.GITHUB_ENV);
	}
	const { formatValues } = await import("../values/formats.ts");
	return writeStdout(formatValues(values, format));
}
