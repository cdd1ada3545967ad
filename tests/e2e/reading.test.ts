/** decrypt-domain and the list commands. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	existsSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { KeyFile } from "../../src/model/key-file.ts";
import { asks, PPROTECT, pprotect } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { addMember, createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

async function teamWith(secrets: Readonly<Record<string, string>>, domain = "prod"): Promise<Team> {
	const team = await createTeam();
	await addAll(team, secrets, domain);
	return team;
}

async function addAll({ cwd }: Team, secrets: Readonly<Record<string, string>>, domain = "prod") {
	for (const [name, value] of Object.entries(secrets)) {
		const notices = /^(pprotect: (note: .*--trim|warning: secret .* exec gives it).*\n)*$/;
		await pprotect(["add-secret", domain, name, "--value-file", "-"], {
			cwd,
			input: value,
			notices,
		});
	}
}

async function decrypt({ cwd, alice }: Team, ...args: string[]): Promise<string> {
	return (await pprotect(["decrypt-domain", ...args], { cwd, env: alice.env })).stdout;
}

describe("decrypt-domain", () => {
	test("prints JSON: sorted by code point, two spaces, non-ASCII as it is", async () => {
		const team = await teamWith({ b: 'q"\\\n', a: "ünï 🔏", B: "\u0001\u2028", a1: "" });
		expect(await decrypt(team, "prod")).toBe(
			'{\n  "B": "\\u0001\u2028",\n  "a": "ünï 🔏",\n  "a1": "",\n  "b": "q\\"\\\\\\n"\n}\n',
		);
		expect(await decrypt(team, "prod", "--output-format", "json")).toBe(
			await decrypt(team, "prod"),
		);
		expect(await decrypt(team, "--domain", "prod")).toBe(await decrypt(team, "prod"));
		expect(await decrypt(team, "dev")).toBe("{}\n");
	});

	test("prints env and shell formats, quoted where a shell needs it", async () => {
		const team = await teamWith({
			PLAIN: "a-b/c.d:e@f%g+h,i_9",
			SPACE: "a b",
			QUOTE: "it's",
			E: "",
		});
		const lines = [`E=''`, "PLAIN=a-b/c.d:e@f%g+h,i_9", `QUOTE='it'"'"'s'`, "SPACE='a b'"];
		const env = lines.map((line) => `${line}\n`).join("");
		const shell = lines.map((line) => `export ${line}\n`).join("");
		expect(await decrypt(team, "prod", "--output-format", "env")).toBe(env);
		expect(await decrypt(team, "--output-format=shell", "prod")).toBe(shell);
		expect(await decrypt(team, "dev", "--output-format", "env")).toBe("");
	});

	test("takes several domains, later ones win, and names as exec does", async () => {
		const team = await teamWith({ "db-key": "1", other: "2" });
		await addAll(team, { "db-key": "3", more: "4" }, "dev");
		const both = ["--domain", "prod", "--domain", "dev"];
		expect(JSON.parse(await decrypt(team, ...both))).toEqual({
			"db-key": "3",
			more: "4",
			other: "2",
		});
		const named = [
			...both,
			"--uppercase",
			"--prefix",
			"APP",
			"--only",
			"db-key",
			"--only",
			"other",
		];
		expect(await decrypt(team, ...named)).toBe('{\n  "APP_DB_KEY": "3",\n  "APP_OTHER": "2"\n}\n');
		expect(await decrypt(team, ...named, "--output-format=env")).toBe(
			"APP_DB_KEY=3\nAPP_OTHER=2\n",
		);
		expect(await decrypt(team, ...both, "--secret", "db-key")).toBe("3\n");
		await addAll(team, { "db-KEY": "5" });
		for (const [args, words] of [
			[["prod", "--uppercase"], "would both be named DB_KEY"],
			[[...both, "--only", "absent"], 'no secret named "absent" in prod, dev'],
		] as const) {
			const options = { cwd: team.cwd, env: team.alice.env, exitCode: 1 };
			const { stderr } = await pprotect(["decrypt-domain", ...args], options);
			expect(stderr).toContain(words);
		}
	});

	test.each(["env", "shell", "dotenv", "docker", "github", "fish", "powershell"])(
		"--output-format %s refuses a variable that runs code, unless asked for it",
		async (format) => {
			const team = await teamWith({ BASH_ENV: "3456" });
			await addAll(team, { "ld-preload": "1234" }, "dev");
			const { cwd, alice } = team;
			const options = { cwd, env: alice.env, exitCode: 1 };
			const run = ["decrypt-domain", "prod", "--output-format", format];
			const { stderr } = await pprotect(run, options);
			expect(stderr).toMatch(/BASH_ENV .*--only BASH_ENV/s);
			const dev = ["decrypt-domain", "dev", "--output-format", format, "--uppercase"];
			const capitals = await pprotect(dev, options);
			expect(capitals.stderr).toContain("LD_PRELOAD");
			expect(await decrypt(team, ...run.slice(1), "--only", "BASH_ENV")).toContain("3456");
			expect(await decrypt(team, ...run.slice(1), "--secret", "BASH_ENV")).toContain("3456");
			expect(await decrypt(team, ...run.slice(1), "--prefix", "MY")).toContain("MY_BASH_ENV");
			expect(await decrypt(team, "prod")).toContain('"BASH_ENV": "3456"');
		},
	);

	test("--output writes a file for the user alone, a bare value byte for byte", async () => {
		const team = await teamWith({ one: "1st\n", two: "2nd" });
		const { cwd, alice } = team;
		const path = join(cwd, "out");
		const mode = () => statSync(path).mode & 0o777;
		expect(await decrypt(team, "prod", "--secret", "two", "--output", "out")).toBe("");
		expect(readFileSync(path, "utf8")).toBe("2nd");
		expect(mode()).toBe(0o600);
		writeFileSync(path, "older and longer than what follows it, and open to all");
		chmodSync(path, 0o644);
		await decrypt(team, "prod", "--output", "out", "--output-format", "dotenv", "--only", "two");
		expect(readFileSync(path, "utf8")).toBe("two=2nd\n");
		expect(mode()).toBe(0o600);
		symlinkSync("out", join(cwd, "link"));
		const fails = { cwd, env: alice.env, exitCode: 1 };
		for (const [place, format] of [
			["link", "json"],
			[".", "json"],
			["no/such", "json"],
			["/dev/null", "json"],
			["out", "dotenv"],
		] as const) {
			await pprotect(
				["decrypt-domain", "prod", "--output", place, "--output-format", format],
				fails,
			);
		}
		expect(readFileSync(path, "utf8")).toBe("two=2nd\n");
		expect(statSync("/dev/null").isFile()).toBe(false);
		expect(readdirSync(cwd).filter((name) => name.includes("pprotect-"))).toEqual([]);
		const github = ["decrypt-domain", "prod", "--output=out", "--output-format=github"];
		await pprotect(github, { ...fails, exitCode: 2 });
	});

	test("--secret prints one bare value and a line end, or with a format its entry", async () => {
		const team = await teamWith({ one: "1st\n", two: "2nd", "not-shell": "x" });
		expect(await decrypt(team, "prod", "--secret", "two")).toBe("2nd\n");
		expect(await decrypt(team, "prod", "--secret", "one")).toBe("1st\n\n");
		expect(await decrypt(team, "prod", "--secret", "not-shell")).toBe("x\n");
		const formatted = (format: string) =>
			decrypt(team, "prod", "--secret", "two", "--output-format", format);
		expect(await formatted("json")).toBe('{\n  "two": "2nd"\n}\n');
		expect(await formatted("env")).toBe("two=2nd\n");
		expect(await formatted("shell")).toBe("export two=2nd\n");
	});

	test.each([
		{ args: ["prod", "--output-format", "env"], words: "db-key is not a valid shell identifier" },
		{ args: ["prod", "--output-format", "shell"], words: "db-key is not a valid shell identifier" },
		{
			args: ["prod", "--output-format", "env", "--secret", "db-key"],
			words: "db-key is not a valid shell identifier",
		},
		{ args: ["prod", "--output-format", "xml"], words: "--output-format must be one of: json, " },
		{ args: ["prod", "--secret", "nope"], words: "known secrets: a, db-key" },
		{ args: ["nope"], words: "known domains: dev, prod" },
		{ args: [], words: "no domain is given" },
		{ args: ["prod", "dev"], words: "too many arguments" },
	])("refuses $args", async ({ args, words }) => {
		const { cwd, alice } = await teamWith({ a: "secret-value", "db-key": "secret-value" });
		const { stderr } = await pprotect(["decrypt-domain", ...args], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain(words);
		expect(stderr).not.toContain("secret-value");
	});

	test("is for owners only, and says who they are", async () => {
		const { cwd, bob } = await createTeam();
		const { stderr } = await pprotect(["decrypt-domain", "prod"], {
			cwd,
			env: bob.env,
			exitCode: 1,
		});
		expect(stderr).toContain("bob@example.com is not an owner of prod");
		expect(stderr).toContain("its owners are: alice@example.com");
	});

	test("writes nothing", async () => {
		const team = await teamWith({ a: "b" });
		const before = stateOf(team.cwd);
		await decrypt(team, "prod");
		await pprotect(["list-user-secrets"], { cwd: team.cwd, env: team.alice.env });
		expect(stateOf(team.cwd)).toEqual(before);
	});
});

/** Values that shells find hard, and any others. */
const nastyValue = fc
	.array(
		fc.oneof(
			fc.constantFrom(
				"'",
				'"',
				"\\",
				"$",
				"`",
				"!",
				"\n",
				"\r",
				"\t",
				" ",
				"$(id)",
				"${",
				"}",
				"~",
				"*",
			),
			fc.constantFrom(
				"\u0001",
				"\u007F",
				"\u0085",
				"\u2028",
				"é",
				"🔏",
				"=",
				"#",
				";",
				"&",
				"-n",
				"%s",
			),
			fc.string({ unit: "binary", maxLength: 5 }),
		),
		{ maxLength: 12 },
	)
	.map((parts) => parts.join("").replaceAll("\0", ""));

