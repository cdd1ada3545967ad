/** Which environment variable each secret becomes under `exec`. */
import { ListedError, ProtectError, UsageError } from "../errors.ts";
import { shellWord } from "../format/quote.ts";
import { codeName } from "../values/code-names.ts";
import { isShellName, type VariableNaming, variableName } from "../values/variable-name.ts";

export interface InjectionOptions extends VariableNaming {
	/** Only these secrets, and those in `env` and `asFile`; all where undefined. */
	readonly only: readonly string[] | undefined;
	/** `VAR=NAME`: secrets under a variable that the user names. */
	readonly env: readonly string[] | undefined;
	/** `NAME[:base64][=VAR]`: secrets that become a file, with its path in the variable. */
	readonly asFile: readonly string[] | undefined;
	/** Whether the system takes a variable's name in any case. */
	readonly ignoresCase: boolean;
	/** Variables that give pprotect its credentials. */
	readonly credentials: readonly string[];
}

/** A service manager's words to the process that it starts, which never come from a secret. */
const LISTEN_VARIABLES = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"];

/** The value as it is, in a file, or the bytes that it is the base64 of, in a file. */
export type Delivery = "value" | "file" | "decoded file";

export interface Injected {
	readonly secret: string;
	/** The domain that the value comes from. */
	readonly domain: string;
	readonly delivery: Delivery;
}

/** By name of the variable: what it gets. */
export type Injection = ReadonlyMap<string, Injected>;

/** The secrets that options name, in the options' order. */
export function namedSecrets(options: Pick<InjectionOptions, "only" | "env" | "asFile">): string[] {
	const { only = [], env = [], asFile = [] } = options;
	return [...only, ...env.map(parseEnv), ...asFile.map(parseAsFile)].map((named) =>
		typeof named === "string" ? named : named.secret,
	);
}

/**
 * Names the variables of the secrets.
 *
 * @param domains by the secret's name; of names that mean the same, the later domain's come last
 * @throws ProtectError if two secrets would be the same variable, or one a variable that decides
 *   what code runs and that nobody asked for; UsageError for options that name no variable.
 */
export function injectionOf(
	domains: ReadonlyMap<string, string>,
	options: InjectionOptions,
): Injection {
	const named = new Set(namedSecrets(options));
	const variables = new Map<string, Injected>();
	const taken = new Map<string, { secret: string; domain: string; variable: string }>();
	const refused = new Map<string, Injected>();
	for (const [secret, domain] of domains) {
		for (const { variable, delivery } of variablesOf(secret, options)) {
			assertNotListening(secret, variable, options);
			const key = options.ignoresCase ? variable.toUpperCase() : variable;
			const other = taken.get(key);
			if (other !== undefined) {
				// As with one name in two domains, the later domain's counts.
				const isLater = other.variable !== variable && other.domain !== domain;
				if (!isLater) throw clash(other.secret, secret, variable, options);
				variables.delete(other.variable);
				refused.delete(other.variable);
			}
			taken.set(key, { secret, domain, variable });
			const injected = { secret, domain, delivery };
			variables.set(variable, injected);
			if (!named.has(secret)) refused.set(variable, injected);
		}
	}
	refuseCodeNames(refused, options);
	return variables;
}

interface Target {
	readonly variable: string;
	readonly delivery: Delivery;
}

/** What the secret becomes: nothing, one variable, or as many as `--env` names. */
function variablesOf(secret: string, options: InjectionOptions): readonly Target[] {
	const { only, env = [], asFile = [] } = options;
	const variables = env.map(parseEnv).filter((target) => target.secret === secret);
	const files = asFile.map(parseAsFile).filter((target) => target.secret === secret);
	if (files.length > 1) throw new UsageError(`--as-file names ${secret} twice`);
	const ordinary = variableName(secret, options);
	const asked = [
		...variables.map(({ variable }): Target => ({ variable, delivery: "value" })),
		...files.map(({ variable = ordinary, delivery }) => ({ variable, delivery })),
	];
	if (asked.length > 0) return asked;
	return only && !only.includes(secret) ? [] : [{ variable: ordinary, delivery: "value" }];
}

