/** What holds for every command, told by the man page and by docs/commands.md. `code` is between backticks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../src/cli/topics.ts";
import { ROOT } from "./compile.ts";

export const SUMMARY = "deploy-time secrets, encrypted in one file beside the code";

export const DESCRIPTION = [
	"A protected file, `protected.yaml` unless `--file` says otherwise, holds secrets in domains. Anyone who has the file can add a secret to a domain; only the domain's owners can read it. Owners are key custodians: people, or machines, whose key comes from a passphrase.",
	"Commands take their options before or after their name, with `-` or `_` between words. On a terminal, a command asks for what you leave out, except for the domain of a command that reads. A secret's value is never taken from the command line.",
	"Credentials are looked for in the options, then in the environment, then in the keychain of the system where `pprotect remember` put them, then asked for. A source that is named and fails is an error: the next one is not tried.",
] as const;

export const FILES: readonly Entry[] = [
	[
		"protected.yaml",
		"The protected file, unless `--file` names another. It is meant to be committed.",
	],
];

export const EXEC_STATUS = "`exec` ends as the command that it runs.";

/** An example of the life of a protected file. */
export const EXAMPLES: readonly Entry[] = [
	["Begin: a protected file and its first key custodian", "pprotect init"],
	["A domain, owned by whoever makes it", "pprotect add-domain prod"],
	["Add a secret; this needs no credentials", "pprotect add-secret prod db-password"],
	["Run a program that needs it", "pprotect exec --domain prod -- ./app"],
	["Let another custodian read it", "pprotect add-owner prod bob@example.com"],
];

/** When this version was released, as the changelog says: `2026-11-21`. */
export function releaseDate(): string {
	const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
	const [date] = /\d{4}-\d{2}-\d{2}/.exec(changelog) ?? [];
	if (date === undefined) throw new Error("CHANGELOG.md has no date");
	return date;
}