test("a shell that reads the env and shell formats gets the same bytes", async () => {
	const values = fc.sample(nastyValue, { numRuns: 200, seed: 20261121 });
	values.push(
		"'",
		"''",
		"'\"'",
		"\\",
		"\\\n",
		"\n",
		"\n\n",
		"-n",
		"-e x",
		"!",
		"a\n'\nb",
		"$'\\n'",
	);
	const team = await createTeam();
	// The names are in the order of code points, as the output is.
	const names = values.map((_, index) => `V${String(index).padStart(3, "0")}`);
	// Not a command each: that would take half a minute.
	const path = join(team.cwd, "protected.yaml");
	const file = names.reduce(
		(keyFile, name, index) => keyFile.addSecret("prod", name, values[index] ?? ""),
		KeyFile.parse(readFileSync(path)),
	);
	writeFileSync(path, file.encode());
	const wanted = values.map((value) => `${value}\0`).join("");
	for (const format of ["env", "shell"]) {
		const script = await decrypt(team, "prod", "--output-format", format);
		const print = `printf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
		// A child of the shell sees what is exported.
		const body = format === "env" ? print : `exec sh -c '${print.replaceAll("'", `'"'"'`)}'`;
		const shell = Bun.spawnSync(["sh", "-c", `eval "$1"; ${body}`, "sh", script]);
		expect(shell.stdout.toString("utf8"), format).toBe(wanted);
		expect(shell.stderr.toString()).toBe("");
	}
});

