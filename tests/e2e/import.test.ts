/** `import`, on the binary. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import dotenv from "dotenv";
import { FORMATS } from "../../src/values/format-names.ts";
import { lackOf, testUnless } from "../support/fault.ts";
import { PPROTECT, pprotect, type RunOptions } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const DOTENV_FOLDER = join(import.meta.dir, "../vectors/dotenv");

/** Imports a file that holds `text`. */
function importText(
	{ cwd }: Team,
	text: string | Uint8Array,
	args: readonly string[] = [],
	options: Partial<RunOptions> = {},
	path = ".env",
) {
	writeFileSync(join(cwd, path), text);
	return pprotect(["import", "prod", path, ...args], { cwd, ...options });
}

async function decrypted({ cwd, alice }: Team, domain = "prod"): Promise<Record<string, string>> {
	const { stdout } = await pprotect(["decrypt-domain", domain], { cwd, env: alice.env });
	return JSON.parse(stdout);
}

describe("a .env", () => {
	test("is taken in one write, with an audit entry a secret, and no value is shown", async () => {
		const team = await createTeam();
		const logged = auditTexts(team.cwd).length;
		const { stdout } = await importText(team, "# c\nB=hunter2\nexport A='hunter2'\nC=\n");
		expect(stdout).toBe("added B\nadded A\nadded C\nprod: 3 added\n");
		expect(await decrypted(team)).toEqual({ A: "hunter2", B: "hunter2", C: "" });
		expect(auditTexts(team.cwd).slice(logged)).toEqual([
			"added secret B in prod",
			"added secret A in prod",
			"added secret C in prod",
		]);
		expect(readPlain(team.cwd).domains.get("prod")?.size).toBe(4);
	});

	test("gives the application that exec starts the environment that dotenv gives it", async () => {
		const { cwd, alice } = await createTeam();
		for (const file of readdirSync(DOTENV_FOLDER).filter((name) => name.endsWith(".env"))) {
			// A copy: the file itself is tracked by Git, which there is a warning for.
			const path = join(cwd, file);
			copyFileSync(join(DOTENV_FOLDER, file), path);
			const domain = file.replace(".env", "");
			await pprotect(["add-domain", domain], { cwd, env: alice.env });
			await pprotect(["import", domain, path], { cwd, notices: /^(pprotect: note: .*\n)*$/ });
			const exec = ["exec", "--domain", domain, "--no-passthrough", "--", "/usr/bin/env", "-0"];
			const { stdout } = await pprotect(exec, { cwd, env: alice.env });
			const entries = stdout.split("\0").slice(0, -1);
			const environment = Object.fromEntries(
				entries.map((entry) => [entry.split("=", 1)[0], entry.slice(entry.indexOf("=") + 1)]),
			);
			for (const [name, value] of Object.entries(dotenv.parse(readFileSync(path)))) {
				expect(environment[name], `${file}: ${name}`).toBe(value);
			}
		}
	});

	test("notes where other programs would read something else", async () => {
		const team = await createTeam();
		const notices = /^pprotect: note: .env:2: B: other programs .* no space before it\n$/;
		await importText(team, "A=1\nB=hunter2#3\n", [], { notices });
		expect(await decrypted(team)).toEqual({ A: "1", B: "hunter2" });
	});
});

