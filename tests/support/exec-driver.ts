/**
 * A small program around `exec`, which tests compile as pprotect is compiled. Its first
 * argument is a `DriverRequest` as JSON, or `@` and the file that holds it; the command follows after `--`.
 */
import { readFileSync, writeSync } from "node:fs";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { ProtectError } from "../../src/errors.ts";
import { exec, inheritedDescriptors, rawArguments } from "../../src/system/exec/exec.ts";
import { exitOnTermination } from "../../src/system/signals/pid-one.ts";
import type { DriverRequest } from "./exec-driver-request.ts";

async function main(): Promise<void> {
	const descriptors = inheritedDescriptors();
	await exitOnTermination();
	const [json = "{}", , ...argv] = process.argv.slice(2);
	const text = json.startsWith("@") ? readFileSync(json.slice(1), "utf8") : json;
	const request: DriverRequest = JSON.parse(text);
	if (request.work !== undefined) await work(request.work);
	process.exitCode = await exec({
		argv: rawArguments(argv),
		set: new Map(request.set),
		descriptors,
		unset: request.unset ?? [],
		...(request.keepOnly && { keepOnly: request.keepOnly }),
		files: new Map(request.files?.map(([name, text]) => [name, Buffer.from(text, "latin1")])),
		...(request.fileMode !== undefined && { fileMode: request.fileMode }),
	});
}

/** Says that it started, then is busy: as a key derivation is, or without letting go. */
async function work(kind: "yielding" | "blocking"): Promise<void> {
	writeSync(2, "ready\n");
	if (kind === "yielding") {
		await scryptAsync("passphrase", "salt", { N: 2 ** 14, r: 8, p: 256 });
		return;
	}
	const end = performance.now() + 500;
	while (performance.now() < end);
}

main().catch((error: unknown) => {
	const isOurs = error instanceof ProtectError;
	writeSync(2, `${isOurs ? `${error.name}: ${error.message}` : String(error)}\n`);
	process.exitCode = isOurs ? error.exitCode : 70;
});
