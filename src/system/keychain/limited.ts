/**
 * The keychain through a process of its own, so that a service that never answers can be cut off:
 * within this process the call would hold a thread, and the process's end, for as long.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { osErrorText } from "../os-error.ts";
import { type Keychain, KeychainError } from "./keychain.ts";

const HELPER_COMMAND = "ask-keychain";
export const ACTIONS = ["get", "held", "set", "remove", "list"] as const;
export type Action = (typeof ACTIONS)[number];

/** How long commands wait that can ask the user instead; together with a start, half a second. */
export const BRIEFLY = 400;
/** How long to wait for a keychain that may have to be started. */
export const A_WHILE = 5000;
/** How long to wait where the user may have to unlock the keychain in a window. */
export const PATIENTLY = 60_000;

/** A helper ends itself in time; one whose only thread is held is ended so much later. */
const GRACE = 1000;

/** The keychain, of which every answer is waited for so many milliseconds. */
export function keychainWithin(milliseconds: number): Keychain {
	const ask = (action: Action, accounts: readonly string[], input?: string) =>
		askHelper(milliseconds, action, accounts, input);
	return {
		get: async (accounts) => textIn(await ask("get", accounts)),
		held: async (accounts) => textsIn(await ask("held", accounts)),
		set: async (account, passphrase) => void (await ask("set", [account], passphrase)),
		remove: async (accounts) => textsIn(await ask("remove", accounts)),
		list: async () => textsIn(await ask("list", [])),
	};
}

/**
 * Whether there is a session whose keychain could be asked: in a container, or in CI, there is
 * none, and nothing is started.
 */
export function mayHaveKeychain(): boolean {
	if (process.platform !== "linux") return true;
	const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = process.env;
	return Boolean(
		DBUS_SESSION_BUS_ADDRESS || (XDG_RUNTIME_DIR && existsSync(join(XDG_RUNTIME_DIR, "bus"))),
	);
}

async function askHelper(
	milliseconds: number,
	action: Action,
	accounts: readonly string[],
	input: string | undefined,
): Promise<unknown> {
	if (!mayHaveKeychain()) throw noKeychain("there is no D-Bus session");
	const child = start([HELPER_COMMAND, "--", String(milliseconds), action, ...accounts], {
		stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
		stdout: "pipe",
		stderr: "ignore",
		timeout: milliseconds + GRACE,
		killSignal: "SIGKILL",
		windowsHide: true,
	});
	// An answer is far smaller than a pipe.
	const exitCode = await child.exited;
	if (child.signalCode !== null) throw noKeychain("it does not answer");
	if (exitCode !== 0) throw noKeychain("it cannot be asked");
	return answerIn(await new Response(child.stdout).text());
}

function start(
	args: readonly string[],
	options: Bun.SpawnOptions.SpawnOptions<"ignore" | Uint8Array, "pipe", "ignore">,
) {
	try {
		return Bun.spawn([process.execPath, ...args], options);
	} catch (error) {
		throw noKeychain(osErrorText(error));
	}
}

/** What the helper prints: `{"answer": …}` or `{"error": "why"}`. */
function answerIn(text: string): unknown {
	const reply: unknown = JSON.parse(text);
	if (typeof reply !== "object" || reply === null) return undefined;
	if ("error" in reply) throw noKeychain(String(reply.error));
	return "answer" in reply ? reply.answer : undefined;
}

function textIn(answer: unknown): string | undefined {
	return typeof answer === "string" ? answer : undefined;
}

function textsIn(answer: unknown): string[] {
	return Array.isArray(answer) ? answer.filter((one) => typeof one === "string") : [];
}

function noKeychain(why: string): KeychainError {
	return new KeychainError(`cannot use the system's keychain: ${why}`, adviceFor(why));
}

function adviceFor(why: string): string {
	if (/lock|answer/i.test(why)) return "unlock the keychain, and try again";
	if (process.platform !== "linux")
		return "name a command that prints it: PPROTECT_PASSPHRASE_COMMAND";
	return "install libsecret (libsecret-1-0 on Debian) and gnome-keyring or KWallet, and log in to a desktop; elsewhere name a command that prints the passphrase: PPROTECT_PASSPHRASE_COMMAND";
}
