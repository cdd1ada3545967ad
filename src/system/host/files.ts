/** `#host` under Bun, Deno and Node. */
import { fileURLToPath } from "node:url";
import { kernel } from "#kernel";
import { findProtectedFile } from "../store/find-file.ts";
import { create, load, update } from "../store/store.ts";
import type { Host } from "./host.ts";
import { passphraseFromCommand, passphraseFromFile } from "./passphrase.ts";

export const host: Host | undefined = {
	load,
	update,
	create,
	hasLock: kernel !== undefined,
	environment: process.env,
	ignoresCase: process.platform === "win32",
	findProtectedFile: (environment) => findProtectedFile(environment),
	pathFromUrl: fileURLToPath,
	passphraseFromFile,
	passphraseFromCommand,
};
