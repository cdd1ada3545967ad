/** exec where containers run it: as PID 1, as nobody, with next to nothing around it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { ARGON2ID_HARD, SCRYPT_FAST, SCRYPT_HARD } from "../../src/crypto/key-derivation.ts";
import { canLimitMemory, MEMORY_GROUP, MIB, runWithMemory } from "../support/container-memory.ts";
import { asFirst, canBeFirst, FIRST } from "../support/container-namespace.ts";
import {
	canMakeRoot,
	FILE_PATH,
	filesIn,
	inRoot,
	KEY_PATH,
	librariesOfPprotect,
	makeRoot,
	NOBODY,
	PPROTECT_PATH,
	ROOT,
	type RootOptions,
} from "../support/container-root.ts";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { canTrace, TRACE, trace } from "../support/container-trace.ts";
import { type Outcome, run } from "../support/exec-driver-process.ts";

setDefaultTimeout(60_000);

/** Thirty secrets, as the targets for time and memory have it. */
const THIRTY = Object.fromEntries(
	Array.from({ length: 30 }, (_, i) => [`SECRET_${i}`, `value of ${i}`]),
);

describe.skipIf(process.platform !== "linux")("exec in a container (linux)", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		secrets = await makeSecrets({ prod: THIRTY });
	});

	describe.skipIf(!canBeFirst)(FIRST, () => {
		test("the command is PID 1, with all that a plain PID 1 has", () => {
			const names = "^(P?Pid|Sig[BIC]|Threads|Cap|Seccomp|NoNewPrivs)";
			const show = ["sh", "-c", `cat /proc/1/cmdline; exec grep -E "${names}" /proc/self/status`];
			const without = run(asFirst(show), { env: secrets.env });
			const within = run(asFirst(secrets.exec(show)), { env: secrets.env });
			expect(without.stdout).toStartWith("sh\0-c\0");
			expect(without.stdout).toContain("\0Pid:\t1\n");
			expect(within).toEqual(without);
		});

		test("its exit code is the container's", () => {
			const command = asFirst(secrets.exec(["sh", "-c", "exit 3"]));
			expect(run(command, { env: secrets.env }).exitCode).toBe(3);
			const missing = asFirst(secrets.exec(["no-such-command"]));
			expect(run(missing, { env: secrets.env }).exitCode).toBe(127);
		});
	});

	describe.skipIf(!canMakeRoot)(`in a root that holds nothing else ${ROOT}`, () => {
		let root: string;
		beforeAll(() => {
			root = makeRoot(secrets);
		});
		afterAll(() => rmSync(root, { recursive: true }));

		/** Runs `/busybox ...app` through exec. */
		function start(
			app: readonly string[],
			options?: RootOptions,
			more: readonly string[] = [],
		): Outcome {
			const exec = [PPROTECT_PATH, "exec", "--file", FILE_PATH, "--domain", "prod"];
			const credentials = ["-u", secrets.user, "--passphrase-file", KEY_PATH];
			const command = [...exec, ...credentials, ...more, "--", "/busybox", ...app];
			return run(inRoot(root, command, options));
		}

		test("pprotect needs the loader and four libraries of glibc", () => {
			const names = librariesOfPprotect()
				.map((path) => basename(path))
				.sort();
			const libraries = ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"];
			expect(names.filter((name) => !name.startsWith("ld-linux"))).toEqual(libraries);
			expect(names.length).toBe(5);
		});

		test("the root is what it should be", () => {
			const app = [FILE_PATH, KEY_PATH, PPROTECT_PATH, "/busybox"];
			expect(filesIn(root).sort()).toEqual([...app, ...librariesOfPprotect()].sort());
			const listing = start(["sh", "-c", "/busybox ls /; /busybox touch /x"]);
			expect(listing.stdout.split("\n")).not.toContain("tmp");
			expect(listing.stdout.split("\n")).not.toContain("etc");
			expect(listing.stderr).toContain("Read-only file system");
		});

		test("with an empty environment, read-only, only /proc mounted", () => {
			const { stdout, stderr, exitCode } = start(["env"]);
			const expected = Object.entries(THIRTY).map(([name, value]) => `${name}=${value}`);
			expect(stdout.trimEnd().split("\n").sort()).toEqual(expected.sort());
			expect(stderr).toBe("");
			expect(exitCode).toBe(0);
		});

		test("as uid 65534, which has no name", () => {
			const show = ["sh", "-c", "/busybox id; echo $$ $SECRET_7; /busybox grep Cap /proc/1/status"];
			const { stdout, stderr, exitCode } = start(show, { user: NOBODY });
			expect(stdout).toStartWith("uid=65534 gid=65534 groups=65534\n1 value of 7\n");
			expect(stdout).toContain("CapEff:\t0000000000000000\n");
			expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
		});

		test("a secret as a file, as uid 65534", () => {
			const show = ["sh", "-c", "/busybox cat $F"];
			const { stdout } = start(show, { user: NOBODY }, ["--as-file", "SECRET_7=F"]);
			expect(stdout).toBe("value of 7");
		});

		test("the other ways to the passphrase that need nothing more", () => {
			const exec = [PPROTECT_PATH, "exec", "--file", FILE_PATH, "--domain", "prod"];
			const app = ["--", "/busybox", "sh", "-c", "echo $SECRET_7"];
			const given = { PPROTECT_USER: secrets.user, PPROTECT_PASSPHRASE: secrets.passphrase };
			const fromFile = { PPROTECT_USER: secrets.user, PPROTECT_PASSPHRASE_FILE: KEY_PATH };
			for (const env of [given, fromFile]) {
				expect(run(inRoot(root, [...exec, ...app], { env })).stdout).toBe("value of 7\n");
			}
			const user = { PPROTECT_USER: secrets.user };
			const stdin = [...exec, "--passphrase-file", "-", ...app];
			const options = { stdin: secrets.passphrase };
			expect(run(inRoot(root, stdin, { env: user }), options).stdout).toBe("value of 7\n");
			const nobody = run(inRoot(root, [...exec, ...app], { env: user }));
			expect(nobody.stderr).toContain("there is no terminal to ask on");
			expect(nobody.exitCode).toBe(1);
		});

		test("our failures are told as everywhere", () => {
			const { stdout, stderr, exitCode } = start(["env"], {}, ["--domain", "none"]);
			expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
			expect(stderr).toStartWith("pprotect: error: ");
		});

		test("a folder of PATH that is closed to the user: 126, as execvp(3) has it", () => {
			mkdirSync(join(root, "closed"), { mode: 0o700 });
			const exec = [PPROTECT_PATH, "exec", "--file", FILE_PATH, "--domain", "prod", "--"];
			const credentials = { PPROTECT_USER: secrets.user, PPROTECT_PASSPHRASE_FILE: KEY_PATH };
			const options = { user: NOBODY, env: { ...credentials, PATH: "/closed:/" } };
			expect(run(inRoot(root, [...exec, "busybox", "true"], options)).exitCode).toBe(0);
			const { stdout, stderr, exitCode } = run(inRoot(root, [...exec, "no-such"], options));
			expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 126 });
			expect(stderr).toContain('cannot run "/closed/no-such": permission denied');
			expect(stderr).toContain("closed to this user");
		});

		test("without /proc the runtime aborts, in the words of docs/containers.md", () => {
			const { stdout, stderr, exitCode } = start(["echo", "started"], { proc: false });
			const docs = readFileSync(join(import.meta.dir, "../../docs/containers.md"), "utf8");
			const [, message = "?"] = /^(panic\(main thread\).*)$/m.exec(docs) ?? [];
			expect(stdout).toBe("");
			expect(exitCode).not.toBe(0);
			expect(stderr).toContain(message);
			expect(stderr).not.toContain(secrets.passphrase);
		});
	});

	describe.skipIf(!canTrace)(`what it touches on the way ${TRACE}`, () => {
		/** Calls that change what is on a disk. */
		const CHANGES =
			/^(creat|unlink|rename|mkdir|rmdir|symlink|link|f?ch(mod|own)|truncate|utime|mknod|mount)/;
		/** Opening a file so that it can be changed. */
		const OPENS_TO_WRITE = /^open\w*\(.*\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/;
		const CONNECTS = /^(socket|connect|bind|listen|send|recv)/;

		test("no file is written, and no network reached for", () => {
			const key = ["--passphrase-file", join(secrets.cwd, "key")];
			const command = secrets.exec(["sh", "-c", "exit 0"], ...key, "--as-file", "SECRET_7=F");
			const env = { PPROTECT_USER: secrets.user };
			const { calls, ...outcome } = trace("%file,%network,memfd_create", command, { env });
			expect(outcome).toEqual({ exitCode: 0, stdout: "", stderr: "" });
			const matching = (pattern: RegExp) => calls.filter((call) => pattern.test(call));
			// The trace is of the whole run.
			expect(matching(/^openat\(.*protected\.yaml".* = \d+$/)).not.toEqual([]);
			expect(matching(/^memfd_create\(.* = \d+$/).length).toBe(1);
			expect(matching(/^execve\(".*\/sh", .* = 0$/).length).toBe(1);

			expect(matching(OPENS_TO_WRITE)).toEqual([]);
			expect(matching(CHANGES)).toEqual([]);
			expect(matching(CONNECTS)).toEqual([]);
		});

		test("no value and no passphrase is written, but for a value into its memory file", () => {
			const command = secrets.exec(["true"], "--as-file", "SECRET_7=F");
			const { calls, exitCode } = trace("write,writev,pwrite64,memfd_create", command, secrets);
			expect(exitCode).toBe(0);
			const [, memory] = /^memfd_create\(.* = (\d+)$/m.exec(calls.join("\n")) ?? [];
			const telling = calls.filter((call) => {
				return call.includes("value of ") || call.includes(secrets.passphrase);
			});
			expect(telling.length).toBe(1);
			expect(telling[0]).toStartWith(`write(${memory}, "value of 7", 10)`);
		});
	});

	describe.skipIf(!canLimitMemory)(`with little memory ${MEMORY_GROUP}`, () => {
		const APP = ["sh", "-c", 'echo "$TOKEN"'];
		const STARTED = { exitCode: 0, stdout: "s3cr3t\n", stderr: "" };

		test("a raw key does with 64 MiB", () => {
			const command = secrets.exec(["printenv", "SECRET_7"]);
			const outcome = runWithMemory(64 * MIB, command, { env: secrets.env });
			expect(outcome).toEqual({ exitCode: 0, stdout: "value of 7\n", stderr: "" });
		});

		test.each([
			["scrypt, hard", SCRYPT_HARD, 320],
			["Argon2id, hard", ARGON2ID_HARD, 320],
			["scrypt, fast", SCRYPT_FAST, 128],
		] as const)("%s: an error below what it takes, and enough above", async (_, kdf, needed) => {
			const { exec, env } = await makeSecrets({ prod: { TOKEN: "s3cr3t" } }, kdf);
			const { stdout, stderr, exitCode } = runWithMemory((needed - 1) * MIB, exec(APP), { env });
			expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
			expect(stderr.replace(/ --file \S+/, "")).toBe(
				`pprotect: error: the key of app@example.com takes ${needed} MiB of memory to derive, and this container may use ${needed - 1} MiB\n` +
					"pprotect: hint: raise the limit, or give machines a raw key, which takes none: pprotect rekey-custodian --key-type raw\n",
			);
			expect(runWithMemory(needed * MIB, exec(APP), { env })).toEqual(STARTED);
		});
	});

	test("with a raw key and 30 secrets it holds less than 80 MB", () => {
		// Started by a program that holds little itself: what a process holds while it starts
		// another counts as that one's, too.
		const measure = "console.log(Bun.spawnSync(process.argv.slice(1)).resourceUsage.maxRSS)";
		const measured = [process.execPath, "-e", measure];
		const [nothing, bytes] = [["true"], secrets.exec(["true"])].map((command) => {
			return Number(run([...measured, ...command], { env: secrets.env }).stdout);
		});
		expect(bytes).toBeGreaterThan(nothing ?? Number.NaN);
		expect(bytes).toBeLessThan(80_000_000);
	});
});
