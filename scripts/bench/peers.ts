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
	const python = Bun.which("python3");
	if (python === null || !succeeds([python, "-c", "import pocket_protector"])) return [];
	const { PYTHONPATH = "" } = process.env;
	const options = ["exec", "--file", file, "--domain", "prod", "--", "true"];
	const command = [python, "-m", "pocket_protector", ...options];
	return [{ what: "PocketProtector, 30 secrets", command, env: { ...env, PYTHONPATH } }];
}

function dotenvx(folder: string): Program[] {
	const program = join(BIN, "dotenvx");
	const file = join(folder, "dotenvx.env");
	writeFileSync(file, PLAIN);
	if (!succeeds([program, "encrypt", "-f", file], folder)) return [];
	const command = [program, "run", "--quiet", "-f", file, "--", "true"];
	return [{ what: "dotenvx, 30 encrypted values", command, cwd: folder, isNative: true }];
}

function varlock(folder: string): Program[] {
	const cwd = join(folder, "varlock");
	mkdirSync(cwd);
	writeFileSync(join(cwd, ".env.schema"), `# @defaultSensitive=true\n# ---\n${PLAIN}`);
	const command = [join(BIN, "varlock"), "run", "--", "true"];
	if (!succeeds(command, cwd)) return [];
	return [{ what: "varlock, 30 values in clear", command, cwd, isNative: true }];
}

function age(folder: string): Program[] {
	const [key, plain, sealed] = [join(folder, "key"), join(folder, "plain"), join(folder, "sealed")];
	writeFileSync(plain, PLAIN);
	if (!succeeds(["age-keygen", "-o", key])) return [];
	const recipient = Bun.spawnSync(["age-keygen", "-y", key]).stdout.toString().trim();
	if (!succeeds(["age", "-r", recipient, "-o", sealed, plain])) return [];
	const command = ["age", "-d", "-i", key, sealed];
	return [{ what: "age -d, one file of 30 values", command, isNative: true }];
}

/** What the system itself takes. */
function nativeEnv(): string[] {
	return ["env", ...PLAIN.replaceAll('"', "").trimEnd().split("\n"), "true"];
}

function succeeds(command: readonly string[], cwd?: string): boolean {
	try {
		return Bun.spawnSync([...command], { ...(cwd !== undefined && { cwd }) }).success;
	} catch {
		return false;
	}
}
