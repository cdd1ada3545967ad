/** What holds for every command, told by the man page and by docs/commands.md. `code` is between backticks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./compile.ts";

/** A term and what it means. */
export type Entry = readonly [term: string, meaning: string];

export const SUMMARY = "deploy-time secrets, encrypted in one file beside the code";

export const DESCRIPTION = [
	"A protected file, `protected.yaml` unless `--file` says otherwise, holds secrets in domains. Anyone who has the file can add a secret to a domain; only the domain's owners can read it. Owners are key custodians: people, or machines, whose key comes from a passphrase.",
	"Commands take their options before or after their name, with `-` or `_` between words. What a command needs and is not given, it asks for. A secret's value is never taken from the command line.",
	"Credentials are looked for in the options, then in the environment, then asked for. A source that is named and fails is an error: the next one is not tried.",
] as const;

export const ENVIRONMENT: readonly Entry[] = [
	["PPROTECT_USER", "Who acts: the name of a key custodian."],
	["PPROTECT_PASSPHRASE", "Their passphrase."],
	["PPROTECT_PASSPHRASE_FILE", "A file that holds the passphrase."],
	["PPROTECT_PASSPHRASE_COMMAND", "A shell command whose output is the passphrase."],
	[
		"PPROTECT_ENV_PREFIX",
		"What the names of the variables above begin with, in the place of `PPROTECT`. `--env-prefix` comes first.",
	],
	["NO_COLOR", "No colours, if set to anything."],
	["PPROTECT_DEBUG", "If set to 1, an error comes with its stack trace, which holds no secret."],
];

export const FILES: readonly Entry[] = [
	[
		"protected.yaml",
		"The protected file, unless `--file` names another. It is meant to be committed.",
	],
];

export const EXIT_STATUS: readonly Entry[] = [
	["0", "Done."],
	[
		"1",
		"An error, or input that ended early; what `check`, `diff --exit-code` and `list-exposed --exit-code` found; a conflict for `merge-driver`; something left to do after `offboard`.",
	],
	[
		"2",
		"The protected file is missing or, for `init`, there already; or options contradict each other.",
	],
	["126", "`exec`: the command cannot be run."],
	["127", "`exec`: the command is not found."],
	["128", "`diff --exit-code`: an error, as it is with git."],
	["130", "Interrupted by Ctrl-C."],
	["141", "Whoever read standard output closed it."],
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
