/** Completion as the shells themselves do it: keys typed into a terminal, Tab among them. */
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam, type Team } from "../support/team.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** Names that a script which evaluates them would run. */
const TRAP = "trap $(touch pwned) `touch pwned`; touch pwned";

let team: Team;
let scripts: Record<Shell, string>;

beforeAll(async () => {
	team = await createTeam();
	const { cwd, alice } = team;
	await pprotect(["add-domain", TRAP], { cwd, env: alice.env });
	for (const name of ["db-password", "tls-cert"]) {
		const input = "a value that no completion shows";
		await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input });
	}
	await pprotect(["add-secret", "dev", "token", "--value-file", "-"], { cwd, input: "x" });
	mkdirSync(join(cwd, "other"));
	const other = ["--file", "other/file.yaml"];
	const rawKey = ["--key-type", "raw", "--save-passphrase", "other/key"];
	await pprotect(["init", "--user", "alice@example.com", ...other, ...rawKey], { cwd });
	await pprotect(["add-domain", "elsewhere", ...other], {
		cwd,
		env: { PPROTECT_USER: "alice@example.com", PPROTECT_PASSPHRASE_FILE: "other/key" },
	});
	mkdirSync(join(cwd, "bin"));
	symlinkSync(PPROTECT, join(cwd, "bin", "pprotect"));
	const script = async (shell: Shell) => (await pprotect(["completion", shell], { cwd })).stdout;
	scripts = { bash: await script("bash"), zsh: await script("zsh"), fish: await script("fish") };
});

/** A line as typed up to the Tab, and the word that its last one becomes. */
const CASES: readonly (readonly [typed: string, word: string])[] = [
	["pprotect add-sec", "add-secret"],
	["pprotect --file other/file.yaml rotate-", "rotate-domain-keys"],
	["pprotect --file=other/file.yaml list-dom", "list-domain"],
	["pprotect add-secret --value-f", "--value-file"],
	["pprotect exec --no-pass", "--no-passthrough"],
	["pprotect init --key-type ra", "raw"],
	["pprotect decrypt-domain prod --output-format s", "shell"],
	["pprotect completion z", "zsh"],
	["pprotect decrypt-domain pr", "prod"],
	["pprotect exec --domain d", "dev"],
	["pprotect exec --uppercase --domain=d", "--domain=dev"],
	["pprotect rm-secret prod t", "tls-cert"],
	["pprotect rm_secret prod t", "tls-cert"],
	["pprotect rm-secret --domain dev t", "token"],
	["pprotect decrypt-domain prod --secret d", "db-password"],
	["pprotect add-secret dev db", "db-password"],
	["pprotect --file other/file.yaml decrypt-domain e", "elsewhere"],
	["pprotect decrypt-domain --file other/file.yaml e", "elsewhere"],
	["bin/pprotect decrypt-domain pr", "prod"],
	["pprotect decrypt-domain nothing-like-t", "nothing-like-t"],
	["pprotect exec --domain prod -- basena", "basename"],
	["pprotect exec prod -- basena", "basename"],
	["pprotect exec pr", "prod"],
	["pprotect exec -d d", "dev"],
	["pprotect rm-secret -d dev t", "token"],
	["pprotect -f other/file.yaml decrypt-domain e", "elsewhere"],
	["pprotect offboard bo", "bob@example.com"],
	["pprotect add-owner dev bo", "bob@example.com"],
	["pprotect add-owner -d dev bo", "bob@example.com"],
	["pprotect decrypt-domain prod --user al", "alice@example.com"],
	["pprotect add-owner dev x --accept-key bo", "bob@example.com"],
	["pprotect decrypt-domain --passphrase-file other/k", "other/key"],
];

