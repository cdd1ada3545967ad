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
const BINARY = Buffer.from(Array.from({ length: 300 }, (_, i) => i & 0xff));

describe.skipIf(process.platform === "win32")("what exec injects", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		secrets = await makeSecrets({
			prod: { "db-password": "prod's", DB_USER: "app", "tls-cert": CERTIFICATE.replace("\0", "") },
			base: { "db-password": "base's", region: "eu" },
			nul: { NUL: CERTIFICATE },
			large: { LARGE: "x".repeat(200_000) },
			clash: { "a-b": "1", a_b: "2" },
			binary: {
				keystore: BINARY.toString("base64"),
				wrapped: BINARY.toString("base64").replace(/.{76}/g, "$&\r\n"),
			},
		});
	});

	/** The arguments of exec up to `--`: its options may be anywhere before. */
	const options = (...args: string[]) => ["exec", ...args, "--"];

	/** The environment of the command. */
	function environmentOf(args: readonly string[], env: Record<string, string> = {}) {
		const file = ["--file", `${secrets.cwd}/protected.yaml`];
		const command = [secrets.exec([])[0] ?? "", ...options(...file, ...args), "env", "-0"];
		const { stdout, stderr } = run(command, { env: { ...secrets.env, ...env } });
		expect(stderr).toMatch(/^(pprotect: warning: no shell can hold .*\n)?$/);
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
		test("prints each variable and its domain, runs nothing and needs no credentials", async () => {
			const args = ["exec", "--domain", "prod", "--domain", "base", "--dry-run"];
			const names = "DB_USER: prod\ntls-cert: prod\ndb-password: base\nregion: base\n";
			const notices = /^pprotect: warning: no shell can hold .*\n$/;
			for (const command of [[], ["--", "touch", "run"]]) {
				const run = { cwd: secrets.cwd, notices };
				const { stdout } = await pprotect([...args, ...command], run);
				expect(stdout).toBe(names);
			}
			expect(existsSync(`${secrets.cwd}/run`)).toBe(false);
		});

		test("as exec would: prefix, capitals, only, files", async () => {
			const args = ["--domain", "prod", "--only", "db-password", "--as-file", "tls-cert=CERT"];
			const more = ["--uppercase", "--prefix", "APP", "--dry-run"];
			const { stdout } = await pprotect(["exec", ...args, ...more], { cwd: secrets.cwd });
			expect(stdout).toBe("APP_DB_PASSWORD: prod\nCERT: prod\n");
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

			test("only its owner may read it, root too, as ssh asks; unless told", () => {
				const script = 'stat -L -c %a "$F"';
				expect(runScript(script, "--as-file", "DB_USER=F").stdout).toBe("400\n");
				const more = ["--as-file", "DB_USER=F", "--as-file-mode"];
				expect(runScript(script, ...more, "0440").stdout).toBe("440\n");
				expect(runScript(script, ...more, "444").stdout).toBe("444\n");
			});

			test("a mode that makes no sense is an error", async () => {
				for (const mode of ["0200", "0500", "7777", "r", ""]) {
					const args = ["--domain", "prod", "--as-file", "DB_USER", "--as-file-mode", mode];
					expect(await failure(args)).toContain("--as-file-mode is an octal mode");
				}
			});

			test.skipIf(!isRoot)("is read by an app that gives up root (as root: setpriv)", () => {
				const user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
				const show = ["sh", "-c", 'id -u; cat "$F"'];
				const file = ["--as-file", "DB_USER=F"];
				const after = (...options: string[]) =>
					run(secrets.exec([...user, ...show], ...file, ...options), { env: secrets.env }).stdout;
				expect(after("--as-file-mode", "0444")).toBe("65534\napp");
				expect(after()).toBe("65534\n");
			});

			test("is the bytes that the value is the base64 of, where asked for", () => {
				const show = (secret: string) =>
					runScript('cat "$F"', "--domain", "binary", "--as-file", `${secret}:base64=F`).stdout;
				expect(show("keystore")).toBe(BINARY.toString("latin1"));
				expect(show("wrapped")).toBe(BINARY.toString("latin1"));
			});

			test("a value that is no base64 is an error that does not show it", async () => {
				const error = await failure(["--domain", "prod", "--as-file", "db-password:base64=F"]);
				expect(error).toContain("the value of db-password in prod is not base64");
				expect(error).not.toContain("prod's");
				const unknown = ["--domain", "prod", "--as-file", "tls-cert:hex=F"];
				expect(await failure(unknown)).toContain('unknown encoding "hex"');
			});
		});
	});

	describe("--env", () => {
		const domain = ["--domain", "base"];

		test("puts a secret under another name, and leaves the others", () => {
			expect(environmentOf([...domain, "--env", "PGPASSWORD=db-password"])).toEqual({
				PGPASSWORD: "base's",
				region: "eu",
			});
		});

		test("adds to --only, and heeds neither --prefix nor --uppercase", () => {
			const args = ["--only", "region", "--env", "x.y=db-password", "--prefix", "P", "--uppercase"];
			expect(environmentOf([...domain, ...args])).toEqual({ P_REGION: "eu", "x.y": "base's" });
		});

		test("one secret in two variables, and in a file", () => {
			const args = ["--env", "A=region", "--env", "B=region", "--only", "region"];
			expect(environmentOf([...domain, ...args])).toEqual({ A: "eu", B: "eu" });
		});

		test("faults", async () => {
			expect(await failure([...domain, "--env", "region"])).toContain("is not VAR=NAME");
			expect(await failure([...domain, "--env", "=region"])).toContain("is not VAR=NAME");
			expect(await failure([...domain, "--env", "A=none"])).toContain('no secret named "none"');
			const clash = [...domain, "--env", "region=db-password"];
			expect(await failure(clash)).toContain("would both be the variable region");
			const twice = ["--env", "A=region", "--env", "A=region"];
			expect(await failure([...domain, ...twice])).toContain("the variable A twice");
		});
	});

	test("a positional names the domain", () => {
		const command = [secrets.exec([])[0] ?? "", "exec", "base", "--", "printenv", "region"];
		expect(run(command, { env: secrets.env, cwd: secrets.cwd }).stdout).toBe("eu\n");
	});

	describe("variables that decide what code runs", () => {
		let code: Secrets;
		beforeAll(async () => {
			const names = ["PATH", "LD_PRELOAD", "bash-env", "preload", "GIT_SSH_COMMAND", "HTTP_PROXY"];
			code = await makeSecrets({
				prod: Object.fromEntries(names.map((name) => [name, "/nowhere"])),
				plain: { "bash-env": "x", preload: "y", HTTP_PROXY: "http://u:p@h" },
			});
		});
		const start = (...args: string[]) => {
			const command = [code.exec([])[0] ?? "", ...options(...args), "/bin/echo", "started"];
			return run(command, { env: code.env, cwd: code.cwd });
		};

		test("are refused, each named with what it does, and how to insist", () => {
			const { exitCode, stdout, stderr } = start("--domain", "prod");
			expect(exitCode).toBe(1);
			expect(stdout).toBe("");
			for (const name of ["PATH", "LD_PRELOAD", "GIT_SSH_COMMAND"]) {
				expect(stderr).toMatch(new RegExp(`^  ${name} in prod: the variable ${name} \\w+`, "m"));
				expect(stderr).toContain(`--env ${name}=${name}`);
			}
			expect(stderr).not.toMatch(/HTTP_PROXY|preload:|bash-env:/);
			expect(start("--domain", "prod", "--dry-run").exitCode).toBe(1);
		});

		test("under the name that the variable has in the end", () => {
			expect(start("--domain", "plain").exitCode).toBe(0);
			expect(start("--domain", "plain", "--uppercase").stderr).toContain("variable BASH_ENV");
			expect(start("--domain", "plain", "--prefix", "LD").stderr).toContain("variable LD_preload");
			const harmless = ["--domain", "prod", "--prefix", "APP"];
			expect(start(...harmless).stdout).toBe("started\n");
		});

		test("unless the secret is asked for by name", () => {
			const insist = (...args: string[]) => start("--domain", "prod", ...args).stdout;
			expect(insist("--only", "GIT_SSH_COMMAND", "--only", "LD_PRELOAD")).toBe("started\n");
			const rest = ["--only", "HTTP_PROXY"];
			expect(insist(...rest, "--env", "LD_PRELOAD=LD_PRELOAD")).toBe("started\n");
			expect(insist(...rest, "--env", "BASH_ENV=preload")).toBe("started\n");
			if (isLinux) expect(insist(...rest, "--as-file", "PATH=BASH_ENV")).toBe("started\n");
			expect(insist("--env", "PATH=PATH")).toBe("");
		});
	});

	test.each(["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"])(
		"%s comes from the caller, never from a secret",
		async (variable) => {
			const args = ["--domain", "base", "--env", `${variable}=region`];
			expect(await failure(args)).toContain(`${variable}, which only a service manager sets`);
		},
	);

	test("the credentials under a custom prefix are not a secret's variables, and not seen", async () => {
		const own = await makeSecrets({ prod: { MINE_USER: "x", OTHER_USER: "y" } });
		const env = { PATH, MINE_USER: own.user, MINE_PASSPHRASE: own.passphrase };
		const command = (...args: string[]) => own.exec(["env"], "--env-prefix", "MINE", ...args);
		const refused = run(command(), { env });
		expect(refused.exitCode).toBe(1);
		expect(refused.stderr).toContain("the variable MINE_USER gives pprotect its credentials");
		const { stdout } = run(command("--only", "OTHER_USER"), { env });
		expect(stdout).toContain("OTHER_USER=y\n");
		expect(stdout).not.toMatch(/^MINE_/m);
	});

	describe("a name that no shell can hold", () => {
		test("is one line on stderr that names --uppercase", () => {
			const warned = (...args: string[]) => {
				const command = [secrets.exec([])[0] ?? "", ...options(...args), "true"];
				return run(command, { env: secrets.env, cwd: secrets.cwd }).stderr;
			};
			expect(warned("--domain", "base")).toBe(
				"pprotect: warning: no shell can hold the variable db-password: --uppercase makes it DB_PASSWORD\n",
			);
			expect(warned("--domain", "prod").split("\n").length).toBe(2);
			expect(warned("--domain", "base", "--uppercase")).toBe("");
			const prefix = ["--domain", "base", "--uppercase", "--prefix", "a b"];
			expect(warned(...prefix)).toContain("choose a name of letters, digits and _");
		});
	});

	test("PATH as a secret, asked for, is where the command is looked for", async () => {
		const own = await makeSecrets({ prod: { PATH: "/nowhere" } });
		const outcome = run(own.exec(["env"], "--only", "PATH"), { env: { ...own.env, PATH } });
		expect(outcome.exitCode).toBe(127);
		expect(outcome.stderr).toContain('command "env" not found');
	});
});