describe("lists", () => {
	test("list-domain-secrets: the names of one domain, sorted", async () => {
		const { cwd } = await teamWith({ b: "1", B: "2", a: "3" });
		for (const args of [["prod"], ["--domain", "prod"]]) {
			const { stdout } = await pprotect(["list-domain-secrets", ...args], { cwd });
			expect(stdout).toBe("B\na\nb\n");
		}
		const none = await pprotect(["list_domain_secrets", "dev"], {
			cwd,
			notices: asks("No secrets in domain dev of protected.yaml"),
		});
		expect(none.stdout).toBe("");
		const unknown = await pprotect(["list-domain-secrets", "nope"], { cwd, exitCode: 1 });
		expect(unknown.stderr).toContain("known domains: dev, prod");
		const unnamed = await pprotect(["list-domain-secrets"], { cwd, exitCode: 1 });
		expect(unnamed.stderr).toContain("no domain is given");
	});

	test("list-all-secrets: each name with its domains", async () => {
		const team = await teamWith({ b: "1", shared: "2" });
		await addAll(team, { shared: "3", a: "4" }, "dev");
		const { stdout } = await pprotect(["list-all-secrets"], { cwd: team.cwd });
		expect(stdout).toBe("a: dev\nb: prod\nshared: dev, prod\n");
	});

	test("list-user-secrets: what the acting user owns", async () => {
		const { cwd, alice, bob } = await teamWith({ b: "1", a: "2" });
		const { stdout } = await pprotect(["list-user-secrets"], { cwd, env: alice.env });
		expect(stdout).toBe("dev: (no secrets)\nprod: a, b\n");
		const none = await pprotect(["list_user_secrets"], {
			cwd,
			env: bob.env,
			notices: asks("User bob@example.com does not own any domains."),
		});
		expect(none.stdout).toBe("");
		const wrong = { ...alice.env, PPROTECT_PASSPHRASE: "wrong" };
		await pprotect(["list-user-secrets"], { cwd, env: wrong, exitCode: 1 });
	});

	test("list-audit-log: every entry, newest last", async () => {
		const { cwd } = await teamWith({ a: "1" });
		const { stdout } = await pprotect(["list-audit-log"], { cwd });
		const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
		const entries = [
			"created",
			"created raw-key custodian alice@example.com",
			"created raw-key custodian bob@example.com",
			"created domain prod with owner alice@example.com",
			"created domain dev with owner alice@example.com",
			"added secret a in prod",
		];
		expect(stdout).toMatch(new RegExp(`^${entries.map((e) => `${time} -- ${e}\n`).join("")}$`));
	});

	test("an empty file has nothing to list: said on stderr, exit 0", async () => {
		const { cwd } = await createTeam();
		writeFileSync(join(cwd, "bare.yaml"), "key-custodians: {}\naudit-log: []\n");
		await pprotect(["list-audit-log", "--file", "bare.yaml"], {
			cwd,
			notices: asks("No audit log entries in bare.yaml"),
		});
		await addMember(cwd, "init", "x", "new.yaml");
		for (const [command, words] of [
			["list-all-secrets", "No secrets in new.yaml"],
			["list-domains", "No domains in new.yaml"],
		] as const) {
			const run = { cwd, notices: asks(words) };
			expect((await pprotect([command, "--file", "new.yaml"], run)).stdout).toBe("");
		}
	});
});

