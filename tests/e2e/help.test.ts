import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/commands/registry.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";

setDefaultTimeout(30_000);

/** Commands of the Python tool, by category. There may be more. */
const EXPECTED = {
	Secrets: [
		"add-secret",
		"update-secret",
		"rm-secret",
		"exec",
		"decrypt-domain",
		"list-domain-secrets",
		"list-all-secrets",
		"list-user-secrets",
	],
	People: ["init", "add-key-custodian", "set-key-custodian-passphrase", "rekey-custodian"],
	Domains: [
		"add-domain",
		"list-domains",
		"add-owner",
		"rm-owner",
		"migrate-owner",
		"rotate-domain-keys",
		"rm-domain",
	],
	Other: ["list-audit-log", "version"],
};
const NAMES = COMMANDS.map(({ name }) => name);
const SPECIFIED = Object.values(EXPECTED).flat();
const USAGE_ERROR =
	/unknown command|no command|no option|such option|needs a value|takes no|too many|must be one of/;

const cwd = scratchFolder();
const help = async (...args: string[]) => (await pprotect(args, { cwd })).stdout;

/** The lines under a title. */
function section(text: string, title: string): string[] {
	const [, body = ""] = text.split(`\n${title}:\n`);
	return (body.split("\n\n")[0] ?? "").split("\n").filter((line) => line !== "");
}

describe("general help", () => {
	test("fits one screen, begins with a start, and names every command but plumbing", async () => {
		const text = await help();
		const titles = [...text.matchAll(/^([A-Z][\w ]+):$/gm)].map(([, title]) => title);
		expect(titles).toEqual(["Usage", "Start", "All commands", "Examples", "Read on"]);
		expect(text.split("\n").length).toBeLessThanOrEqual(40);
		const isNamed = (name: string) => new RegExp(`(^|[ ,])${name}(,|$| )`, "m").test(text);
		const plumbing = COMMANDS.filter(({ category }) => category === "Plumbing");
		expect(plumbing.map(({ name }) => name).filter(isNamed)).toEqual([]);
		const others = COMMANDS.filter((command) => !plumbing.includes(command));
		expect(others.map(({ name }) => name).filter((name) => !isNamed(name))).toEqual([]);
		for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
	});

	test("lists every command with its description, by category", async () => {
		const text = await help("help", "commands");
		for (const [title, names] of Object.entries(EXPECTED)) {
			const listed = section(`\n${text}`, title).map((line) => line.trim().split(/\s+/)[0] ?? "");
			expect(listed).toEqual(expect.arrayContaining(names));
		}
		for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
	});

	test("is the same for pprotect, --help and -h, and whatever file there is not", async () => {
		const text = await help();
		expect(await help("--help")).toBe(text);
		expect(await help("-h")).toBe(text);
		expect(await help("--file", "none.yaml", "--help")).toBe(text);
	});
});

