import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/commands/registry.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";

setDefaultTimeout(30_000);

/** Those of the Python tool, by category. There may be more. */
const EXPECTED = {
	Access: ["init", "add-key-custodian", "set-key-custodian-passphrase", "rekey-custodian"],
	Domains: [
		"add-domain",
		"list-domains",
		"add-owner",
		"rm-owner",
		"migrate-owner",
		"rotate-domain-keys",
		"rm-domain",
	],
	Secrets: ["add-secret", "update-secret", "rm-secret"],
	Reading: [
		"exec",
		"decrypt-domain",
		"list-domain-secrets",
		"list-all-secrets",
		"list-user-secrets",
		"list-audit-log",
		"version",
	],
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
	test("groups all commands as Access, Domains, Secrets, Reading, in this order", async () => {
		const text = await help();
		const titles = [...text.matchAll(/^([A-Z]\w+):$/gm)].map(([, title]) => title);
		expect(titles.slice(0, 5)).toEqual(["Usage", "Access", "Domains", "Secrets", "Reading"]);
		for (const [title, names] of Object.entries(EXPECTED)) {
			const listed = section(text, title).map((line) => line.trim().split(/\s+/)[0] ?? "");
			expect(listed).toEqual(expect.arrayContaining(names));
		}
		for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
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
		expect(text).toMatch(/^ {2}--file PATH +\S/m);
		expect(text).toMatch(/^ {2}-u, --user EMAIL +\S/m);
		expect(text).not.toMatch(/#\d|undefined|\$0/);
		expect(section(text, "Examples").length).toBeGreaterThanOrEqual(2);
		expect(await help("--help", name.replaceAll("-", "_"))).toBe(text);
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
				expect(stderr.toString(), example).toMatch(/not found: protected\.yaml|ended|pass\.txt/);
			}
			expect(existsSync(join(empty, "protected.yaml"))).toBe(false);
		}
	});

	test("shows how exec is called", async () => {
		expect(section(await help("exec", "--help"), "Usage")).toEqual([
			"  pprotect exec [OPTIONS] -- COMMAND [ARGUMENTS]",
		]);
		expect(section(await help("add-secret", "--help"), "Usage")).toEqual([
			"  pprotect add-secret [OPTIONS] [DOMAIN] [NAME]",
		]);
	});
});

describe("options", () => {
	const everywhere = [
		"--file=x.yaml",
		"--confirm",
		"--non-interactive",
		"--ignore-env",
		"--user=a",
		"-u a",
		"--passphrase-file=p",
		"--env-prefix=P",
		"--yes",
	];
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
		for (const option of [...everywhere, ...own]) {
			const [spelling = ""] = option.split(/[= ]/);
			expect(text).toMatch(new RegExp(`^  (-., )?${spelling}[ ,]`, "m"));
		}
		// Not a word of usage: that the file is missing is found out after.
		const tail = name === "exec" ? ["--", "true"] : [];
		const runs = [...everywhere, ...own].flatMap((option) => {
			const words = option.split(" ");
			const spaced = option.includes("=") ? [option.split("=")] : [];
			return [words, ...spaced].flatMap((flag) => [
				[...flag, name],
				[name, ...flag],
			]);
		});
		// All at once, before the command and after; each alone would take a minute.
		const before = runs
			.filter((words) => words.at(-1) === name)
			.flatMap((words) => words.slice(0, -1));
		const after = runs.filter((words) => words[0] === name).flatMap((words) => words.slice(1));
		for (const args of [
			[...before, name, ...tail],
			[name, ...after, ...tail],
		]) {
			const isVersion = name === "version";
			const { stderr } = await pprotect(args, { cwd, exitCode: isVersion ? 0 : 2 });
			if (!isVersion) expect(stderr).toMatch(/not found|contradict|leave|needs no|is for a/);
		}
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
