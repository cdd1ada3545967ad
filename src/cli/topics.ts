/** Matters that concern every command: topics of help, and parts of the man page and of docs/commands.md. */
import { EXIT_STATUS } from "../exit-status.ts";

/** A term and what it means. `code` is between backticks. */
export type Entry = readonly [term: string, meaning: string];

export const ENVIRONMENT: readonly Entry[] = [
	["PPROTECT_USER", "The key custodian to act as."],
	["PPROTECT_PASSPHRASE", "Their passphrase."],
	["PPROTECT_PASSPHRASE_FILE", "A file that holds the passphrase."],
	["PPROTECT_PASSPHRASE_COMMAND", "A shell command that prints the passphrase."],
	[
		"PPROTECT_ENV_PREFIX",
		"The beginning of the names of the variables above, instead of `PPROTECT`. `--env-prefix` comes first.",
	],
	[
		"PPROTECT_KEYCHAIN",
		"If set to `off`, the system's keychain is left alone, as with `--no-keychain`.",
	],
	["PPROTECT_FILE", "The protected file. `--file` comes first."],
	["NO_COLOR", "No colours, if set to anything."],
	["PPROTECT_DEBUG", "If set to 1, an error shows where in the program it arose; never a secret."],
];

export const EXIT_CODES: readonly Entry[] = Object.entries(EXIT_STATUS);

export interface Topic {
	readonly name: string;
	readonly heading: string;
	readonly entries: readonly Entry[];
}

/** By name, for `pprotect help NAME`. */
export const TOPICS: readonly Topic[] = [
	{ name: "environment", heading: "Environment variables", entries: ENVIRONMENT },
	{ name: "exit-codes", heading: "Exit codes", entries: EXIT_CODES },
];
