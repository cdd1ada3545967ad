/** What a command inherits through exec: all that it would have without pprotect, and the secrets. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { realpathSync } from "node:fs";
import { view } from "../support/container-process.ts";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run, runInShell } from "../support/exec-driver-process.ts";
import { scratchFolder } from "../support/pprotect.ts";

setDefaultTimeout(30_000);

const SECRETS = { DB_PASSWORD: "hunter2", GREETING: "grüß\ndich=" };
/** As their bytes, the way views and runs hold text. */
const INJECTED = Object.entries(SECRETS).map(([name, value]) =>
	Buffer.from(`${name}=${value}`).toString("latin1"),
);

describe.skipIf(process.platform !== "linux")("what exec's command inherits (linux: /proc)", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		secrets = await makeSecrets({ prod: SECRETS });
	});

	/** Runs `command` by itself and through exec, both in `script` where they are `"$@"`. */
	function compare(command: readonly string[], script = '"$@"') {
		const options = { env: secrets.env, cwd: scratchFolder() };
		const without = runInShell(script, command, options);
		const within = runInShell(script, secrets.exec(command), options);
		return { without, within };
	}

	describe("nothing but the secrets differs for it", () => {
		const setUps = {
			"from a plain shell": ":",
			"from a shell that changed all it can":
				"umask 027; ulimit -Sn 256; ulimit -c 0; ulimit -s 4096; trap '' HUP USR1; cd /",
			"from a shell with a low hard limit of open files": "ulimit -Sn 256; ulimit -Hn 300",
		};

		test.each(Object.entries(setUps))("%s", async (_, setUp) => {
			const options = { cwd: secrets.cwd, env: { ...secrets.env, ODD: "a=b\nc" }, setUp };
			const without = await view(["cat"], options);
			const within = await view(secrets.exec(["cat"]), options);
			expect(within.proc).toEqual(without.proc);
			const passed = without.environment.filter((entry) => !entry.startsWith("PPROTECT_"));
			expect(without.environment.length - passed.length).toBe(2);
			expect(within.environment).toEqual([...passed, ...INJECTED]);
			expect(within.program).toBe(realpathSync(Bun.which("cat") ?? ""));
		});

		test("whichever way the passphrase came", async () => {
			const { PATH = "" } = process.env;
			const options = { cwd: secrets.cwd, env: { PATH, PPROTECT_USER: secrets.user } };
			const without = await view(["cat"], options);
			const within = [
				secrets.exec(["cat"], "--passphrase-file", "key"),
				secrets.exec(["cat"], "--passphrase-command", "cat key"),
				["sh", "-c", 'exec "$@" 7<key', "sh", ...secrets.exec(["cat"], "--passphrase-fd", "7")],
			];
			for (const command of within) {
				const { proc, environment } = await view(command, options);
				expect(proc).toEqual(without.proc);
				expect(environment).toContain("DB_PASSWORD=hunter2");
			}
		});
	});

	test("its exit code, or the signal that ended it", () => {
		expect(run(secrets.exec(["sh", "-c", "exit 7"]), { env: secrets.env }).exitCode).toBe(7);
		const child = Bun.spawnSync(secrets.exec(["sh", "-c", "kill -TERM $$"]), { env: secrets.env });
		expect(child.signalCode).toBe("SIGTERM");
	});

	describe("standard input", () => {
		test("a pipe, to the last byte", () => {
			const stdin = `first line\n${"x".repeat(200_000)}\nno end of line`;
			const { stdout } = run(secrets.exec(["cat"]), { env: secrets.env, stdin });
			expect(stdout).toBe(stdin);
		});

		test("a file, at the place where it was", () => {
			const { without, within } = compare(["cat"], 'printf "1\n2\n3\n" >f; { read x; "$@"; } <f');
			expect(without.stdout).toBe("2\n3\n");
			expect(within).toEqual(without);
		});

		test("one that is closed", () => {
			const { without, within } = compare(["readlink", "/proc/self/fd/0"], '"$@" <&-');
			expect(within).toEqual(without);
		});
	});

	describe("signals", () => {
		test("yes | head ends as it does without us", () => {
			const { without, within } = compare(["sh", "-c", "{ yes; echo $? >&2; } | head -1"]);
			expect(within).toEqual(without);
			expect(within).toEqual({ exitCode: 0, stdout: "y\n", stderr: "141\n" });
		});

		test("one that we write into a pipe that nobody reads", () => {
			const { without, within } = compare(["yes"], '{ "$@"; echo $? >&2; } | head -1');
			expect(within.stdout).toBe(without.stdout);
			expect(within.stderr).toBe("141\n");
		});

		test("a file that would be too large", () => {
			const write = ["sh", "-c", "head -c 9999 /dev/zero >f; echo $?"];
			const { without, within } = compare(write, 'ulimit -f 1; "$@" 2>/dev/null');
			expect(without.stdout).toBe("153\n");
			expect(within).toEqual(without);
		});

		test("nohup: what it ignores stays ignored", () => {
			const show = ["grep", "-E", "^Sig(Ign|Blk|Cgt)", "/proc/self/status"];
			const { without, within } = compare(show, 'nohup "$@"');
			expect(without.stdout).toContain("SigIgn:\t0000000000000001\n");
			expect(within.stdout).toBe(without.stdout);
		});
	});

	test("arguments, byte for byte", () => {
		const script = `exec "$@" "$(printf 'caf\\351 \\377')" '' -- --domain "a b" é`;
		const { without, within } = compare(["sh", "-c", "cat /proc/$$/cmdline"], script);
		expect(without.stdout).toContain("caf\xe9 \xff\0\0--\0--domain\0a b\0");
		expect(within).toEqual(without);
	});
});
