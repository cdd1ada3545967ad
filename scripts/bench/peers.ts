/**
 * What others take to run a program with 30 values, or to do the nearest thing that they can: those
 * from npm, which are installed in peers/, and those that this machine has.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./programs.ts";

const COUNT = 30;
const VALUE = "the value of this secret, which is not long";
const PLAIN = Array.from({ length: COUNT }, (_, index) => `SECRET_${index}="${VALUE}"\n`).join("");
const PEERS = join(import.meta.dir, "peers");
const BIN = join(PEERS, "node_modules/.bin");

/** @param file a protected file of 30 secrets, and `env` the credentials for it. */
export function peerPrograms(
	folder: string,
	file: string,
	env: Readonly<Record<string, string>>,
): Program[] {
	Bun.spawnSync([process.execPath, "install", "--frozen-lockfile"], { cwd: PEERS });
	return [
		...pocketProtector(file, env),
		...dotenvx(folder),
		...varlock(folder),
		...age(folder),
		{ what: "env, with 30 values on its command line", command: nativeEnv(), isNative: true },
	];
}

/** Where the Python that comes first has it. */
function pocketProtector(file: string, env: Readonly<Record<string, string>>): Program[] {
	const program = ["python3", "-m", "pocket_protector"];
	const version = lastWord([...program, "version"]);
	if (version === undefined) return [];
	const { PYTHONPATH = "" } = process.env;
	const command = [...program, "exec", "--file", file, "--domain", "prod", "--", "true"];
	const what = `PocketProtector ${version}, 30 secrets`;
	return [{ what, command, env: { ...env, PYTHONPATH }, isNative: true }];
}

function dotenvx(folder: string): Program[] {
	const program = join(BIN, "dotenvx");
	const file = join(folder, "dotenvx.env");
	writeFileSync(file, PLAIN);
	if (!succeeds([program, "encrypt", "-f", file], folder)) return [];
	const command = [program, "run", "--quiet", "-f", file, "--", "true"];
	const what = `dotenvx ${lastWord([program, "--version"])}, 30 encrypted values`;
	return [{ what, command, cwd: folder, isNative: true }];
}

function varlock(folder: string): Program[] {
	const cwd = join(folder, "varlock");
	mkdirSync(cwd);
	writeFileSync(join(cwd, ".env.schema"), `# @defaultSensitive=true\n# ---\n${PLAIN}`);
	const program = join(BIN, "varlock");
	const command = [program, "run", "--", "true"];
	if (!succeeds(command, cwd)) return [];
	const what = `varlock ${lastWord([program, "--version"])}, 30 values in clear`;
	return [{ what, command, cwd, isNative: true }];
}

function age(folder: string): Program[] {
	const [key, plain, sealed] = [join(folder, "key"), join(folder, "plain"), join(folder, "sealed")];
	writeFileSync(plain, PLAIN);
	if (!succeeds(["age-keygen", "-o", key])) return [];
	const recipient = Bun.spawnSync(["age-keygen", "-y", key]).stdout.toString().trim();
	if (!succeeds(["age", "-r", recipient, "-o", sealed, plain])) return [];
	const command = ["age", "-d", "-i", key, sealed];
	const what = `age ${lastWord(["age", "--version"])}, one file of 30 values`;
	return [{ what, command, isNative: true }];
}

/** What the system itself takes. */
function nativeEnv(): string[] {
	return ["env", ...PLAIN.replaceAll('"', "").trimEnd().split("\n"), "true"];
}

function succeeds(command: readonly string[], cwd?: string): boolean {
	return run(command, cwd) !== undefined;
}

/** The version that a program names at the end of what it prints. */
function lastWord(command: readonly string[]): string | undefined {
	return run(command)?.trim().split(/\s/).at(-1);
}

/** What a program prints; undefined where it fails, or is missing. */
function run(command: readonly string[], cwd?: string): string | undefined {
	try {
		const options = { ...(cwd !== undefined && { cwd }), stderr: "ignore" } as const;
		const { success, stdout } = Bun.spawnSync([...command], options);
		return success ? stdout.toString() : undefined;
	} catch {
		return undefined;
	}
}
