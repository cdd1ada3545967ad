/** A Secret Service for tests: a D-Bus and a gnome-keyring of their own, or a bus that never answers. */
import { dlopen } from "bun:ffi";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "./scratch-folder.ts";

const TOOLS = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];
const missing = hasLibsecret() ? TOOLS.find((tool) => Bun.which(tool) === null) : "libsecret";

/** Whether there is the library that Linux's keychains are asked with. */
function hasLibsecret(): boolean {
	try {
		dlopen("libsecret-1.so.0", { secret_error_get_quark: { returns: "u32" } }).close();
		return true;
	} catch {
		return false;
	}
}

/** Why no keychain of Linux can be asked here, for the title of a test; empty where one can. */
export const NO_LINUX_KEYCHAIN =
	process.platform !== "linux"
		? " (skipped: not on Linux)"
		: hasLibsecret()
			? ""
			: " (skipped: no libsecret)";

/** Why there can be none here, for the title of a test; empty where there can. */
export const NO_SECRET_SERVICE =
	process.platform !== "linux"
		? " (skipped: no Secret Service on this system)"
		: missing === undefined
			? ""
			: ` (skipped: no ${missing})`;

const SECRETS = "org.freedesktop.secrets";
const ROOT = "/org/freedesktop/secrets";

export interface SecretService {
	/** What a program needs to find it. */
	readonly env: Readonly<Record<string, string>>;
	/** Locks the keyring; nobody is there to unlock it. */
	lock(): void;
	/** How many entries of pprotect's there are, whoever put them there. */
	count(): number;
	stop(): Promise<void>;
}

/** Starts one, with an unlocked keyring that is empty. */
export async function startSecretService(): Promise<SecretService> {
	const folder = scratchFolder();
	const home = join(folder, "home");
	const runtime = join(folder, "run");
	mkdirSync(home);
	mkdirSync(runtime);
	chmodSync(runtime, 0o700);
	const address = `unix:path=${join(runtime, "bus")}`;
	// It starts nothing by itself: a prompt to unlock would need a display.
	const config = join(folder, "bus.conf");
	writeFileSync(config, BUS_CONFIG.replace("ADDRESS", address));
	const bus = Bun.spawn(["dbus-daemon", `--config-file=${config}`, "--nofork", "--print-address"], {
		env: {},
		stdout: "pipe",
		stderr: "ignore",
	});
	// The address is printed once the bus listens.
	await bus.stdout.getReader().read();
	const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime };
	const path = process.env.PATH ?? "";
	const keyring = Bun.spawnSync(["gnome-keyring-daemon", "--unlock", "--components=secrets"], {
		env: { ...env, HOME: home, PATH: path },
		stdin: Buffer.from("keyring"),
	});
	if (keyring.exitCode !== 0) throw new Error(`no gnome-keyring: ${keyring.stderr}`);
	const call = (method: string, ...args: string[]) => {
		const { exitCode, stdout, stderr } = Bun.spawnSync(
			["dbus-send", "--session", "--print-reply", `--dest=${SECRETS}`, ROOT, method, ...args],
			{ env },
		);
		if (exitCode !== 0) throw new Error(stderr.toString());
		return stdout.toString();
	};
	const service = "org.freedesktop.Secret.Service";
	return {
		env,
		lock: () => void call(`${service}.Lock`, `array:objpath:${ROOT}/collection/login`),
		count: () =>
			call(`${service}.SearchItems`, "dict:string:string:service,pprotect").split(
				`object path "${ROOT}/collection`,
			).length - 1,
		async stop() {
			// The keyring ends with its bus.
			bus.kill();
			await bus.exited;
		},
	};
}

/** A socket that takes every connection, and never says a word. */
export function startSilentBus() {
	const path = join(scratchFolder(), "bus");
	let connections = 0;
	const server = Bun.listen({
		unix: path,
		socket: {
			open() {
				connections += 1;
			},
			data() {},
		},
	});
	return {
		env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
		/** How many connections there were. */
		count: () => connections,
		stop: () => server.stop(true),
	};
}

const BUS_CONFIG = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>session</type>
	<listen>ADDRESS</listen>
	<policy context="default">
		<allow send_destination="*" eavesdrop="true"/>
		<allow eavesdrop="true"/>
		<allow own="*"/>
	</policy>
</busconfig>
`;