function parseEnv(argument: string): { variable: string; secret: string } {
	const equals = argument.indexOf("=");
	if (equals > 0 && equals < argument.length - 1) {
		return { variable: argument.slice(0, equals), secret: argument.slice(equals + 1) };
	}
	throw new UsageError(
		`--env ${argument} is not VAR=NAME`,
		"the variable comes first, then the secret: --env PGPASSWORD=db-password",
	);
}

function parseAsFile(argument: string): {
	secret: string;
	variable: string | undefined;
	delivery: Delivery;
} {
	const [, secret = "", encoding, variable] =
		/^([^=:]*)(?::([^=]*))?(?:=(.*))?$/s.exec(argument) ?? [];
	if (encoding !== undefined && encoding !== "base64") {
		throw new UsageError(
			`--as-file ${argument} asks for the unknown encoding ${JSON.stringify(encoding)}`,
			`for a value that is base64: --as-file ${secret}:base64=VAR`,
		);
	}
	if (variable === "") throw new UsageError(`--as-file ${argument} lacks the variable's name`);
	return { secret, variable, delivery: encoding === undefined ? "file" : "decoded file" };
}

function assertNotListening(secret: string, variable: string, options: InjectionOptions): void {
	if (!includes(LISTEN_VARIABLES, variable, options)) return;
	throw new ProtectError(
		`the secret ${secret} would be the variable ${variable}, which only a service manager sets`,
		`leave it out with --only, or name another variable: --env VAR=${secret}`,
	);
}

function clash(
	one: string,
	other: string,
	variable: string,
	options: InjectionOptions,
): ProtectError {
	const isRenamed = options.uppercase && one !== other;
	return new ProtectError(
		one === other
			? `the secret ${one} would be the variable ${variable} twice`
			: `the secrets ${one} and ${other} would both be the variable ${variable}`,
		isRenamed
			? "rename one of them, or leave out --uppercase"
			: "name another variable for one of them, with --env VAR=NAME, or choose with --only",
	);
}

function includes(
	names: readonly string[],
	variable: string,
	{ ignoresCase }: InjectionOptions,
): boolean {
	if (!ignoresCase) return names.includes(variable);
	return names.some((name) => name.toUpperCase() === variable.toUpperCase());
}

function refuseCodeNames(candidates: Injection, options: InjectionOptions): void {
	const found = [...candidates].flatMap(([variable, { secret, domain }]) => {
		const effect = includes(options.credentials, variable, options)
			? "gives pprotect its credentials"
			: codeName(variable, options.ignoresCase);
		return effect === undefined ? [] : [{ variable, secret, domain, effect }];
	});
	if (found.length === 0) return;
	const insist = found.map(({ variable, secret }) => `--env ${shellWord(`${variable}=${secret}`)}`);
	throw new ListedError(
		"a secret whose name nobody asked for would change what code runs",
		found.map(
			({ variable, secret, domain, effect }) =>
				`${secret} in ${domain}: the variable ${variable} ${effect}`,
		),
		`name the others with --only to leave it out; to set it all the same, once you know who added it and why: ${insist.join(" ")}`,
	);
}

/**
 * A sentence about the variables that a shell drops from its environment, so that what it starts
 * does not see them; undefined where all have names that a shell can hold.
 */
export function droppedByShells(injection: Injection, naming: VariableNaming): string | undefined {
	const dropped = [...injection].filter(([variable]) => !isShellName(variable));
	if (dropped.length === 0) return undefined;
	const names = enumerate(dropped.map(([variable]) => variable));
	const better = dropped.map(([, { secret }]) =>
		variableName(secret, { ...naming, uppercase: true }),
	);
	const start = `no shell can hold the variable${dropped.length > 1 ? "s" : ""} ${names}`;
	if (!better.every(isShellName)) return `${start}: choose a name of letters, digits and _`;
	return `${start}: --uppercase makes ${dropped.length > 1 ? "them" : "it"} ${enumerate(better)}`;
}

/** The first three, and how many more there are. */
function enumerate(names: readonly string[]): string {
	if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
	const [last = ""] = names.slice(-1);
	return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}
