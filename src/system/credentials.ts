/**
 * Where credentials come from: flags, then the environment, then the keychain, then a prompt. A
 * source that is named and fails is an error; it never falls through to the next.
 */

import { closeSync, fstatSync, openSync, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { ConflictingOptionsError, CredentialsError, UsageError } from "../errors.ts";
import { shellWord } from "../format/quote.ts";
import { osErrorText } from "./os-error.ts";
import { runPassphraseCommand } from "./passphrase-command.ts";
import { passphraseIn, type Sourced } from "./passphrase-text.ts";
import { printableLine } from "./printable.ts";
import { readAll } from "./read-all.ts";
import type { Prompter } from "./terminal/prompter.ts";
import { warning } from "./voice.ts";
import { accessListOf } from "./windows/access-list.ts";
import { isReadableByMany } from "./windows/sddl.ts";

export type { Sourced } from "./passphrase-text.ts";

/** Flags that name a source of a passphrase; at most one may be given. */
export interface PassphraseFlags {
	readonly file?: string | undefined;
	readonly fd?: string | undefined;
	readonly command?: string | undefined;
}

export interface CredentialOptions extends PassphraseFlags {
	readonly user?: string | undefined;
	/** The variables to take credentials from, or undefined where the environment does not count. */
	readonly environment: Environment | undefined;
	readonly prefix: string;
	/** Who the user is where neither a flag nor the environment says so. */
	readonly fallbackUser?: (() => Sourced | undefined) | undefined;
	/** What is remembered of this user, or of whoever it takes for the user; asked before a prompt. */
	readonly remembered?:
		| ((user: Sourced | undefined) => Promise<Credentials | undefined>)
		| undefined;
	/** Asks for what no source gives; undefined where nobody is to be asked. */
	readonly prompter: ((missing: MissingCredentials) => Prompter) | undefined;
	/** Whom a person at a terminal most likely is. */
	readonly usualUser?: (() => string | undefined) | undefined;
	/** Throws for a user who cannot be meant, before a person types a passphrase. */
	readonly assertUser?: ((user: string) => void) | undefined;
	/** Said before the first question; it may name what is known already. */
	readonly notice?: ((user: Sourced | undefined) => string) | undefined;
	readonly passphraseLabel?: string;
}

/** Which halves of the credentials no source gives. */
export interface MissingCredentials {
	readonly user: boolean;
	readonly passphrase: boolean;
}

export interface Credentials {
	readonly user: Sourced;
	readonly passphrase: Sourced;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The source of what is remembered. */
export const KEYCHAIN = "keychain";

const DEFAULT_PREFIX = "PPROTECT";
const PREFIX_VARIABLE = "PPROTECT_ENV_PREFIX";
const STDIN = 0;
const STDERR = 2;

/**
 * `--env-prefix`, else PPROTECT_ENV_PREFIX, else PPROTECT.
 *
 * @throws UsageError for one that no variable's name can begin with.
 */
export function credentialPrefix(flag: string | undefined, environment: Environment): string {
	const prefix = flag ?? environment[PREFIX_VARIABLE] ?? DEFAULT_PREFIX;
	if (!/[\s=\p{Cc}]/u.test(prefix)) return prefix;
	const source = flag === undefined ? PREFIX_VARIABLE : "--env-prefix";
	throw new UsageError(
		`${source} is ${JSON.stringify(prefix)}, with which no variable's name begins`,
		"for MYAPP_USER and MYAPP_PASSPHRASE, for example, it is MYAPP",
	);
}

/**
 * Every variable that carries or names a credential: under the prefix in use, the default one, and
 * the one that the environment names, even where a flag overrules that.
 */
export function credentialVariables(prefix: string, environment: Environment): string[] {
	const prefixes = [prefix, DEFAULT_PREFIX, environment[PREFIX_VARIABLE] ?? DEFAULT_PREFIX];
	const suffixes = ["USER", "PASSPHRASE", "PASSPHRASE_FILE", "PASSPHRASE_COMMAND"];
	const names = prefixes.flatMap((start) => suffixes.map((suffix) => `${start}_${suffix}`));
	return [...new Set([...names, PREFIX_VARIABLE])];
}

/**
 * The acting user and their passphrase.
 *
 * @throws CredentialsError where a named source fails, or nothing gives a part that nobody is asked
 *   for.
 */
export async function readCredentials(options: CredentialOptions): Promise<Credentials> {
	const { environment, prefix } = options;
	const user =
		sourced(options.user, "argument") ??
		sourced(environment?.[`${prefix}_USER`], `env var: ${prefix}_USER`) ??
		options.fallbackUser?.();
	const passphrase =
		(await flagPassphrase(options)) ??
		(environment && (await environmentPassphrase(environment, prefix)));
	if (user && passphrase) return { user, passphrase };
	if (options.prompter) return askForRest(options, options.prompter, user, passphrase);
	const missing = { user: user === undefined, passphrase: passphrase === undefined };
	throw new CredentialsError(`${missingWords(missing)} not given`, missingHint(missing, prefix));
}

async function askForRest(
	options: CredentialOptions,
	openPrompter: (missing: MissingCredentials) => Prompter,
	known: Sourced | undefined,
	passphrase: Sourced | undefined,
): Promise<Credentials> {
	const { remembered, passphraseLabel = "Passphrase: " } = options;
	// Before the prompter: where there is no terminal, that is the error.
	const found = passphrase ? undefined : await remembered?.(known);
	if (found) return found;
	const missing = { user: known === undefined, passphrase: passphrase === undefined };
	const prompter = openPrompter(missing);
	const assertUser = (name: string) => prompter.isAttended && options.assertUser?.(name);
	if (known) assertUser(known.value);
	if (options.notice) prompter.notice(options.notice(known));
	const source = prompter.isAttended ? "the terminal" : "stdin";
	const user = known ?? { value: await askForUser(prompter, options.usualUser), source };
	assertUser(user.value);
	if (passphrase) return { user, passphrase };
	// Lines that were piped in are answers to both questions.
	const foundNow = !known && prompter.isAttended ? await remembered?.(user) : undefined;
	if (foundNow) return foundNow;
	return {
		user,
		passphrase: { value: await prompter.askHidden(passphraseLabel), source },
	};
}

/** Asks for a user; at a terminal Enter stands for the usual one. */
export async function askForUser(
	prompter: Prompter,
	usualUser: (() => string | undefined) | undefined,
): Promise<string> {
	const usual = prompter.isAttended ? usualUser?.() : undefined;
	if (usual === undefined) return prompter.ask("User email: ");
	return (await prompter.ask(`User email [${printableLine(usual)}]: `)) || usual;
}

/** `the user email is`, say. */
export function missingWords({ user, passphrase }: MissingCredentials): string {
	if (user && passphrase) return "the credentials are";
	return user ? "the user email is" : "the passphrase is";
}

/** How to give what is missing. */
export function missingHint({ user, passphrase }: MissingCredentials, prefix: string): string {
	const variable = `${prefix}_PASSPHRASE`;
	const ways = [
		user && `--user or ${prefix}_USER`,
		passphrase &&
			`one of --passphrase-file, --passphrase-fd, --passphrase-command, ${variable}, ${variable}_FILE, ${variable}_COMMAND`,
	];
	return `give ${ways.filter(Boolean).join(", and ")}`;
}

/**
 * The passphrase that a flag names.
 *
 * @throws ConflictingOptionsError where two are given.
 */
export async function flagPassphrase(flags: PassphraseFlags): Promise<Sourced | undefined> {
	return onlySource([
		["--passphrase-file", flags.file, passphraseFile],
		["--passphrase-fd", flags.fd, passphraseDescriptor],
		["--passphrase-command", flags.command, passphraseCommand],
	]);
}

/** The passphrase that the environment gives or names. */
export async function environmentPassphrase(
	environment: Environment,
	prefix: string,
): Promise<Sourced | undefined> {
	const name = `${prefix}_PASSPHRASE`;
	return onlySource([
		[name, environment[name], (value) => ({ value, source: `env var: ${name}` })],
		[`${name}_FILE`, environment[`${name}_FILE`], passphraseFile],
		[`${name}_COMMAND`, environment[`${name}_COMMAND`], passphraseCommand],
	]);
}

type Source = [
	name: string,
	argument: string | undefined,
	read: (argument: string) => Sourced | Promise<Sourced>,
];

async function onlySource(sources: readonly Source[]): Promise<Sourced | undefined> {
	const [first, second] = sources.filter(([, argument]) => argument !== undefined);
	if (first && second) {
		throw new ConflictingOptionsError(
			`both ${first[0]} and ${second[0]} give a passphrase`,
			"leave one of them out",
		);
	}
	const [, argument, read] = first ?? [];
	return argument === undefined ? undefined : read?.(argument);
}

/**
 * Reads a passphrase file, or standard input for `-`; white space at both ends is stripped.
 *
 * @throws CredentialsError with the path where it cannot be read.
 */
export function passphraseFile(path: string): Sourced {
	if (path === "-") {
		return passphraseIn(readAll(STDIN, "standard input"), "stdin");
	}
	if (path === "") throw new CredentialsError("the path of the passphrase file is empty");
	const absolute = resolve(path);
	const fd = openPassphraseFile(absolute);
	try {
		warnIfOpenToOthers(fd, absolute);
		const bytes = readAll(fd, `the passphrase file ${absolute}`);
		return passphraseIn(bytes, `passphrase file: ${absolute}`);
	} finally {
		closeSync(fd);
	}
}

function openPassphraseFile(path: string): number {
	try {
		return openSync(path, "r");
	} catch (error) {
		throw new CredentialsError(`cannot read the passphrase file ${path}: ${osErrorText(error)}`, {
			hint: "check the path and its permissions",
			cause: error,
		});
	}
}

const READABLE_BY_OTHERS = 0o004;

function warnIfOpenToOthers(fd: number, path: string): void {
	const status = fstatSync(fd);
	if (!status.isFile()) return;
	if (process.platform === "win32") {
		if (!isReadableByMany(accessListOf(path) ?? "")) return;
		const name = shellWord(path);
		warning(
			`${path} is readable by other users; to fix: icacls ${name} /inheritance:r /grant:r "*S-1-3-4:F"`,
		);
	} else if ((status.mode & READABLE_BY_OTHERS) !== 0) {
		const user = process.geteuid?.();
		// Without the right to read that all have, we might not read it any more.
		const fix =
			user === undefined || user === status.uid
				? `chmod 600 ${shellWord(path)}`
				: `give it to the user who runs pprotect (uid ${user}), with mode 400`;
		warning(`${path} is readable by others; to fix: ${fix}`);
	}
}

/** Reads a descriptor that our caller opened, to its end, and closes it. */
function passphraseDescriptor(text: string): Sourced {
	const source = `file descriptor ${text}`;
	if (!/^\d{1,9}$/.test(text)) {
		throw new CredentialsError(
			`${JSON.stringify(text)} is not a file descriptor`,
			"give its number",
		);
	}
	const fd = Number(text);
	if (process.platform === "win32" && fd !== STDIN) {
		throw new CredentialsError(
			`cannot read ${source}: on Windows, a program gets no more than standard input`,
			"use --passphrase-fd 0, --passphrase-file or --passphrase-command",
		);
	}
	if (isRuntimes(fd)) throw new CredentialsError(`cannot read ${source}: it is not open`);
	const passphrase = passphraseIn(readAll(fd, source), source);
	// The standard ones stay: without them, what is opened next would take their place.
	if (fd > STDERR) closeSync(fd);
	return passphrase;
}

/** Whether `fd` is one that the runtime waits for events with: reading it would wait for ever. */
function isRuntimes(fd: number): boolean {
	if (process.platform !== "linux") return false;
	try {
		return readlinkSync(`/proc/self/fd/${fd}`).startsWith("anon_inode:");
	} catch {
		return false;
	}
}

async function passphraseCommand(command: string): Promise<Sourced> {
	return passphraseIn(await runPassphraseCommand(command), "passphrase command");
}

function sourced(value: string | undefined, source: string): Sourced | undefined {
	return value === undefined ? undefined : { value, source };
}