for (const shell of SHELLS) {
	const isThere = Bun.which(shell) !== null;
	describe.skipIf(!isThere)(`${shell}${isThere ? "" : " (which is not installed)"}`, () => {
		test("completes commands, options, choices, domains, secrets, files and programs", async () => {
			const lines = await complete(
				shell,
				CASES.map(([typed]) => typed),
				team.cwd,
			);
			expect(lines).toEqual(CASES.map(([typed, word]) => withLastWord(typed, word)));
		}, 30_000);

		test("inserts a name so that the shell does not run it", async () => {
			const [line = ""] = await complete(shell, ["pprotect decrypt-domain trap"], team.cwd);
			const words = Bun.spawnSync([shell, "-c", `printf '%s\\n' ${line}`], { cwd: team.cwd });
			expect(words.stdout.toString()).toBe(`pprotect\ndecrypt-domain\n${TRAP}\n`);
			expect(existsSync(join(team.cwd, "pwned"))).toBe(false);
		}, 30_000);

		test("says and offers nothing where there is no file, or a damaged one", async () => {
			const cwd = scratchFolder();
			mkdirSync(join(cwd, "bin"));
			symlinkSync(PPROTECT, join(cwd, "bin", "pprotect"));
			const typed = ["pprotect decrypt-domain p", "pprotect rm-secret prod t"];
			const isEmpty = await complete(shell, typed, cwd);
			writeFileSync(join(cwd, "protected.yaml"), "prod: {{{\n");
			const isDamaged = await complete(shell, typed, cwd);
			rmSync(cwd, { recursive: true });
			expect([...isEmpty, ...isDamaged]).toEqual([...typed, ...typed]);
		}, 30_000);
	});
}