describe("what cannot be a secret is told all at once, and nothing is written", () => {
	test.each([
		[
			".env",
			"A=1\nhunter2\n1X=hunter2\nA.B=hunter2\nC='hunter2\n",
			[
				".env:2: is not NAME=value",
				'.env:3: "1X" is not a valid secret name',
				'.env:4: "A.B" is not a valid secret name',
				".env:5: C has a quote that is never closed",
			],
		],
		[
			"a.json",
			'{\n"A": "hunter2",\n"B": null,\n"C": {"D": "hunter2"},\n"_": "x", "A": "y"}',
			[
				'a.json:3: "B" is null, not text',
				'a.json:4: "C" is a mapping, not text',
				'a.json:5: "_" is not a valid secret name',
				"a.json:5: A is on line 2 already",
			],
		],
		[
			"a.yml",
			"A: hunter2\nB: null\nC:\n  D: hunter2\n-x: hunter2\n",
			[
				'a.yml:2: "B" is null, not text (put it in quotes)',
				'a.yml:3: "C" is a mapping, not text',
				'a.yml:5: "-x" is not a valid secret name',
			],
		],
	])("%s", async (path, text, lines) => {
		const team = await createTeam();
		const before = stateOf(team.cwd);
		const { stderr } = await importText(team, text, [], { exitCode: 1 }, path);
		const shown = lines.map((line) => `  ${line}\n`).join("");
		expect(stderr).toStartWith(`pprotect: error: nothing was imported:\n${shown}pprotect: hint: `);
		expect(stderr).not.toContain("hunter2");
		expect(stateOf(team.cwd)).toEqual(before);
	});

	test.each([
		["bytes that are no UTF-8", Buffer.from("A=\xff\n", "latin1"), "is not UTF-8 text"],
		["UTF-16", Buffer.from("\ufeffA=b\n", "utf16le"), "is not UTF-8 text"],
		["JSON that ends early", '{"A": "hunter2"', "a.json:1: is not valid JSON"],
		["half a character", '{"A": "\\ud800"}', "a.json:1: A holds half a character"],
	])("%s", async (_, contents, words) => {
		const team = await createTeam();
		const before = stateOf(team.cwd);
		const { stderr } = await importText(team, contents, [], { exitCode: 1 }, "a.json");
		expect(stderr).toContain(words);
		expect(stderr).not.toContain("hunter2");
		expect(stateOf(team.cwd)).toEqual(before);
	});
});

describe("names that are there", () => {
	async function prepared(): Promise<Team> {
		const team = await createTeam();
		await importText(team, "A=old\nB=old\n");
		return team;
	}
	const NEW = "C=new\nB=new\nA=new\n";

	test("are an error that lists them all", async () => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		const { stderr } = await importText(team, NEW, [], { exitCode: 1 });
		expect(stderr).toContain("already in prod: B, A; nothing was written");
		expect(stderr).toMatch(/hint: .*--update.*--skip-existing/);
		expect(stateOf(team.cwd)).toEqual(before);
	});

	test("are sealed anew with --update", async () => {
		const team = await prepared();
		const { stdout } = await importText(team, NEW, ["--update"]);
		expect(stdout).toBe("added C\nupdated B\nupdated A\nprod: 1 added, 2 updated\n");
		expect(await decrypted(team)).toEqual({ A: "new", B: "new", C: "new" });
		expect(auditTexts(team.cwd).slice(-3)).toEqual([
			"added secret C in prod",
			"updated secret B in prod",
			"updated secret A in prod",
		]);
	});

	test("keep their lines with --skip-existing", async () => {
		const team = await prepared();
		const before = readPlain(team.cwd).domains.get("prod");
		const { stdout } = await importText(team, NEW, ["--skip-existing"]);
		expect(stdout).toBe("added C\nskipped B\nskipped A\nprod: 1 added, 2 skipped\n");
		expect(await decrypted(team)).toEqual({ A: "old", B: "old", C: "new" });
		const after = readPlain(team.cwd).domains.get("prod");
		expect(after?.get("secret-A")).toBe(before?.get("secret-A"));
	});

	test("leave the file alone where all are skipped, or none is given", async () => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		await importText(team, "A=new\n", ["--skip-existing"]);
		await importText(team, "# nothing\n", [], { notices: /^\(No values in .env\)\n$/ });
		expect(stateOf(team.cwd)).toEqual(before);
	});

	test("cannot be both changed and left", async () => {
		const team = await prepared();
		await importText(team, NEW, ["--update", "--skip-existing"], { exitCode: 2 });
	});
});

test("--dry-run lists names and writes nothing", async () => {
	const team = await createTeam();
	await importText(team, "A=old\n");
	const before = stateOf(team.cwd);
	const { stdout } = await importText(team, "A=hunter2\nB=hunter2\n", ["--update", "--dry-run"]);
	expect(stdout).toBe(
		"updated A\nadded B\nprod: 1 added, 1 updated\n(dry run: nothing was written)\n",
	);
	await importText(team, "A=1\n", ["--dry-run"], { exitCode: 1 });
	expect(stateOf(team.cwd)).toEqual(before);
});

test("--confirm shows the lines first, and a no writes nothing", async () => {
	const team = await createTeam();
	const before = stateOf(team.cwd);
	const notices = /\+ {2}secret-A: .*\+- .* added secret A in prod\n.*Aborting\n$/s;
	const { stdout } = await importText(team, "A=1\n", ["--confirm"], { input: "n\n", notices });
	expect(stdout).toBe("");
	expect(stateOf(team.cwd)).toEqual(before);
});

