/** `bun run quickstart`: shows the freshly built binary at work, in a scratch folder. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { binaryPath } from "./compile.ts";
import { hostTarget } from "./targets.ts";

const binary = binaryPath(hostTarget());
const folder = mkdtempSync(join(tmpdir(), "pprotect-quickstart-"));
const WHO = "--user alice@example.com --passphrase-file passphrase.txt";
const SHOW = process.platform === "win32" ? "cmd /c set DB_PASSWORD" : "printenv DB_PASSWORD";

/** Prints a command line, runs it with the binary first on PATH, and prints what it says. */
async function step(why: string, line: string): Promise<string> {
	console.log(`\n# ${why}\n$ ${line}`);
	const PATH = [dirname(binary), process.env.PATH].join(delimiter);
	const { stdout, stderr, exitCode } = await Bun.$`${{ raw: line }}`
		.cwd(folder)
		.env({ ...process.env, PATH })
		.quiet()
		.nothrow();
	process.stdout.write(`${stdout}${stderr}`);
	if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${line}`);
	return stdout.toString();
}

/** In files and unattended here; a person would be asked for them, without an echo. */
function writePrivately(name: string, text: string): void {
	writeFileSync(join(folder, name), text, { mode: 0o600 });
}

try {
	writePrivately("passphrase.txt", "correct horse battery staple\n");
	writePrivately("db-password.txt", "hunter2");
	await step("a protected file, with Alice as its first key custodian", `pprotect init ${WHO}`);
	await step("a domain, which Alice owns", `pprotect add-domain dev ${WHO}`);
	await step(
		"a secret: anyone may add one, without credentials",
		"pprotect add-secret dev db-password --value-file db-password.txt",
	);
	const values = await step("its owner reads them all", `pprotect decrypt-domain dev ${WHO}`);
	const variable = await step(
		"a program gets them in its environment",
		`pprotect exec --domain dev --uppercase ${WHO} -- ${SHOW}`,
	);
	if (!values.includes("hunter2") || !variable.includes("hunter2")) {
		throw new Error("the secret did not come back");
	}
	console.log(`\npprotect works here: ${binary}`);
} finally {
	rmSync(folder, { recursive: true });
}