describe("help of a command", () => {
	test.each(NAMES)("%s: usage, options with the names of their values, examples", async (name) => {
		const text = await help(name, "--help");
		expect(text).toStartWith(`pprotect ${name}: `);
		expect(section(text, "Usage")).toEqual([
			expect.stringMatching(new RegExp(`^  pprotect ${name} \\[OPTIONS\\]`)),
		]);
		expect(text).toMatch(/^ {2}-f, --file PATH +\S/m);
		expect(text).not.toMatch(/#\d|undefined|\$0/);
		expect(section(text, "Examples").length).toBeGreaterThanOrEqual(2);
		expect(await help("--help", name.replaceAll("-", "_"))).toBe(text);
		expect(await help("help", name)).toBe(text);
		for (const line of text.split("\n").filter((words) => !words.includes("pprotect "))) {
			expect(line.length).toBeLessThanOrEqual(80);
		}
	});

	test.each(NAMES)("%s: each example is accepted by the parser", async (name) => {
		const examples = section(await help(name, "--help"), "Examples")
			.map((line) => line.trim())
			.filter((line) => /^pprotect |\$\(pprotect /.test(line));
		expect(examples).not.toEqual([]);
		const bin = scratchFolder();
		symlinkSync(PPROTECT, join(bin, "pprotect"));
		for (const example of examples) {
			// There is no protected file, which is found out once the command line is understood.
			const empty = scratchFolder();
			const { stderr } = Bun.spawnSync(["sh", "-c", example], {
				cwd: empty,
				env: { PATH: `${bin}:${process.env.PATH}` },
				stdin: "ignore",
			});
			expect(stderr.toString(), example).not.toMatch(USAGE_ERROR);
			if (SPECIFIED.includes(name) && name !== "version") {
				expect(stderr.toString(), example).toMatch(/not found: .*protected\.yaml|ended|pass\.txt/);
			}
			expect(existsSync(join(empty, "protected.yaml"))).toBe(false);
		}
	});

	test("shows how exec is called", async () => {
		expect(section(await help("exec", "--help"), "Usage")).toEqual([
			"  pprotect exec [OPTIONS] DOMAIN -- COMMAND [ARGUMENTS]",
		]);
		expect(section(await help("add-secret", "--help"), "Usage")).toEqual([
			"  pprotect add-secret [OPTIONS] [DOMAIN] [NAME]",
		]);
	});
});

describe("topics", () => {
	test("environment tells every variable", async () => {
		const text = await help("help", "environment");
		for (const name of ["USER", "PASSPHRASE", "PASSPHRASE_FILE", "PASSPHRASE_COMMAND", "FILE"]) {
			expect(text).toMatch(new RegExp(`^  PPROTECT_${name}( |$)`, "m"));
		}
	});

	test("exit-codes tells every exit code", async () => {
		const text = await help("help", "exit-codes");
		for (const code of [0, 1, 2, 70, 126, 127, 128, 129, 130, 131, 143]) {
			expect(text).toMatch(new RegExp(`^  ${code} `, "m"));
		}
	});

	test("what there is no help about is an error", async () => {
		const { stderr } = await pprotect(["help", "environmnet"], { cwd, exitCode: 1 });
		expect(stderr).toContain("did you mean: pprotect help environment");
	});
});

describe("options", () => {
	const shared = ["--file=x.yaml", "-f x.yaml", "--confirm", "--yes", "--quiet"];
	const credentials = [
		"--non-interactive",
		"--ignore-env",
		"--user=a",
		"-u a",
		"--passphrase-file=p",
		"--env-prefix=P",
	];
	const everywhere = [...shared, ...credentials];
	test.each([
		["init", ["--key-type=fast"]],
		["add-key-custodian", ["--key-type=raw", "--kdf=scrypt", "--save-passphrase=x"]],
		["set-key-custodian-passphrase", ["--key-type=hard", "--new-passphrase-file=p"]],
		["rekey-custodian", ["--key-type=fast", "--new-passphrase-file=p", "--kdf=argon2id"]],
		["decrypt-domain", ["--output-format=env", "--secret=s", "--domain=d"]],
		["exec", ["--domain=d", "--prefix=P", "--uppercase", "--no-passthrough"]],
		["add-secret", ["--domain=d", "--value-file=v"]],
		["update-secret", ["--domain=d", "--value-file=-"]],
		["rm-secret", ["--domain=d"]],
		["list-domain-secrets", ["--domain=d"]],
		["add-domain", ["--domain=d"]],
		["rm-domain", ["--domain=d"]],
		["add-owner", ["--domain=d"]],
		["rm-owner", ["--domain=d"]],
		["rotate-domain-keys", ["--domain=d"]],
		["migrate-owner", []],
		["list-domains", []],
		["list-all-secrets", []],
		["list-user-secrets", []],
		["list-audit-log", []],
		["version", []],
	] as const)("%s takes its own and the shared ones", async (name, own) => {
		const text = await help(name, "--help");
		const shown = text.includes("\nCredentials:") ? credentials : [];
		for (const option of [...shared, ...shown, ...own]) {
			const [spelling = ""] = option.split(/[= ]/);
			expect(text).toMatch(new RegExp(`^  (-., )?${spelling}[ ,]`, "m"));
		}
		// Not a word of usage: that the file is missing is found out after.
		const tail = name === "exec" ? ["--", "true"] : [];
		// Each option once in a line, since twice is an error; each line alone would take a minute.
		const long = [...everywhere, ...own].filter((option) => option.startsWith("--"));
		const short = everywhere.filter((option) => !option.startsWith("--"));
		const spellings = [
			long,
			long.flatMap((option) => option.split("=")),
			short.flatMap((option) => option.split(" ")),
		];
		for (const args of spellings.flatMap((flags) => [
			[...flags, name, ...tail],
			[name, ...flags, ...tail],
		])) {
			const { stderr, exitCode } = Bun.spawnSync([PPROTECT, ...args], { cwd, env: {} });
			const words = stderr.toString();
			expect(words).not.toMatch(USAGE_ERROR);
			if (name === "version") expect({ exitCode, words }).toEqual({ exitCode: 0, words: "" });
			else expect(words).toMatch(/not found|contradict|leave|exist|needs|is for a|is given|ended/);
		}
	});
});

describe("width", () => {
	test.each([80, 200])("lines are broken between words at %d columns", async (columns) => {
		const env = { PATH: process.env.PATH, TERM: "dumb" };
		for (const args of [
			["help", "commands"],
			["exec", "--help"],
		]) {
			const { output } = await runInTerminal([PPROTECT, ...args], {
				cwd,
				env,
				size: [columns, 50],
			});
			const lines = output.split("\r\n").filter((line) => !line.includes("pprotect "));
			for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
			expect(lines.some((line) => line.length > 80)).toBe(columns > 80);
		}
	});

	test("an error and its hint are broken between words, and a command stays in one piece", async () => {
		const env = { PATH: process.env.PATH, TERM: "xterm" };
		const args = ["add-secret", "prod", "a", "b", "c"];
		const { output } = await runInTerminal([PPROTECT, ...args], { cwd, env, size: [50, 24] });
		const plain = Bun.stripANSI(output);
		expect(plain).toStartWith("pprotect: error: add-secret has too many arguments");
		expect(plain.replaceAll(/\s+/g, " ")).toContain(
			"use --value-file PATH, or - for standard input",
		);
		for (const line of plain.split("\r\n")) expect(line.length).toBeLessThanOrEqual(50);
		expect(output).toContain("\u001b[");
	});
});

describe("colour", () => {
	const env = { PATH: process.env.PATH, TERM: "xterm" };
	test.each([
		{ what: "on a terminal", env, isColoured: true },
		{ what: "not with NO_COLOR", env: { ...env, NO_COLOR: "1" }, isColoured: false },
		{ what: "with an empty NO_COLOR", env: { ...env, NO_COLOR: "" }, isColoured: true },
	])("$what", async ({ env: variables, isColoured }) => {
		for (const args of [[], ["exec", "--help"]]) {
			const { output } = await runInTerminal([PPROTECT, ...args], { cwd, env: variables });
			expect(output.includes("\u001b[1m")).toBe(isColoured);
		}
	});

	test("never in a pipe", async () => {
		const forced = { FORCE_COLOR: "1", CLICOLOR_FORCE: "1", TERM: "xterm" };
		const { stdout } = await pprotect(["--help"], { cwd, env: forced });
		expect(stdout).not.toContain("\u001b");
	});
});