describe("the script for PowerShell", () => {
	let script: string;
	beforeAll(async () => {
		script = (await pprotect(["completion", "powershell"], { cwd: team.cwd })).stdout;
	});

	test("knows every command, and the options and positionals of each", () => {
		const row = (name: string) => lineWith(`\t\t'${name}' { `);
		expect(row("exec")).toContain("$positionals = @('domain')");
		expect(row("exec")).toContain("$takesProgram = $true");
		expect(row("exec")).toContain("'--as-file', ");
		expect(row("add-owner")).toContain("$positionals = @('domain', 'person')");
		expect(row("add-owner")).not.toContain("$takesProgram");
		expect(lineWith("'--output-format' { return ")).toMatch(/ shell .* powershell/);
		expect(lineWith("'-f' { return ")).toEndWith("'file' }");
		expect(lineWith("New-Offer 'add-secret' Command ")).toMatch(/'[^']+'$/);
	});

	test("leaves no text and no bracket open, so that words of help are never code", () => {
		// As about_Quoting_Rules has it: a quote within a text is doubled, typographic ones too.
		const code = script.replace(/^\s*#.*$/gm, "").replace(/'(?:[^'\u2018-\u201b]|'')*'/g, "''");
		expect(code).not.toMatch(/[\u2018-\u201b@]{2}|@[A-Z]+@/);
		for (const pair of ["()", "{}", "[]"]) {
			const [open = "", close = ""] = pair;
			expect([pair, code.split(open).length]).toEqual([pair, code.split(close).length]);
		}
	});

	function lineWith(start: string): string {
		return (
			script
				.split("\n")
				.find((line) => line.includes(start))
				?.trimEnd() ?? ""
		);
	}
});

const POWERSHELL = Bun.which("pwsh");
test.skipIf(POWERSHELL === null)(
	`PowerShell completes what the other shells do${POWERSHELL ? "" : " (there is no PowerShell here)"}`,
	async () => {
		const { cwd } = team;
		const { stdout } = await pprotect(["completion", "powershell"], { cwd });
		writeFileSync(join(cwd, "completion.ps1"), stdout);
		const cases = CASES.filter(([typed]) => !typed.endsWith("other/k"));
		writeFileSync(join(cwd, "lines"), cases.map(([typed]) => typed).join("\n"));
		const code = `. ./completion.ps1
			foreach ($line in Get-Content lines) {
				$found = TabExpansion2 -inputScript $line -cursorColumn $line.Length
				"$line\t" + ($found.CompletionMatches.CompletionText -join "\t")
			}`;
		const shell = Bun.spawnSync([POWERSHELL ?? "", "-NoProfile", "-Command", code], {
			cwd,
			env: environment(cwd),
		});
		const lines = shell.stdout.toString().trimEnd().split(/\r?\n/);
		const completed = lines.map((line) => {
			const [typed = "", ...words] = line.split("\t").filter(Boolean);
			return words.length === 0 ? typed : withLastWord(typed, commonStart(words));
		});
		expect(completed).toEqual(cases.map(([typed, word]) => withLastWord(typed, word)));
	},
	60_000,
);

test("completion needs the name of a shell that it knows", async () => {
	const { cwd } = team;
	const none = await pprotect(["completion"], { cwd, exitCode: 1 });
	expect(none.stderr).toMatch(/no shell is given/);
	const unknown = await pprotect(["completion", "tcsh"], { cwd, exitCode: 1 });
	expect(unknown.stderr).toMatch(/must be one of: bash, zsh, fish, powershell/);
});

function withLastWord(typed: string, word: string): string {
	return `${typed.slice(0, typed.lastIndexOf(" ") + 1)}${word}`;
}

/** What each line becomes when Tab is typed after it, without the blank or `=` that ends it. */
async function complete(shell: Shell, typed: readonly string[], cwd: string): Promise<string[]> {
	if (shell === "fish") return typed.map((line) => completeInFish(line, cwd));
	const script = join(cwd, `completion.${shell}`);
	writeFileSync(script, scripts[shell]);
	const [clearLine, tab, showLine] = ["\u0015", "\t", "\u0014"];
	const { output } = await runInTerminal(SESSIONS[shell], {
		cwd,
		env: environment(cwd),
		size: [400, 50],
		timeoutMilliseconds: 20_000,
		steps: [
			{ expect: "$ ", send: `${SETUPS[shell]}\r` },
			...typed.map((line) => ({
				expect: "ready> ",
				send: `${clearLine}${line}${tab}${showLine}`,
			})),
			{ expect: "ready> ", send: `${clearLine}exit\r` },
		],
	});
	return [...output.matchAll(/>>>LINE ([^%$].*?)[ =]?<<</g)].map(([, line = ""]) => line);
}

const SESSIONS = {
	bash: ["bash", "--norc", "--noprofile", "-i"],
	zsh: ["zsh", "-f", "-i"],
} as const;

/** Ctrl-T prints the line as it stands. */
const SETUPS = {
	bash: `show() { printf '>>>LINE %s<<<\\n' "$READLINE_LINE"; }; bind -x '"\\C-t": show'; source completion.bash; PS1='re''ady> '`,
	zsh: `show() { zle -I; print -r -- ">>>LINE $BUFFER<<<"; }; zle -N show; bindkey '^T' show; autoload -Uz compinit; compinit -u -D; source completion.zsh; PS1='re''ady> '`,
} as const;

function completeInFish(line: string, cwd: string): string {
	writeFileSync(join(cwd, "completion.fish"), scripts.fish);
	const code = "source completion.fish; complete --escape -C $argv[1]";
	const fish = Bun.spawnSync(["fish", "--no-config", "-c", code, line], {
		cwd,
		env: environment(cwd),
	});
	expect(fish.stderr.toString()).toBe("");
	const candidates = fish.stdout.toString().split("\n").filter(Boolean);
	const words = candidates.map((candidate) => candidate.split("\t", 1)[0] ?? "");
	return words.length === 0 ? line : withLastWord(line, commonStart(words));
}

function commonStart(words: readonly string[]): string {
	const [first = "", ...others] = words;
	const ends = [...first].findIndex((_, index) =>
		others.some((word) => !word.startsWith(first.slice(0, index + 1))),
	);
	return ends === -1 ? first : first.slice(0, ends);
}

function environment(cwd: string): Record<string, string> {
	const path = `${join(cwd, "bin")}:${process.env.PATH}`;
	return { PATH: path, HOME: cwd, TERM: "dumb", LANG: "C.UTF-8", PS1: "$ " };
}
