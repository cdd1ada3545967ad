/** What every binary has to do: exact outputs, exact failures. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import expected from "../../tests/vectors/expected.json" with { type: "json" };
import { ROOT } from "../compile.ts";
import type { Machine } from "./machine.ts";
import { tryWindows } from "./windows.ts";

export interface Step {
	readonly args: readonly string[];
	readonly input?: string;
	/** The one of the scenario's own file unless given. */
	readonly passphrase?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** All of it, or what must be in it. */
	readonly stdout?: string | RegExp;
	readonly stderr?: string | RegExp;
	readonly exitCode?: number;
}

const ALICE = "alice@example.com";
/** A derivation with scrypt takes ten seconds in an emulator: the vector's is enough. */
const RAW_KEY = ["--key-type", "raw", "--save-passphrase", "key"];
const VECTORS = join(ROOT, "tests", "vectors");
const vector = expected["v3-scrypt-fast.yaml"];
const GREETING = "hello, wörld\n";

function steps(machine: Machine): Step[] {
	const words = { greeting: GREETING, word: "sesame" };
	return [
		{ args: ["version"], stdout: `pocket_protector version ${VERSION}\n` },
		// These load every command.
		{ args: ["--help"], stdout: /Usage:\n {2}pprotect .*decrypt-domain/s },
		{ args: ["edit", "--help"], stdout: /Usage:\n {2}pprotect edit .*--temp-dir/s },
		{ args: ["completion", "bash"], stdout: /rotate-domain-keys/ },
		{
			args: ["ad-secret"],
			stderr:
				'pprotect: error: unknown command "ad-secret"\npprotect: hint: did you mean: pprotect add-secret\n',
			exitCode: 1,
		},
		{
			args: ["list-domains", "--file", "missing.yaml"],
			stderr: /^pprotect: error: Protected file not found: .*missing\.yaml\npprotect: hint: .+\n$/,
			exitCode: 2,
		},
		{
			args: ["decrypt-domain", "prod", "--file", "vector.yaml"],
			passphrase: vector.custodians[0]?.passphrase ?? "",
			stdout: `${JSON.stringify(vector.domains.prod, undefined, 2)}\n`,
		},
		{ args: ["init", "--user", ALICE, ...RAW_KEY] },
		{ args: ["add-domain", "prod"] },
		...Object.entries(words).map(([name, input]) => ({
			args: ["add-secret", "prod", name, "--value-file", "-"],
			input,
			stderr: /^(pprotect: note: .*--trim.*\n)?$/,
		})),
		{ args: ["seal-page", "--output", "-"], stdout: /^<!doctype html>.*<\/html>\n$/is },
		{ args: ["decrypt-domain", "prod"], stdout: `${JSON.stringify(words, undefined, 2)}\n` },
		{
			args: ["decrypt-domain", "prod"],
			passphrase: "wrong",
			stderr:
				/^pprotect: error: invalid user email \(from env var: PPROTECT_USER\) or passphrase \(from env var: PPROTECT_PASSPHRASE\)\npprotect: hint: .+\n$/,
			exitCode: 1,
		},
		{
			args: ["exec", "--domain", "prod", "--", ...machine.child],
			stdout: "sesame\n",
			exitCode: 7,
		},
	];
}

/** @throws Error that says which step went another way, and how. */
export async function runScenario(machine: Machine): Promise<void> {
	mkdirSync(machine.cwd, { recursive: true });
	copyFileSync(join(VECTORS, "v3-scrypt-fast.yaml"), join(machine.cwd, "vector.yaml"));
	for (const step of steps(machine)) await runStep(machine, step);
	if (machine.holder !== undefined) await tryWindows(machine, runStep);
	const text = readFileSync(join(machine.cwd, "protected.yaml"), "utf8");
	if (text.includes("sesame")) throw new Error("a value is in the protected file");
}

async function runStep(machine: Machine, step: Step): Promise<void> {
	const { args, input = "", stdout = "", stderr = "", exitCode = 0 } = step;
	const child = Bun.spawn([...machine.argv, ...args], {
		cwd: machine.cwd,
		env: {
			PATH: process.env.PATH,
			PPROTECT_USER: ALICE,
			PPROTECT_PASSPHRASE: step.passphrase ?? savedKey(machine),
			...machine.env,
			...step.env,
		},
		stdin: new Blob([input]),
		stdout: "pipe",
		stderr: "pipe",
	});
	const found = {
		stdout: plain(await new Response(child.stdout).text()),
		stderr: plain(await new Response(child.stderr).text()),
		exitCode: await child.exited,
	};
	const isAsExpected =
		matches(found.stdout, stdout) && matches(found.stderr, stderr) && found.exitCode === exitCode;
	if (isAsExpected) return;
	const expected = JSON.stringify({ stdout: String(stdout), stderr: String(stderr), exitCode });
	throw new Error(
		`pprotect ${args.join(" ")}: expected ${expected}, found ${JSON.stringify(found)}`,
	);
}

function matches(found: string, expected: string | RegExp): boolean {
	return typeof expected === "string" ? found === expected : expected.test(found);
}

function savedKey({ cwd }: Machine): string {
	const path = join(cwd, "key");
	return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}

/** The shell of Windows ends its lines with carriage returns, and wine has words of its own. */
function plain(text: string): string {
	return text.replaceAll("\r\n", "\n").replace(/^wine: .*\n/gm, "");
}