describe("files", () => {
	test("may be several, of several formats, all or none", async () => {
		const team = await createTeam();
		const { cwd } = team;
		writeFileSync(join(cwd, "a.env"), "A=1\n");
		writeFileSync(join(cwd, "b.json"), '{"B": "2"}');
		writeFileSync(join(cwd, "c.yaml"), "C: |\n  3\n  4\nA: '1'\n");
		writeFileSync(join(cwd, "bad"), "A=2\nx\n");
		const before = stateOf(cwd);
		const all = ["import", "prod", "a.env", "b.json", "c.yaml"];
		const { stderr } = await pprotect([...all, "bad"], { cwd, exitCode: 1 });
		expect(stderr).toContain("  bad:1: A has another value in a.env:1\n  bad:2: ");
		expect(stateOf(cwd)).toEqual(before);
		await pprotect(all, { cwd });
		expect(await decrypted(team)).toEqual({ A: "1", B: "2", C: "3\n4\n" });
	});

	test("come from standard input too, and go where --domain says", async () => {
		const team = await createTeam();
		const { cwd } = team;
		await pprotect(["import", "--domain", "dev", "-"], { cwd, input: "A=1" });
		await pprotect(["--format=yaml", "import", "dev", "-"], { cwd, input: "B: x" });
		await pprotect(["import", "dev", "-", "--format", "docker"], { cwd, input: 'C="x"' });
		expect(await decrypted(team, "dev")).toEqual({ A: "1", B: "x", C: '"x"' });
	});

	test.each([
		{ args: ["prod"], words: "import needs a file" },
		{ args: [], words: "no domain is given" },
		{ args: ["prod", "absent"], words: "cannot read absent: it does not exist" },
		{ args: ["prod", "."], words: "cannot read .: it is a folder" },
		{ args: ["nope", "absent"], words: 'no domain named "nope"' },
		{ args: ["prod", "-", "--format", "toml"], words: "--format must be one of: json, env" },
	])("$args is refused", async ({ args, words }) => {
		const { cwd } = await createTeam();
		const { stderr } = await pprotect(["import", ...args], { cwd, exitCode: 1 });
		expect(stderr).toContain(words);
	});
});

describe("the environment of a process", () => {
	test("is read as /proc and env -0 have it", async () => {
		const team = await createTeam();
		const environ = "A=1\0B=two\nlines\0C==\0_=/usr/bin/env\0BASH_FUNC_f%%=() { :\n}\0";
		const notices =
			/^pprotect: note: e:4: _ is the shell's own, .*\npprotect: note: e:5: BASH_FUNC_f%% is a function of bash, and left out\n$/;
		await importText(team, environ, [], { notices }, "e");
		expect(await decrypted(team)).toEqual({ A: "1", B: "two\nlines", C: "=" });
	});

	test("warns of names that run code", async () => {
		const team = await createTeam();
		const notices = /^pprotect: warning: secret ld-preload in prod: the variable LD_PRELOAD .*\n$/;
		await importText(team, '{"ld-preload": "x"}', [], { notices }, "a.json");
		await pprotect(["add-secret", "prod", "BASH_ENV", "--value-file", "-"], {
			cwd: team.cwd,
			notices: /^pprotect: warning: secret BASH_ENV in prod: .*\n$/,
		});
	});
});

describe("a file of another format by its name", () => {
	test.each(["app.properties", "prod.tfvars", "my.ini", "Config.TOML", "app.env.ini"])(
		"%s is not taken for a .env, unless --format says so",
		async (path) => {
			const team = await createTeam();
			const { stderr } = await importText(team, "A=b\n", [], { exitCode: 1 }, path);
			expect(stderr).toContain("--format dotenv");
			await importText(team, "A=b\n", ["--format", "dotenv"], {}, path);
			expect(await decrypted(team)).toEqual({ A: "b" });
		},
	);
});

