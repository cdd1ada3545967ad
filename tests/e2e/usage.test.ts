/** Command lines: what is accepted, and what is said of those that are not. */
import { describe, expect, test } from "bun:test";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { createTeam } from "../support/team.ts";

const errorOf = async (args: readonly string[]) => {
	const { cwd } = await createTeam();
	return (await pprotect(args, { cwd, exitCode: 1 })).stderr;
};

describe("what is misspelt gets a hint", () => {
	test.each([
		[["lst-domains"], 'unknown command "lst-domains"', "did you mean: pprotect list-domains"],
		[["add_sercet", "prod"], 'unknown command "add_sercet"', "did you mean: pprotect add-secret"],
		[
			["--file", "x", "decrypt"],
			'unknown command "decrypt"',
			"did you mean: pprotect get, or pprotect decrypt-domain",
		],
		[["exce", "--", "ls"], 'unknown command "exce"', "did you mean: pprotect exec"],
		[["nonsense"], 'unknown command "nonsense"', "for a list: pprotect help commands"],
		[["list-domains", "--fiel", "x"], "list-domains has no option --fiel", "did you mean: --file"],
		[["--usr=x", "list-domains"], "list-domains has no option --usr", "did you mean: --user"],
		[
			["decrypt-domain", "prod", "--format", "env"],
			"decrypt-domain has no option --format",
			"for its options: pprotect decrypt-domain --help",
		],
		[
			["decrypt-domain", "prod", "--output-fmt", "env"],
			"decrypt-domain has no option --output-fmt",
			"did you mean: --output-format",
		],
		[["list-domains", "-z"], "list-domains has no option -z", "pprotect list-domains --help"],
	])("%p", async (args, words, hint) => {
		const stderr = await errorOf(args);
		expect(stderr).toContain(`pprotect: error: ${words}\n`);
		expect(stderr).toContain(hint);
	});
});

describe("what is missing or too much is said", () => {
	test.each([
		[["--file"], "--file needs a value"],
		[["--user", "init"], "no command is given"],
		[["list-domains", "--file"], "--file needs a value"],
		[["list-domains", "--file", "--confirm"], "for one that begins with a hyphen: --file=VALUE"],
		[["decrypt-domain", "prod", "--secret"], "--secret needs a value"],
		[["list-domains", "--confirm=yes"], "--confirm takes no value"],
		[["list-domains", "prod"], "list-domains has too many arguments"],
		[["list-domains", "--", "prod"], "list-domains has too many arguments"],
		[["add-domain", "a", "b"], "add-domain has too many arguments"],
		[["rm-owner", "a", "b", "c"], "rm-owner has too many arguments"],
		[["exec", "--", "true"], "exec needs a domain"],
		[["exec", "--domain", "prod"], "exec needs a command after --"],
		[["exec", "--domain", "prod", "--"], "exec needs a command after --"],
		[["exec", "--domain", "prod", "ls"], "pprotect exec --domain prod -- ls"],
		[["exec", "--domain", "ls", "ls", "-la"], "pprotect exec --domain ls -- ls …"],
		[["exec", "prod", "ls", "-la"], "pprotect exec prod -- ls …"],
		[["exec", "a;b", "ls"], "pprotect exec --domain DOMAIN -- ./app"],
	])("%p", async (args, words) => {
		expect(await errorOf(args)).toContain(words);
	});
});

test("an option that is given twice is an error, unless it may be repeated", async () => {
	const { cwd, alice } = await createTeam();
	for (const args of [
		["check", "--file", "protected.yaml", "--file", "other.yaml"],
		["check", "--file=protected.yaml", "--file=protected.yaml"],
		["list-domains", "-u", "a", "--user", "b"],
		["decrypt-domain", "prod", "--secret", "a", "--secret", "b"],
		["import", "prod", ".env", "--dry_run", "--dry-run"],
	]) {
		const { stderr } = await pprotect(args, { cwd, exitCode: 2 });
		expect(stderr).toContain(" is given twice\n");
	}
	const twice = ["decrypt-domain", "--domain", "prod", "--domain", "dev"];
	await pprotect(twice, { cwd, env: alice.env });
	await pprotect(["add-secret", "prod", "--", "file", "--file"], { cwd, exitCode: 1 });
});

test("a name may be that of a command", async () => {
	const { cwd, alice } = await createTeam();
	const run = { cwd, env: alice.env };
	for (const domain of ["init", "version", "exec"]) {
		await pprotect(["add-domain", domain], run);
		await pprotect(["add-secret", domain, "version", "--value-file", "-"], { cwd, input: domain });
		const print = ["--", "sh", "-c", 'printf %s "$version"'];
		for (const args of [
			["exec", "--domain", domain, ...print],
			["--domain", domain, "exec", ...print],
			["decrypt-domain", "--secret", "version", domain, "--output-format=json"],
		]) {
			expect((await pprotect(args, run)).stdout).toContain(domain);
		}
	}
	await pprotect(["--user", "version", "list-domains"], { cwd });
	const help = await pprotect(["--domain", "init", "--help", "rm-domain"], { cwd });
	expect(help.stdout).toStartWith("pprotect rm-domain: ");
});

test("options may have underscores, as the commands may", async () => {
	const { cwd, alice } = await createTeam();
	const env = { A_B_USER: alice.user, A_B_PASSPHRASE: alice.passphrase };
	const args = ["decrypt_domain", "prod", "--output_format", "json", "--env_prefix=A_B"];
	await pprotect([...args, "--non_interactive"], { cwd, env });
});

test("after -- words are names, whatever they look like", async () => {
	const { cwd, alice } = await createTeam();
	await pprotect(["add-domain", "--", "--help"], { cwd, env: alice.env });
	expect((await pprotect(["list-domains"], { cwd })).stdout).toBe("--help\ndev\nprod\n");
	await pprotect(["rm-domain", "--domain=--help"], { cwd });
});

test("exec passes everything after the first -- on", async () => {
	const { cwd, alice } = await createTeam();
	const args = [
		"exec",
		"--domain",
		"prod",
		"--",
		"printf",
		"[%s]",
		"--help",
		"--",
		"-u",
		"",
		"a b",
	];
	const { stdout } = await pprotect(args, { cwd, env: alice.env });
	expect(stdout).toBe("[--help][--][-u][][a b]");
});

test("what a file or an argument holds cannot rewrite the terminal", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	for (const args of [
		["list-domains", "--file", "\u001b[2Jx"],
		["rm-domain", "\u001b[2J\u009b\u202e"],
		["\u001b[2J"],
		["--\u001b[2J", "list-domains"],
	]) {
		const { stderr } = await pprotect(args, { cwd, exitCode: args.includes("--file") ? 2 : 1 });
		expect(stderr).not.toMatch(/[^\n\P{Cc}]|\p{Bidi_Control}/u);
	}
	expect(stateOf(cwd)).toEqual(before);
});

test("PPROTECT_DEBUG shows where an error happened, and no more of it", async () => {
	const { cwd } = await createTeam();
	const env = { PPROTECT_DEBUG: "1", PPROTECT_USER: "x", PPROTECT_PASSPHRASE: "wrong-words" };
	const { stderr } = Bun.spawnSync([PPROTECT, "decrypt-domain", "prod"], { cwd, env });
	expect(stderr.toString()).toMatch(/^\s+at /m);
	expect(stderr.toString()).not.toContain("wrong-words");
});
