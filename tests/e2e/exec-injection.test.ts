/** Which secrets exec injects, under which names, and as what. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run } from "../support/exec-driver-process.ts";
import { pprotect } from "../support/pprotect.ts";
import { addMember } from "../support/team.ts";

setDefaultTimeout(30_000);

const { PATH = "" } = process.env;
const isRoot = process.geteuid?.() === 0;
const isLinux = process.platform === "linux";
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\r\n\0é\n";

describe.skipIf(process.platform === "win32")("what exec injects", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		secrets = await makeSecrets({
			prod: { "db-password": "prod's", DB_USER: "app", "tls-cert": CERTIFICATE.replace("\0", "") },
			base: { "db-password": "base's", region: "eu" },
			nul: { NUL: CERTIFICATE },
			large: { LARGE: "x".repeat(200_000) },
			clash: { "a-b": "1", a_b: "2" },
		});
	});

	/** The arguments of exec up to `--`: its options may be anywhere before. */
	const options = (...args: string[]) => ["exec", ...args, "--"];

	/** The environment of the command. */
	function environmentOf(args: readonly string[], env: Record<string, string> = {}) {
		const file = ["--file", `${secrets.cwd}/protected.yaml`];
		const command = [secrets.exec([])[0] ?? "", ...options(...file, ...args), "env", "-0"];
		const { stdout, stderr } = run(command, { env: { ...secrets.env, ...env } });
		expect(stderr).toBe("");
		const entries = stdout
			.split("\0")
			.slice(0, -1)
			.map((entry): [string, string] => {
				const equals = entry.indexOf("=");
				return [entry.slice(0, equals), Buffer.from(entry.slice(equals + 1), "latin1").toString()];
			});
		const { PATH: _, ...rest } = Object.fromEntries(entries);
		return rest;
	}

	/** A failure: what it says. Nothing may have been run. */
	async function failure(args: readonly string[]): Promise<string> {
		const all = [...options(...args), "echo", "started"];
		return (await pprotect(all, { cwd: secrets.cwd, env: secrets.env, exitCode: 1 })).stderr;
	}

	describe("--domain", () => {
		test("given once: all of its secrets, by their names", () => {
			expect(environmentOf(["--domain", "base"])).toEqual({
				"db-password": "base's",
				region: "eu",
			});
		});

		test("given again: later ones win", () => {
			const both = ["--domain", "base", "--domain", "prod", "--only", "db-password"];
			expect(environmentOf([...both, "--only", "region"])).toEqual({
				"db-password": "prod's",
				region: "eu",
			});
			const reversed = ["--domain", "prod", "--domain", "base", "--only", "db-password"];
			expect(environmentOf(reversed)).toEqual({ "db-password": "base's" });
		});

		test("an unknown one among several", async () => {
			expect(await failure(["--domain", "base", "--domain", "none"])).toContain("none");
		});

		test("one that the user does not own, among several", async () => {
			const bob = await addMember(secrets.cwd, "add-key-custodian", "bob@example.com");
			const args = ["--domain", "prod", "--only", "region", "--domain", "base"];
			const settings = { cwd: secrets.cwd, env: bob.env, exitCode: 1 };
			const { stderr } = await pprotect([...options(...args), "echo", "started"], settings);
			expect(stderr).toContain("bob@example.com");
		});
	});

	describe("--only", () => {
		test("just these", () => {
			const args = ["--domain", "prod", "--only", "DB_USER", "--only", "db-password"];
			expect(environmentOf(args)).toEqual({ "db-password": "prod's", DB_USER: "app" });
		});

		test("each must exist", async () => {
			const args = ["--domain", "prod", "--only", "DB_USER", "--only", "DB_PASWORD"];
			const error = await failure(args);
			expect(error).toContain('no secret named "DB_PASWORD" in prod');
			expect(error).toContain("known secrets: DB_USER, db-password, tls-cert");
		});

		test("in one of the domains is enough", () => {
			const args = ["--domain", "prod", "--domain", "base", "--only", "region"];
			expect(environmentOf(args)).toEqual({ region: "eu" });
		});

		test("leaves what stands in the way of others", () => {
			expect(environmentOf(["--domain", "nul", "--domain", "base", "--only", "region"])).toEqual({
				region: "eu",
			});
		});
	});

	describe("names of the variables", () => {
		const only = ["--domain", "prod", "--only", "db-password"];

		test.each([
			[[], "db-password"],
			[["--uppercase"], "DB_PASSWORD"],
			[["--prefix", "App"], "App_db-password"],
			[["--uppercase", "--prefix", "App"], "App_DB_PASSWORD"],
		])("%p", (more, name) => {
			expect(environmentOf([...only, ...more])).toEqual({ [name]: "prod's" });
		});

		test("two secrets on one are an error, in one domain or across two", async () => {
			expect(environmentOf(["--domain", "clash"])).toEqual({ "a-b": "1", a_b: "2" });
			const error = await failure(["--domain", "clash", "--uppercase"]);
			expect(error).toContain("the secrets a-b and a_b would both be the variable A_B");
			const file = ["--domain", "prod", "--as-file", "tls-cert=DB_USER"];
			expect(await failure(file)).toContain(
				"DB_USER and tls-cert would both be the variable DB_USER",
			);
		});

		test("one in the environment already is replaced", () => {
			const args = ["--domain", "prod", "--only", "DB_USER"];
			expect(environmentOf(args, { DB_USER: "old", OTHER: "kept" })).toEqual({
				OTHER: "kept",
				DB_USER: "app",
			});
		});
	});

	test("--no-passthrough leaves seven variables, and the secrets", () => {
		const kept = { HOME: "/h", TERM: "dumb", LANG: "C", USER: "u", SHELL: "/bin/sh", LOGNAME: "l" };
		const args = ["--domain", "base", "--no-passthrough"];
		expect(environmentOf(args, { ...kept, TZ: "UTC", LC_ALL: "C", LD_LIBRARY_PATH: "/x" })).toEqual(
			{
				...kept,
				"db-password": "base's",
				region: "eu",
			},
		);
	});

	describe("values that no environment holds", () => {
		test("a NUL byte is an error before anything runs, and can be a file", async () => {
			const error = await failure(["--domain", "nul"]);
			expect(error).toContain("the value for the variable NUL holds a NUL byte");
			expect(error).toContain("--as-file");
			expect(error).not.toContain("CERTIFICATE");
		});

		test("one that is too long is named, exit 126", async () => {
			const args = [...options("--domain", "large"), "echo", "started"];
			const settings = { cwd: secrets.cwd, env: secrets.env, exitCode: 126 };
			const { stderr } = await pprotect(args, settings);
			expect(stderr).toContain('the variable "LARGE" is longer than the system takes');
		});
	});

	describe("--dry-run", () => {
		test("prints the names, runs nothing and needs no credentials", async () => {
			const args = ["exec", "--domain", "prod", "--domain", "base", "--dry-run"];
			const names = "DB_USER\ndb-password\ntls-cert\nregion\n";
			for (const command of [[], ["--", "touch", "run"]]) {
				const { stdout } = await pprotect([...args, ...command], { cwd: secrets.cwd });
				expect(stdout).toBe(names);
			}
			expect(existsSync(`${secrets.cwd}/run`)).toBe(false);
		});

		test("as exec would: prefix, capitals, only, files", async () => {
			const args = ["--domain", "prod", "--only", "db-password", "--as-file", "tls-cert=CERT"];
			const more = ["--uppercase", "--prefix", "APP", "--dry-run"];
			const { stdout } = await pprotect(["exec", ...args, ...more], { cwd: secrets.cwd });
			expect(stdout).toBe("APP_DB_PASSWORD\nCERT\n");
		});

		test("fails as exec would", async () => {
			const dry = (...args: string[]) =>
				pprotect(["exec", "--dry-run", ...args], { cwd: secrets.cwd, exitCode: 1 });
			await dry("--domain", "clash", "--uppercase");
			await dry("--domain", "prod", "--only", "none");
			await dry();
		});
	});

	describe("--as-file", () => {
		test("faults", async () => {
			const prod = ["--domain", "prod", "--as-file"];
			expect(await failure([...prod, "none=X"])).toContain('no secret named "none"');
			expect(await failure([...prod, "tls-cert="])).toContain("lacks the variable's name");
			expect(await failure([...prod, "tls-cert=A=B"])).toContain('"A=B" cannot be the name');
			const twice = [...prod, "tls-cert=A", "--as-file", "tls-cert=B"];
			expect(await failure(twice)).toContain("--as-file names tls-cert twice");
		});

		test.skipIf(isLinux)("is an error (not on linux)", async () => {
			expect(await failure(["--domain", "prod", "--as-file", "tls-cert"])).toContain("linux");
		});

		describe.skipIf(!isLinux)("(linux)", () => {
			/** Runs `script` in sh, with `args`. */
			function runScript(script: string, ...args: string[]) {
				return run(secrets.exec(["sh", "-c", script], ...args), { env: secrets.env, cwd: "/" });
			}
			const text = (bytes: string) => Buffer.from(bytes, "latin1").toString();

			test("holds the value's bytes, and the variable its path", () => {
				const file = ["--as-file", "tls-cert=CERT"];
				const { stdout } = runScript('echo "$CERT"; cat "$CERT"', ...file);
				const [path = "", ...value] = text(stdout).split("\n");
				expect(path).toMatch(/^\/proc\/self\/fd\/\d+$/);
				expect(value.join("\n")).toBe(CERTIFICATE.replace("\0", ""));
			});

			test("any value: NUL bytes, and more than a variable can hold", () => {
				const nul = runScript('cat "$F"', "--domain", "nul", "--as-file", "NUL=F");
				expect(text(nul.stdout)).toBe(CERTIFICATE);
				const large = runScript('wc -c <"$F"', "--domain", "large", "--as-file", "LARGE=F");
				expect(large.stdout.trim()).toBe("200000");
			});

			test("the variable is named as any other unless told", () => {
				const args = ["--uppercase", "--prefix", "APP", "--as-file", "tls-cert"];
				const { stdout } = runScript('cat "$APP_TLS_CERT"; echo "$APP_DB_USER"', ...args);
				expect(text(stdout)).toBe(`${CERTIFICATE.replace("\0", "")}app\n`);
			});

			test("adds to --only", () => {
				const args = ["--only", "DB_USER", "--as-file", "tls-cert=CERT"];
				const { stdout } = runScript("env | cut -d= -f1 | sort", ...args);
				const names = stdout.trimEnd().split("\n");
				expect(names).toContain("DB_USER");
				expect(names).toContain("CERT");
				expect(names).not.toContain("db-password");
			});

			test("is never a variable, and has no name on any disk", () => {
				const script = 'tr "\\0" "\\n" </proc/self/environ; readlink "$CERT"';
				const { stdout } = runScript(script, "--as-file", "tls-cert=CERT");
				expect(stdout).not.toContain("CERTIFICATE");
				expect(stdout).toContain("/memfd:pprotect (deleted)\n");
			});

			test("is sealed: neither it nor its size can change, nor can the seals", () => {
				const program = `
					const { dlopen } = require("bun:ffi");
					const { openSync } = require("node:fs");
					const fcntl = { args: ["i32", "i32", "i32"], returns: "i32" };
					const name = require("node:path").basename(process.env.CERT);
					const libc = dlopen("libc.so.6", { fcntl });
					const F_GET_SEALS = 1034;
					console.log(libc.symbols.fcntl(Number(name), F_GET_SEALS, 0) & 0xf);`;
				const command = secrets.exec(
					[process.execPath, "-e", program],
					"--as-file",
					"tls-cert=CERT",
				);
				// F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
				expect(run(command, { env: secrets.env }).stdout).toBe("15\n");
				const change = '(echo x >"$CERT"); (echo x >>"$CERT"); cat "$CERT"';
				const after = text(runScript(change, "--as-file", "tls-cert=CERT").stdout);
				expect(after).toBe(CERTIFICATE.replace("\0", ""));
			});

			test("is read from the start by the app, its children, and theirs", () => {
				const read =
					'cat "$CERT"; sh -c "cat \\"\\$CERT\\"; sh -c \'cat \\"\\$CERT\\"\'; :"; exec cat "$CERT"';
				const { stdout } = runScript(read, "--as-file", "tls-cert=CERT");
				expect(text(stdout)).toBe(CERTIFICATE.replace("\0", "").repeat(4));
			});

			test("each is open once, and nothing else is", () => {
				const files = ["--as-file", "tls-cert=CERT", "--as-file", "DB_USER=USER_FILE"];
				const { stdout } = runScript("ls -l /proc/$$/fd; :", ...files);
				expect(stdout.match(/ -> \/memfd:/g)?.length).toBe(2);
				expect(stdout.match(/ -> /g)?.length).toBe(5);
			});

			test.skipIf(!isRoot)("is read by an app that gives up root (as root: setpriv)", () => {
				const user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
				const show = ["sh", "-c", 'id -u; cat "$F"'];
				const after = secrets.exec([...user, ...show], "--as-file", "DB_USER=F");
				expect(run(after, { env: secrets.env }).stdout).toBe("65534\napp");
			});
		});
	});

	test("PATH as a secret is where the command is looked for", async () => {
		const own = await makeSecrets({ prod: { PATH: "/nowhere" } });
		const outcome = run(own.exec(["env"]), { env: { ...own.env, PATH } });
		expect(outcome.exitCode).toBe(127);
		expect(outcome.stderr).toContain('command "env" not found');
	});
});