describe("what jq can make text of", () => {
	/** Runs the command line that the refusal of `path` shows. */
	async function asHinted({ cwd }: Team, path: string) {
		const { stderr } = await pprotect(["import", "prod", path], { cwd, exitCode: 1 });
		expect(stderr).not.toContain("hunter2");
		const [, line = ""] = /^pprotect: hint: .*?: ((?:jq|python3) .*)$/m.exec(stderr) ?? [];
		expect(line).toContain("| pprotect import prod -");
		const script = line.replace("| pprotect", `| '${PPROTECT}'`);
		const env = { PATH: "/usr/bin:/bin", HOME: cwd };
		return Bun.spawnSync(["sh", "-c", script], { cwd, env });
	}

	testUnless(lackOf("jq"))("nested mappings are flattened", async () => {
		const team = await createTeam();
		const text = '{"a": {"b": false, "c": [1, "hunter2"], "n": null}, "z": "q"}';
		writeFileSync(join(team.cwd, "it's.json"), text);
		const { exitCode } = await asHinted(team, "it's.json");
		expect(exitCode).toBe(0);
		const flat = { a_b: "false", a_c_0: "1", a_c_1: "hunter2", z: "q" };
		expect(await decrypted(team)).toEqual(flat);
		writeFileSync(join(team.cwd, "twice.json"), '{"b": {"c": "x"}, "b_c": "y"}');
		const before = stateOf(team.cwd);
		await asHinted(team, "twice.json");
		expect(stateOf(team.cwd)).toEqual(before);
	});

	testUnless(lackOf("jq"))("manifests of Kubernetes are decoded", async () => {
		const team = await createTeam();
		const manifest = {
			apiVersion: "v1",
			kind: "Secret",
			data: { "tls.crt": btoa("cert\n"), PW: btoa("hunter2") },
			stringData: { S: "yes" },
		};
		writeFileSync(join(team.cwd, "k.json"), JSON.stringify(manifest));
		expect((await asHinted(team, "k.json")).exitCode).toBe(0);
		expect(await decrypted(team)).toEqual({ tls_crt: "cert\n", PW: "hunter2", S: "yes" });
		const binary = { ...manifest, data: { B: Buffer.from([0xff]).toString("base64") } };
		writeFileSync(join(team.cwd, "b.json"), JSON.stringify(binary));
		const before = stateOf(team.cwd);
		await asHinted(team, "b.json");
		expect(stateOf(team.cwd)).toEqual(before);
	});

	const python = Bun.spawnSync(["/usr/bin/python3", "-c", "import yaml"]).success;
	testUnless(lackOf("jq") ?? (python ? undefined : "python3-yaml is not installed"))(
		"those in YAML as they are written",
		async () => {
			const team = await createTeam();
			const text =
				"apiVersion: v1\nkind: Secret\ndata:\n  A: eA==\nstringData:\n  B: yes\n  C: 0777\n";
			writeFileSync(join(team.cwd, "k.yaml"), text);
			expect((await asHinted(team, "k.yaml")).exitCode).toBe(0);
			expect(await decrypted(team)).toEqual({ A: "x", B: "yes", C: "0777" });
		},
	);
});

describe("--only", () => {
	test("takes these names alone, whatever else cannot be a secret", async () => {
		const team = await createTeam();
		const only = ["--only", "A", "--only", "C"];
		const text = "A=1\nB=$x\n1X=2\nC=3\n";
		const { stdout } = await importText(team, text, only);
		expect(stdout).toBe("added A\nadded C\nprod: 2 added\n");
		const { stderr } = await importText(team, text, ["--only", "D"], { exitCode: 1 });
		expect(stderr).toContain('no "D" in');
		await importText(team, '{"N": {}, "M": 5}', ["--only", "M"], {}, "a.json");
		expect(await decrypted(team)).toEqual({ A: "1", C: "3", M: "5" });
	});
});

describe("--expand", () => {
	test("replaces references with what stands above, and never with the environment", async () => {
		const team = await createTeam();
		const text = "U=me\nURL=db://$U@h\nA='\\$U'\n";
		await importText(team, text, ["--expand"], { notices: /^(pprotect: note: .*\n)*$/ });
		expect(await decrypted(team)).toEqual({ U: "me", URL: "db://me@h", A: "$U" });
		const before = stateOf(team.cwd);
		for (const value of ["$HOME", "$(id)", "$LATER\nLATER=x"]) {
			const { stderr } = await importText(team, `B=${value}\n`, ["--expand"], { exitCode: 1 });
			expect(stderr).toMatch(/\.env:1: B (has a command|refers to)/);
		}
		await importText(team, "{}", ["--expand"], { exitCode: 1 }, "a.json");
		expect(stateOf(team.cwd)).toEqual(before);
	});
});

