/** A project with a .env moves in, as docs/moving-from-env.md says. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import dotenv from "dotenv";
import { ROOT } from "../../scripts/compile.ts";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { editedIn, editorScript, writtenPaths } from "../support/editors.ts";
import { lackOfInjection, testUnless } from "../support/fault.ts";
import { blocksOf } from "../support/markdown.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const PAGE = readFileSync(join(ROOT, "docs/moving-from-env.md"), "utf8");

/** A .env of 50 values, in all styles; the values are told apart from everything else. */
function fiftyValues(): string {
	const styles = [
		(value: string) => value,
		(value: string) => `'${value} # "x"'`,
		(value: string) => `"${value}\\nsecond line"`,
		(value: string) => `"${value}\nsecond line\n"`,
		(value: string) => `${value} with blanks   # and a comment`,
	];
	const lines = Array.from({ length: 50 }, (_, index) => {
		const style = styles[index % styles.length] ?? String;
		return `${index % 3 === 0 ? "export " : ""}NAME_${index}=${style(`plain-text-${index}`)}`;
	});
	return `# the project's settings\n\n${lines.join("\n")}\n`;
}

/** All that is in the files below a folder. */
function contentsOf(folder: string): string {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	return files
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
		.join("\0");
}

testUnless(lackOfInjection())(
	"50 values: moved and edited in two commands, run with the same environment, none on the disk",
	async () => {
		const { cwd, alice } = await createTeam();
		const home = scratchFolder();
		const text = fiftyValues();
		writeFileSync(join(cwd, ".env"), text);
		const editor = editorScript(cwd, `sed -i 's/^NAME_5:.*/NAME_5: plain-text-new/' "$1"`);
		// It keeps what it was shown, which here would be plaintext on the disk.
		writeFileSync(editor, readFileSync(editor, "utf8").replace(/^cat .*$/m, ""));
		const traced = (log: string, ...args: readonly string[]) => {
			const strace = ["strace", "-f", "-qq", "-o", join(home, log), "-e", "trace=%file"];
			const env = { ...process.env, ...alice.env, HOME: home, EDITOR: editor };
			const run = Bun.spawnSync([...strace, PPROTECT, ...args], { cwd, env });
			expect({ exitCode: run.exitCode, stderr: run.stderr.toString() }).toEqual({
				exitCode: 0,
				stderr: "",
			});
			const stdout = run.stdout.toString();
			expect(stdout).not.toContain("plain-text");
			return stdout;
		};
		expect(traced("import.log", "import", "prod", ".env")).toEndWith("prod: 50 added\n");
		expect(traced("edit.log", "edit", "prod")).toBe("updated NAME_5\nprod: 1 updated\n");

		rmSync(join(cwd, ".env"));
		expect(contentsOf(cwd).replace(readFileSync(editor, "latin1"), "")).not.toContain("plain-text");
		const logs = ["import.log", "edit.log"].map((log) => readFileSync(join(home, log), "utf8"));
		const inMemory = editedIn(cwd);
		const own = [inMemory, join(cwd, "protected.yaml"), join(cwd, ".protected.yaml.pprotect-")];
		// Of the script itself.
		own.push("rounds", "edited-in", "/dev/tty", "/dev/null");
		const elsewhere = logs
			.flatMap(writtenPaths)
			.filter((path) => !own.some((start) => path.startsWith(start)));
		expect(elsewhere).toEqual([]);

		const app = ["exec", "--domain", "prod", "--no-passthrough", "--", "/usr/bin/env", "-0"];
		const { stdout } = await pprotect(app, { cwd, env: alice.env });
		const variables = stdout.split("\0").filter((entry) => entry.startsWith("NAME_"));
		const environment = Object.fromEntries(
			variables.map((entry) => [entry.split("=", 1)[0], entry.slice(entry.indexOf("=") + 1)]),
		);
		expect(environment).toEqual({ ...dotenv.parse(text), NAME_5: "plain-text-new" });
	},
);

test("the page's command lines run, one block after the other", async () => {
	const { cwd, alice } = await createTeam();
	const bin = scratchFolder();
	symlinkSync(PPROTECT, join(bin, "pprotect"));
	writeFileSync(join(cwd, ".env"), "API_KEY=k-5432\nDATABASE_URL=postgres://app:hunter2@db/app\n");
	writeFileSync(join(cwd, "app"), "#!/bin/sh\necho API_KEY=$API_KEY\n", { mode: 0o755 });
	const blocks = blocksOf(PAGE).filter(({ info }) => info === "sh");
	expect(blocks.length).toBeGreaterThan(5);
	const output = blocks.map(({ line, code }) => {
		const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-eu", "-c", code], {
			cwd,
			env: {
				...alice.env,
				PATH: [bin, process.env.PATH].join(delimiter),
				EDITOR: editorScript(cwd, `sed -i 's/k-5432/k-5433/' "$1"`),
			},
		});
		const run = { line, exitCode, stderr: stderr.toString() };
		expect(run).toEqual({ line, exitCode: 0, stderr: "" });
		return stdout.toString();
	});
	expect(output.join("")).toContain("API_KEY=k-5433\n");
	expect(statSync(join(cwd, "protected.yaml")).isFile()).toBe(true);
});

test("the commands and options that it names are there", async () => {
	const definitions = await commandDefinitions(COMMANDS);
	const commands = new Set(definitions.map(({ name }) => name));
	const named = [...PAGE.matchAll(/\bpprotect ([a-z-]+)/g)].map(([, name = ""]) => name);
	expect(named.filter((name) => !commands.has(name))).toEqual([]);
	const options = new Set(
		definitions.flatMap((known) => known.options.flatMap(({ names }) => names)),
	);
	const foreign = ["--json", "--env-file", "--wait"];
	const used = [...PAGE.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
	expect(used.filter((option) => !options.has(option) && !foreign.includes(option))).toEqual([]);
});
