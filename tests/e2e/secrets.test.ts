/** add-secret, update-secret and rm-secret. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, PPROTECT, pprotect } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

/** What is said of a value that is one line with its end. */
const LINE_END = /^pprotect: note: .* line end, .*--trim.*\n$/;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${"MIIB".repeat(16)}\n-----END CERTIFICATE-----\n`;

async function add({ cwd }: Team, name: string, value: string | Uint8Array): Promise<void> {
	await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input: value });
}

async function decrypted({ cwd, alice }: Team, name: string): Promise<string> {
	const args = ["decrypt-domain", "prod", "--secret", name];
	return (await pprotect(args, { cwd, env: alice.env })).stdout;
}

describe.each([
	{ command: "add-secret", heading: "Adding secret value.", audit: "added secret s in prod" },
	{
		command: "update-secret",
		heading: "Updating secret value.",
		audit: "updated secret s in prod",
	},
])("$command", ({ command, heading, audit }) => {
	async function prepared(): Promise<Team> {
		const team = await createTeam();
		if (command === "update-secret") await add(team, "s", "old");
		return team;
	}

	test("asks for domain, name and value; needs no credentials", async () => {
		const team = await prepared();
		await pprotect([command], {
			cwd: team.cwd,
			input: "prod\ns\n the välue \n",
			notices: asks(heading, "Domain name: ", "Secret name: ", "Secret value: "),
		});
		expect(await decrypted(team, "s")).toBe(" the välue \n");
		expect(auditTexts(team.cwd).at(-1)).toBe(audit);
	});

	test.each([
		{ names: ["prod", "s"], asked: ["Secret value: "], input: "v\n" },
		{ names: ["--domain", "prod", "s"], asked: ["Secret value: "], input: "v\n" },
		{ names: ["prod"], asked: ["Secret name: ", "Secret value: "], input: "s\nv\n" },
		{ names: ["--domain=prod"], asked: ["Secret name: ", "Secret value: "], input: "s\nv\n" },
	])("asks for what is left out of $names", async ({ names, asked, input }) => {
		const team = await prepared();
		await pprotect([command.replace("-", "_"), ...names], {
			cwd: team.cwd,
			input,
			notices: asks(heading, ...asked),
		});
		expect(await decrypted(team, "s")).toBe("v\n");
	});

	test("takes a value from a file or standard input, unattended", async () => {
		const team = await prepared();
		const { cwd } = team;
		writeFileSync(join(cwd, "cert.pem"), CERTIFICATE);
		await pprotect([command, "prod", "s", "--value-file", "cert.pem"], { cwd });
		expect(await decrypted(team, "s")).toBe(`${CERTIFICATE}\n`);
		await pprotect(["--value-file=-", "update-secret", "s", "--domain", "prod"], {
			cwd,
			input: "piped\n",
			notices: LINE_END,
		});
		expect(await decrypted(team, "s")).toBe("piped\n\n");
		await pprotect(["update-secret", "prod", "s", "--value-file", "-", "--trim"], {
			cwd,
			input: "piped\r\n",
		});
		expect(await decrypted(team, "s")).toBe("piped\n");
	});

	test("takes the names of its options from the Python tool, too", async () => {
		const team = await prepared();
		const { cwd } = team;
		writeFileSync(join(cwd, "value"), "from a file");
		const named = ["--domain", "prod", "--secret-name", "s"];
		await pprotect([command, ...named, "--from-file", "value"], { cwd });
		expect(await decrypted(team, "s")).toBe("from a file\n");
		await pprotect(["update-secret", ...named, "--from-file", "-"], { cwd, input: "piped" });
		expect(await decrypted(team, "s")).toBe("piped\n");
		await pprotect(["update-secret", "--secret-name=s"], {
			cwd,
			input: "prod\nasked for\n",
			notices: asks("Updating secret value.", "Domain name: ", "Secret value: "),
		});
		expect(await decrypted(team, "s")).toBe("asked for\n");
		const twice = [command, "prod", "s", "--secret-name", "s", "--from-file", "value"];
		await pprotect(twice, { cwd, exitCode: 2 });
	});

	test.each(["first\nsecond\n", "first\n\n", "first\nsecond", "first\r\nsecond"])(
		"refuses %j where it asks for one line, and stores nothing",
		async (input) => {
			const { cwd } = await prepared();
			const before = stateOf(cwd);
			const { stderr } = await pprotect([command, "prod", "s"], { cwd, input, exitCode: 1 });
			expect(stderr).toContain("--value-file -");
			expect(stderr).not.toContain("first");
			writeFileSync(join(cwd, "value"), input);
			const script =
				'"$0" "$1" prod s < value; (printf first; sleep 0.2; echo; sleep 0.2; echo x) | "$0" "$1" prod s';
			const shell = Bun.spawnSync(["sh", "-c", script, PPROTECT, command], { cwd });
			expect(shell.exitCode).toBe(1);
			expect(shell.stderr.toString().match(/--value-file -/g)).toHaveLength(2);
			expect(stateOf(cwd)).toEqual(before);
		},
	);

	test("keeps a file that is no text in base64", async () => {
		const team = await prepared();
		const { cwd } = team;
		const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
		writeFileSync(join(cwd, "store.p12"), bytes);
		await pprotect([command, "prod", "s", "--value-file", "store.p12", "--base64"], { cwd });
		expect(Buffer.from(await decrypted(team, "s"), "base64")).toEqual(Buffer.from(bytes));
		const before = stateOf(cwd);
		for (const options of [["--base64"], ["--trim"], ["--base64", "--trim", "--value-file", "-"]]) {
			await pprotect(["update-secret", "prod", "s", ...options], { cwd, exitCode: 2 });
		}
		expect(stateOf(cwd)).toEqual(before);
	});

	test("never takes a value from the command line, and does not repeat it", async () => {
		const { cwd } = await prepared();
		const before = stateOf(cwd);
		for (const value of ["hunter2", "-hunter2", "--hunter2", "--value=hunter2", "--hunter2=x"]) {
			const { stderr } = await pprotect([command, "prod", "s", value], { cwd, exitCode: 1 });
			expect(stderr).not.toContain("hunter2");
		}
		const { stderr } = await pprotect([command, "prod", "s", "hunter2"], { cwd, exitCode: 1 });
		expect(stderr).toContain("--value-file PATH, or - for standard input");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("writes nothing where the input ends early", async () => {
		const { cwd } = await prepared();
		const before = stateOf(cwd);
		for (const input of ["", "prod\n", "prod\ns\n"]) {
			const { stderr } = await pprotect([command], { cwd, input, exitCode: 1 });
			expect(stderr).toContain("pprotect: error: the input ended at ");
		}
		expect(stateOf(cwd)).toEqual(before);
	});

	test("says what is wrong with a value file", async () => {
		const { cwd } = await prepared();
		const before = stateOf(cwd);
		mkdirSync(join(cwd, "folder"));
		writeFileSync(join(cwd, "binary"), Buffer.from([0x68, 0x75, 0x6e, 0xff]));
		for (const [path, words] of [
			["missing", "cannot read missing: it does not exist"],
			["folder", "cannot read folder"],
			["binary", "the value in binary is not UTF-8 text"],
		] as const) {
			const { stderr } = await pprotect([command, "prod", "s", "--value-file", path], {
				cwd,
				exitCode: 1,
			});
			expect(stderr).toContain(words);
			if (path === "binary") expect(stderr).toContain("--base64");
		}
		const both = await pprotect([command, "prod", "--value-file", "-"], {
			cwd,
			input: "s\nv\n",
			exitCode: 1,
		});
		expect(both.stderr).toContain("standard input cannot give both");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("says which domains there are, before it asks for a value", async () => {
		const { cwd } = await prepared();
		const { stderr } = await pprotect([command, "nope", "s"], { cwd, input: "v\n", exitCode: 1 });
		expect(stderr).toContain('no domain named "nope"');
		expect(stderr).toContain("known domains: dev, prod");
		expect(stderr).not.toContain("Secret value");
	});
});

describe("a value keeps every byte", () => {
	const all = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code + 1)).join("");
	test.each([
		["a certificate", CERTIFICATE],
		["a line end", "\n"],
		["several line ends", "a\n\n\n"],
		["no line end", "a"],
		["CRLF", "a\r\nb\r\n"],
		["a lone CR", "a\rb\r"],
		["nothing", ""],
		["blanks", " \t a \t "],
		["a byte order mark", "\uFEFFa\uFEFF"],
		["every ASCII character but NUL", all],
		["NUL", "a\0b"],
		["emoji", "👩‍👩‍👧‍👦🔏✓é\u0301"],
		["1 MB", "0123456789ABCDEF".repeat(65536)],
		["YAML", "- &a *a !!int 'x' \"y\": {z}\n---\n...\n"],
	])("%s", async (_, value) => {
		const team = await createTeam();
		const { cwd, alice } = team;
		writeFileSync(join(cwd, "value"), value);
		await pprotect(["add-secret", "prod", "file", "--value-file", "value"], { cwd });
		await add(team, "stdin", value);
		const { stdout } = await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env });
		expect(JSON.parse(stdout)).toEqual({ file: value, stdin: value });
		expect(await decrypted(team, "file")).toBe(`${value}\n`);
	});

	test("but a NUL byte, which no environment or shell can hold, is refused there by name", async () => {
		const team = await createTeam();
		const { cwd, alice } = team;
		await add(team, "other", "fine");
		await add(team, "token", "secret-part\0more");
		for (const args of [
			["decrypt-domain", "prod", "--output-format", "env"],
			["decrypt-domain", "prod", "--output-format", "shell"],
			["exec", "--domain", "prod", "--", "sh", "-c", "echo ran"],
		]) {
			const { stderr } = await pprotect(args, { cwd, env: alice.env, exitCode: 1 });
			expect(stderr).toContain("token");
			expect(stderr).toContain("NUL");
			expect(stderr).not.toContain("secret-part");
		}
	});
});

describe("names of secrets", () => {
	test.each(["a", "Z", "A_b-C9", "constructor", "toString", "x".repeat(200)])(
		"%p",
		async (name) => {
			const team = await createTeam();
			await add(team, name, `value of ${name}`);
			expect(await decrypted(team, name)).toBe(`value of ${name}\n`);
		},
	);

	test.each(["", "1a", "_a", "-", "a b", "a.b", "ä", "a\n", "__proto__", "a/b"])(
		"%p is refused before a value is asked for",
		async (name) => {
			const { cwd } = await createTeam();
			const before = stateOf(cwd);
			const { stderr } = await pprotect(["add-secret", "--domain=prod", "--", name], {
				cwd,
				input: "v\n",
				exitCode: 1,
			});
			expect(stderr).toContain(`${JSON.stringify(name)} is not a valid secret name`);
			expect(stderr).not.toContain("Secret value");
			expect(stateOf(cwd)).toEqual(before);
		},
	);

	test("differ by case, and each domain has its own", async () => {
		const team = await createTeam();
		const { cwd } = team;
		await add(team, "key", "lower");
		await add(team, "KEY", "upper");
		await pprotect(["add-secret", "dev", "key", "--value-file", "-"], { cwd, input: "dev" });
		expect(await decrypted(team, "key")).toBe("lower\n");
		expect(await decrypted(team, "KEY")).toBe("upper\n");
	});
});

test("add-secret refuses a name that is there, update-secret and rm-secret one that is not", async () => {
	const team = await createTeam();
	const { cwd } = team;
	await add(team, "there", "value");
	const before = stateOf(cwd);
	const add2 = await pprotect(["add-secret", "prod", "there"], { cwd, exitCode: 1 });
	expect(add2.stderr).toContain("secret there already exists in prod");
	expect(add2.stderr).toContain("pprotect update-secret");
	for (const command of ["update-secret", "rm-secret"]) {
		const { stderr } = await pprotect([command, "prod", "nope"], { cwd, exitCode: 1 });
		expect(stderr).toContain('no secret named "nope" in domain prod');
		expect(stderr).toContain("known secrets: there");
		const none = await pprotect([command, "dev", "nope"], { cwd, exitCode: 1 });
		expect(none.stderr).toContain("there are no secrets yet");
	}
	expect(stateOf(cwd)).toEqual(before);
});

describe("rm-secret", () => {
	test.each([
		{
			args: ["rm-secret"],
			input: "prod\ns\n",
			asked: ["Removing secret value.", "Domain name: ", "Secret name: "],
		},
		{ args: ["rm-secret", "prod", "s"], input: "", asked: [] },
		{ args: ["rm_secret", "--domain", "prod", "s"], input: "", asked: [] },
	])("removes the secret without credentials: $args", async ({ args, input, asked }) => {
		const team = await createTeam();
		const { cwd } = team;
		await add(team, "s", "value");
		await pprotect(args, { cwd, input, ...(asked.length > 0 && { notices: asks(...asked) }) });
		expect([...(readPlain(cwd).domains.get("prod")?.keys() ?? [])]).toEqual(["meta"]);
		expect(auditTexts(cwd).at(-1)).toBe("removed secret s from prod");
	});
});
