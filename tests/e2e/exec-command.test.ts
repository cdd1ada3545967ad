/** How exec finds and starts the command, by the rules of execvp(3), and with which environment. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run } from "../support/exec-driver-process.ts";
import { PPROTECT, pprotect } from "../support/pprotect.ts";

setDefaultTimeout(30_000);

/** Folders that everybody may search. */
const SYSTEM_PATH = "/usr/bin:/bin";

describe.skipIf(process.platform === "win32")("the command of exec", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		secrets = await makeSecrets({ prod: { TOKEN: "s3cr3t" } });
	});

	/** Makes a file beside the protected one. */
	function makeFile(name: string, text: string, mode = 0o755): string {
		const path = join(secrets.cwd, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
		chmodSync(path, mode);
		return path;
	}

	/** Runs `command` with `path` as PATH, in the folder of the protected file. */
	function start(command: readonly string[], path = SYSTEM_PATH) {
		const env = { ...secrets.env, PATH: path };
		return run(secrets.exec(command), { cwd: secrets.cwd, env });
	}

	describe("is found", () => {
		test("in the folders of PATH, past files that cannot be run", () => {
			makeFile("first/tool", "", 0o644);
			makeFile("second/tool", '#!/bin/sh\necho "second $TOKEN $*"');
			const path = [join(secrets.cwd, "first"), "/nowhere", join(secrets.cwd, "second")].join(":");
			expect(start(["tool", "a b", "--domain"], path).stdout).toBe("second s3cr3t a b --domain\n");
		});

		test("by a path, whatever PATH is", () => {
			makeFile("second/tool", '#!/bin/sh\necho "second $*"');
			expect(start(["second/tool"], "/nowhere").stdout).toBe("second \n");
			expect(start(["./second/tool"], "/nowhere").stdout).toBe("second \n");
		});

		test("in the current folder only where PATH says so", () => {
			makeFile("here", "#!/bin/sh\necho here");
			expect(start(["here"]).exitCode).toBe(127);
			expect(start(["here"], "/nowhere:").stdout).toBe("here\n");
			expect(start(["here"], ".").stdout).toBe("here\n");
		});

		test("without #! as a script of sh, with its arguments", () => {
			makeFile("bin/plain", 'echo "$0 $# $TOKEN $2"');
			const path = join(secrets.cwd, "bin");
			expect(start(["plain", "a", "b c"], path).stdout).toBe(`${path}/plain 2 s3cr3t b c\n`);
			expect(start([`${path}/plain`]).stdout).toBe(`${path}/plain 0 s3cr3t \n`);
		});
	});

	test.each([
		["no such command", "no-such-command", 127, 'command "no-such-command" not found'],
		["no such file", "/no/such/file", 127, "there is no such file"],
		["an empty name", "", 127, "not found"],
		["a folder", "/", 126, "it is a folder"],
		["a file that may not be run", "protected.yaml", 126, "permission denied"],
		["an interpreter that is missing", "orphan", 127, "the interpreter or loader that it names"],
		["a program for another machine", "foreign", 126, "neither a program for this machine nor"],
	])("%s", async (_, command, exitCode, reason) => {
		makeFile("orphan", "#!/no/such/interpreter\n");
		makeFile("foreign", "\x7fELF\x02\x01\0\0rubbish\n");
		const path = command === "" || command.includes("-") ? command : join(secrets.cwd, command);
		const argv = ["exec", "--domain", "prod", "--", command.startsWith("/") ? command : path];
		const env = { ...secrets.env, PATH: SYSTEM_PATH };
		const { stderr } = await pprotect(argv, { cwd: secrets.cwd, env, exitCode });
		expect(stderr).toContain(reason);
		expect(stderr).not.toContain("s3cr3t");
	});

	test("its exit code is its own, 126 and 127 too", () => {
		for (const exitCode of [0, 1, 2, 126, 127, 255]) {
			const outcome = start(["sh", "-c", `exit ${exitCode}`]);
			expect(outcome).toEqual({ exitCode, stdout: "", stderr: "" });
		}
	});

	test("what follows -- is the command's, options and another -- too", () => {
		const argv = ["printf", "%s\n", "--help", "--", "-u", "--domain=x"];
		expect(start(argv).stdout).toBe("--help\n--\n-u\n--domain=x\n");
	});

	describe("its environment", () => {
		/** What the command has for environment when exec is started in `environment`, as bytes. */
		function after(environment: readonly string[], ...options: string[]): string[] {
			const raw = join(import.meta.dir, "../support/exec-raw.ts");
			const command = secrets.exec(["/bin/cat", "/proc/self/environ"], ...options);
			const lists = [command, environment].map((list) => JSON.stringify(list));
			const { stdout, stderr } = run([process.execPath, raw, ...lists]);
			expect(stderr).toBe("");
			return stdout.split("\0").slice(0, -1);
		}

		describe.skipIf(process.platform !== "linux")("(linux: /proc)", () => {
			let credentials: string[];
			beforeAll(() => {
				credentials = ["-u", secrets.user, "--passphrase-file", join(secrets.cwd, "key")];
			});

			test("passes byte for byte: duplicates, no UTF-8, no equals sign, no value, no name", () => {
				const odd = ["A=1", "X=\xff\xfe\x80=", "A=2", "NOTHING", "E=", "=odd", "", "B=caf\xe9\n"];
				expect(after(odd, ...credentials)).toEqual([...odd, "TOKEN=s3cr3t"]);
			});

			test("loses every duplicate of a credential, and of a secret's name", () => {
				const before = ["PPROTECT_USER=x", "A=1", "TOKEN=old", "PPROTECT_USER=y", "TOKEN=older"];
				expect(after(before, ...credentials)).toEqual(["A=1", "TOKEN=s3cr3t"]);
			});

			test("loses a credential that is no UTF-8", () => {
				const before = ["PPROTECT_PASSPHRASE=\xff", "A=\xff", "PPROTECT_PASSPHRASE_FILE=\xfe"];
				expect(after(before, ...credentials)).toEqual(["A=\xff", "TOKEN=s3cr3t"]);
			});

			test("may be empty but for the secrets", () => {
				expect(after([], ...credentials)).toEqual(["TOKEN=s3cr3t"]);
			});
		});

		test("nothing of ours is added", () => {
			const { stdout } = start(["env"]);
			const names = stdout
				.trimEnd()
				.split("\n")
				.map((line) => line.split("=", 1)[0]);
			expect(names).toEqual(["PATH", "TOKEN"]);
		});
	});

	test("a folder that is gone", () => {
		const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
		const command = ["sh", "-c", script, "sh", ...secrets.exec(["echo", "started"])];
		expect(run(command, { cwd: secrets.cwd, env: secrets.env }).stdout).toBe("started\n");
	});

	test("no broken pipe of ours: an error with nobody to read it", () => {
		const script = '"$0" exec --domain none -- true 2>&1 >/dev/null | :; :';
		const outcome = run(["sh", "-c", script, PPROTECT], { cwd: secrets.cwd, env: secrets.env });
		expect(outcome).toEqual({ exitCode: 0, stdout: "", stderr: "" });
	});
});