test("every command but init says which file is missing, exit 2", async () => {
	const { cwd } = await createTeam();
	for (const args of [
		["list-domains"],
		["decrypt-domain", "prod"],
		["add-secret", "prod", "x"],
		["add-key-custodian"],
		["rekey-custodian"],
		["migrate-owner", "x", "--yes"],
		["exec", "--domain", "prod", "--", "true"],
		["add-domain", "x", "--confirm"],
	]) {
		const { stderr } = await pprotect(
			[...args.slice(0, 1), "--file", "none.yaml", ...args.slice(1)],
			{
				cwd,
				exitCode: 2,
			},
		);
		expect(stderr).toBe(
			`pprotect: error: Protected file not found: ${join(cwd, "none.yaml")}\npprotect: hint: check the path\n`,
		);
	}
});

test("version", async () => {
	const { cwd } = await createTeam();
	const manifest = await Bun.file(new URL("../../package.json", import.meta.url)).json();
	for (const args of [["version"], ["version", "--file", "none.yaml"]]) {
		const { stdout } = await pprotect(args, { cwd });
		expect(stdout).toBe(`pocket_protector version ${manifest.version}\n`);
	}
	const { stdout } = await pprotect(["--version"], { cwd });
	expect(stdout).toStartWith(`pprotect ${manifest.version} (`);
	expect(stdout).toContain("PocketProtector 26.4");
});

