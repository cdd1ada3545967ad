/** What is otherwise on Windows: programs, exit codes, quotes, the editor, files that are open. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Step } from "./scenario.ts";

const ALICE = "alice@example.com";
/** A planted program that leaves a mark where it is run. */
const MARK = "@echo ran>MARK\r\n";
const AS_ALICE = `--user ${ALICE} --passphrase-file key`;

type Run = (machine: Machine, step: Step) => Promise<void>;

/** Goes on where the scenario of all systems ends. @throws Error that says what went another way. */
export async function tryWindows(machine: Machine, run: Run): Promise<void> {
	plant(machine);
	for (const step of steps()) await run(machine, step);
	await writeAtOnce(machine, run);
	await nameAgain(machine, run);
	await writeWhileOpen(machine, run);
	if (existsSync(join(machine.cwd, "MARK"))) throw new Error("a program in the folder was run");
}

/** Fills the folder with programs of names that pprotect starts; the last would be no shell. */
function plant({ argv, cwd }: Machine): void {
	for (const name of ["git", "notepad", "vi", "nano"]) {
		writeFileSync(join(cwd, `${name}.cmd`), MARK);
	}
	const program = argv.at(-1) ?? "";
	for (const name of ["pprotect.exe", "cmd.exe"]) {
		const path = join(cwd, name);
		if (path !== program) copyFileSync(program, path);
	}
	mkdirSync(join(cwd, "two words"));
	copyFileSync(join(cwd, "key"), join(cwd, "two words", "my key"));
	writeFileSync(join(cwd, "editor.cmd"), "@echo edited: value>>%1\r\n");
	// What calls pprotect sees all 32 bits.
	const exec = `.\\pprotect.exe exec ${AS_ALICE} --domain prod -- cmd /c exit 256`;
	const lines = ["@echo off", exec, "if %errorlevel%==256 echo whole", "exit /b 0"];
	writeFileSync(join(cwd, "exit.cmd"), `${lines.join("\r\n")}\r\n`);
}

function steps(): Step[] {
	const command = (line: string) => ["list-user-secrets", "--passphrase-command", line];
	return [
		{ args: ["exec", "--domain", "prod", "--", "cmd", "/c", ".\\exit.cmd"], stdout: "whole\n" },
		{ args: command('type "two words\\my key"'), passphrase: "", stdout: /^prod: / },
		{
			args: command("exit 256"),
			stderr: "pprotect: error: the passphrase command failed with exit code 256\n",
			exitCode: 1,
		},
		{
			args: ["list-user-secrets", "--passphrase-fd", "3"],
			passphrase: "",
			stderr: /^pprotect: error: cannot read file descriptor 3: on Windows, /,
			exitCode: 1,
		},
		{ args: ["decrypt-domain", "prod", "--output", "values.json"] },
		{ args: ["decrypt-domain", "prod", "--output", "values.json"] },
		{
			args: ["decrypt-domain", "prod", "--output", "NUL"],
			stderr: /^pprotect: error: NUL is /,
			exitCode: 1,
		},
		{ args: ["diff"], stderr: /pprotect: /, exitCode: 1 },
		{
			args: ["edit", "prod", "--temp-dir", "."],
			env: { VISUAL: "cmd /c .\\editor.cmd" },
			stdout: "added edited\nprod: 1 added\n",
			stderr: /^pprotect: warning: \. may be on a disk/,
		},
		{
			args: ["exec", "--domain", "prod", "--only", "edited", "--", "cmd", "/c", "echo %EDITED%"],
			stdout: "value\n",
		},
	];
}

/** None of several writers at once is lost. */
async function writeAtOnce(machine: Machine, run: Run): Promise<void> {
	const names = ["one", "two", "three", "four"];
	const args = (name: string) => ["add-secret", "prod", name, "--value-file", "-"];
	await Promise.all(names.map((name) => run(machine, { args: args(name), input: name })));
	await run(machine, {
		args: ["list-domain-secrets", "prod"],
		stdout: /^edited\nfour\ngreeting\none\nthree\ntwo\nword\n$/,
	});
}

/** Of names that differ in case only, the later domain's counts; in one domain they are an error. */
async function nameAgain(machine: Machine, run: Run): Promise<void> {
	const add = (domain: string, name: string, input: string): Step => ({
		args: ["add-secret", domain, name, "--value-file", "-"],
		input,
		stderr: /^(pprotect: .*\n)*$/,
	});
	const exec = (...domains: string[]) => [
		"exec",
		...domains.flatMap((domain) => ["--domain", domain]),
		...["--", "cmd", "/c", "echo %DB_PASSWORD%"],
	];
	const steps: Step[] = [
		{ args: ["add-domain", "base"], stderr: /^(pprotect: .*\n)*$/ },
		add("base", "DB_PASSWORD", "early"),
		{ args: ["add-domain", "late"], stderr: /^(pprotect: .*\n)*$/ },
		add("late", "db_password", "late"),
		{ args: exec("base", "late"), stdout: "late\n" },
		{ args: exec("late", "base"), stdout: "early\n" },
		add("late", "DB_password", "other"),
		{ args: exec("late"), stderr: /^pprotect: error: /, exitCode: 1 },
		{ args: ["rm-domain", "base", "--yes"] },
		{ args: ["rm-domain", "late", "--yes"] },
	];
	for (const step of steps) await run(machine, step);
}

/** A file that another program has open for a moment is written once it has let go. */
async function writeWhileOpen(machine: Machine, run: Run): Promise<void> {
	const file = join(machine.cwd, "protected.yaml");
	const child = Bun.spawn([...(machine.holder ?? []), basename(file)], {
		cwd: machine.cwd,
		env: { ...process.env, ...machine.env },
		stdin: "ignore",
		stdout: "pipe",
		stderr: "ignore",
	});
	const { value } = await child.stdout.getReader().read();
	if (
		!Buffer.from(value ?? [])
			.toString()
			.startsWith("held")
	)
		throw new Error("no file is held");
	await run(machine, { args: ["rm-secret", "prod", "one"] });
	await child.exited;
	if (readFileSync(file, "utf8").includes("secret-one:")) throw new Error("nothing was written");
}