/** Values that each format quotes in its own way, or cannot hold. */
const TRICKY: ReadonlyMap<string, string> = new Map([
	["blanks", "  a  b \t"],
	["dollar", "$A $(id) `id`"],
	["empty", ""],
	["expression", "a=b#c #d"],
	["number", "5432"],
	["quotes", `'it'"'"'s' "x" '`],
	["unicode", "é\u2028\ufeff\u{1f512}"],
	["windows", "C:\\new\\"],
]);
const MULTI_LINE: ReadonlyMap<string, string> = new Map([
	["block", "-----BEGIN-----\nx=\n-----END-----\n"],
	["crlf", "a\r\nb\r"],
	["heredoc", "A<<EOF\n::add-mask::x\nEOF\n"],
	["leading", "\n  a\n b \n\n\n"],
]);

/** The others cannot hold all of these; readers.test.ts tells what they hold. */
const WIDE_FORMATS = FORMATS.filter((format) => format !== "dotenv" && format !== "powershell");

test.each(WIDE_FORMATS)(
	"import after decrypt-domain --output-format %s is the identity",
	async (format) => {
		const team = await createTeam();
		const { cwd, alice } = team;
		const values = Object.fromEntries([...TRICKY, ...(format === "docker" ? [] : MULTI_LINE)]);
		await importText(team, JSON.stringify(values), [], {}, "a.json");
		const decrypt = ["decrypt-domain", "prod", "--output-format", format];
		const notices = /^(pprotect: note: \w+ is too short for a mask.*\n)*$/;
		const { stdout } = await pprotect(decrypt, { cwd, env: alice.env, notices });
		await pprotect(["import", "dev", "-"], { cwd, input: stdout });
		expect(await decrypted(team, "dev")).toEqual(values);
		const again = await pprotect(["decrypt-domain", "dev"], { cwd, env: alice.env });
		expect(again.stdout).toBe(
			(await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env })).stdout,
		);
	},
);

describe("a file that git knows", () => {
	const inGit = testUnless(lackOf("git"));
	const knows = (state: string) =>
		new RegExp(`^pprotect: warning: \\.env ${state}: .*change them at their source\n$`);

	function git(cwd: string, ...args: readonly string[]): void {
		const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
		const { exitCode, stderr } = Bun.spawnSync(["git", ...identity, ...args], { cwd });
		if (exitCode !== 0) throw new Error(stderr.toString());
	}

	async function repository(): Promise<Team> {
		const team = await createTeam();
		git(team.cwd, "init", "-q");
		return team;
	}

	inGit("holds values that are known there, as long as it is tracked and ever after", async () => {
		const team = await repository();
		const { cwd } = team;
		await importText(team, "A=1\n");
		git(cwd, "add", ".env");
		const update = ["--update"];
		await importText(team, "A=1\n", update, { notices: knows("is tracked by Git") });
		git(cwd, "commit", "-qm", "oops");
		git(cwd, "rm", "-q", "--cached", ".env");
		git(cwd, "commit", "-qm", "removed");
		await importText(team, "A=1\n", update, { notices: knows("is in Git's history") });
		const dryRun = { notices: knows("is in Git's history") };
		await importText(team, "A=1\n", ["--update", "--dry-run"], dryRun);
	});

	inGit("is looked for in its own repository, without running what that asks for", async () => {
		const team = await repository();
		const other = await createTeam();
		writeFileSync(join(team.cwd, "hook"), "#!/bin/sh\ntouch ran\n", { mode: 0o755 });
		git(team.cwd, "config", "core.fsmonitor", "./hook");
		writeFileSync(join(team.cwd, "known.env"), "A=1\n");
		git(team.cwd, "-c", "core.fsmonitor=false", "add", "known.env");
		const notices = /known.env is tracked by Git/;
		await pprotect(["import", "prod", join(team.cwd, "known.env")], { cwd: other.cwd, notices });
		expect(readdirSync(team.cwd)).not.toContain("ran");
	});

	inGit("is told by its name, not by a pattern, and a link by what it leads to", async () => {
		const team = await repository();
		writeFileSync(join(team.cwd, "a.env"), "A=1\n");
		writeFileSync(join(team.cwd, "[a].env"), "B=1\n");
		git(team.cwd, "add", "a.env");
		await pprotect(["import", "prod", "[a].env"], { cwd: team.cwd });
		symlinkSync("a.env", join(team.cwd, "link.env"));
		await pprotect(["import", "prod", "link.env"], {
			cwd: team.cwd,
			notices: /link.env is tracked by Git/,
		});
	});
});
