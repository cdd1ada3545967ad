/** What the helper process does: one action on the keychain, and its outcome as a line of JSON. */
import { UsageError } from "../../errors.ts";
import { writeStdout } from "../output.ts";
import { readAll } from "../read-all.ts";
import type { Keychain } from "./keychain.ts";
import { ACTIONS, type Action } from "./limited.ts";
import { nativeKeychain } from "./native.ts";

const STDIN = 0;

/**
 * Prints `{"answer": …}` or `{"error": "why"}`. The process ends once the time is over.
 *
 * @returns the exit code.
 */
export async function serveKeychain(
	milliseconds: number,
	action: string | undefined,
	accounts: readonly string[],
): Promise<number> {
	const known = ACTIONS.find((one) => one === action);
	if (known === undefined) throw new UsageError(`the actions are: ${ACTIONS.join(", ")}`);
	const limit = setTimeout(endAtOnce, milliseconds);
	try {
		const answer = await perform(nativeKeychain(Bun.secrets, listNames), known, accounts);
		writeStdout(`${JSON.stringify({ answer })}\n`);
	} catch (error) {
		writeStdout(`${JSON.stringify({ error: error instanceof Error ? error.message : "" })}\n`);
	} finally {
		clearTimeout(limit);
	}
	return 0;
}

function onlyOne([account, ...others]: readonly string[]): string {
	if (account !== undefined && others.length === 0) return account;
	throw new Error("a passphrase goes to one account");
}

async function perform(keychain: Keychain, action: Action, accounts: readonly string[]) {
	switch (action) {
		case "get":
			return keychain.get(accounts);
		case "held":
			return keychain.held(accounts);
		case "set":
			return keychain.set(
				onlyOne(accounts),
				new TextDecoder().decode(readAll(STDIN, "standard input")),
			);
		case "remove":
			return keychain.remove(accounts);
		case "list":
			return keychain.list();
	}
}

/** As an exit does not: the call is on a thread that it would wait for. */
function endAtOnce(): void {
	process.kill(process.pid, "SIGKILL");
}

async function listNames(): Promise<string[]> {
	switch (process.platform) {
		case "darwin":
			return (await import("./list-macos.ts")).listMacosKeychain();
		case "win32":
			return (await import("./list-windows.ts")).listWindowsCredentials();
		default:
			return (await import("./list-secret-service.ts")).listSecretService();
	}
}
