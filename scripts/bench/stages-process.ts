/**
 * Does what `exec` does up to the hand-over, and prints when each step was done, in milliseconds
 * since the process began: the steps of stages.ts in their order. Compiled as pprotect is.
 */
import { readFileSync, writeSync } from "node:fs";

async function main(path = "", user = "", passphrase = ""): Promise<void> {
	const marks = [performance.now()];
	const mark = () => marks.push(performance.now());
	await import("../../src/commands/exec.ts");
	const { KeyFile } = await import("../../src/model/key-file.ts");
	const { Creds } = await import("../../src/model/creds.ts");
	mark();
	const file = KeyFile.parse(readFileSync(path));
	mark();
	const custodian = await file.unlock(new Creds(user, passphrase));
	mark();
	await file.decryptDomainFast("prod", custodian);
	mark();
	writeSync(1, JSON.stringify(marks));
}

void main(...process.argv.slice(2));