describe("--file from a pipe", () => {
	const SHELL = Bun.which("bash");

	test.skipIf(SHELL === null)(
		"is read by commands that only read, and refused by others",
		async () => {
			const { cwd, alice } = await teamWith({ one: "1st" });
			const env = { ...alice.env, PATH: "/usr/bin:/bin" };
			const run = (script: string) => {
				return Bun.spawnSync(["bash", "-c", script, PPROTECT], { cwd, env, stdin: "ignore" });
			};
			for (const script of [
				'"$0" --file <(cat protected.yaml) decrypt-domain prod --secret one',
				'cat protected.yaml | "$0" --file - decrypt-domain prod --secret one',
				'cat protected.yaml | "$0" --file /dev/stdin exec --domain prod -- printenv one',
				'"$0" --file /dev/stdin decrypt-domain prod --secret one < protected.yaml',
			]) {
				expect(run(script).stdout.toString(), script).toBe("1st\n");
			}
			const before = stateOf(cwd);
			writeFileSync(join(cwd, "value"), "v");
			for (const script of [
				'"$0" --file <(cat protected.yaml) add-secret prod two --value-file value',
				'EDITOR="touch edited" "$0" --file <(cat protected.yaml) edit prod',
			]) {
				const { exitCode, stderr } = run(script);
				expect(exitCode, script).toBe(1);
				expect(stderr.toString(), script).toContain("can only be read");
			}
			expect(existsSync(join(cwd, "edited"))).toBe(false);
			expect(stateOf(cwd)).toEqual(before);
		},
	);

	test.skipIf(SHELL === null)("is checked and compared, also with others", async () => {
		const { cwd } = await teamWith({ one: "1st" });
		const run = (script: string) => {
			const env = { PATH: "/usr/bin:/bin" };
			const argv = ["bash", "-c", script, PPROTECT];
			const { stdout, exitCode } = Bun.spawnSync(argv, { cwd, env, stdin: "ignore" });
			return { printed: stdout.toString(), exitCode };
		};
		writeFileSync(join(cwd, "broken.yaml"), "prod: x\n");
		for (const [script, exitCode] of [
			['"$0" check --quiet --file <(cat protected.yaml)', 0],
			['"$0" check --quiet <(cat protected.yaml) <(cat protected.yaml)', 0],
			['cat protected.yaml | "$0" check --quiet -', 0],
			['"$0" check --quiet --file <(cat broken.yaml)', 1],
			['"$0" check --quiet protected.yaml <(cat broken.yaml)', 1],
			['cat broken.yaml | "$0" check --quiet -', 1],
		] as const) {
			expect(run(script).exitCode, script).toBe(exitCode);
		}
		await pprotect(["rename-secret", "prod", "one", "two"], { cwd });
		expect(run('"$0" diff --exit-code <(cat protected.yaml) protected.yaml').exitCode).toBe(0);
		const lost = '"$0" diff --exit-code <(sed /secret-two/d protected.yaml) <(cat protected.yaml)';
		expect(run(lost).printed).toStartWith("+ secret two in prod");
	});
});
