/** The user's editor, started so that it leaves no copy of what it shows. */
import { realpathSync } from "node:fs";
import { ProtectError } from "../../errors.ts";
import type { Environment } from "../credentials.ts";
import { osErrorText } from "../os-error.ts";
import { findProgram, programEnvironment, type Search } from "../programs.ts";
import type { SignalGuard } from "../signals/guard.ts";
import {
	editorName,
	keepsCopies,
	mayReturnEarly,
	optionsOfEditor,
	waitOption,
} from "./known-editors.ts";
import { shellWords } from "./shell-words.ts";
import { windowsWords } from "./windows-words.ts";

export interface Editor {
	/** As the user calls it. */
	readonly name: string;
	/** What is run, but for the file and the options before it. */
	readonly argv: readonly string[];
	/** The name of the program's own file, once all links to it are followed. */
	readonly program: string;
}

/** What a system without a word from the user offers. */
const USUAL_EDITORS = process.platform === "win32" ? ["notepad"] : ["editor", "vi", "nano"];

/**
 * The editor of VISUAL or EDITOR, which may have arguments; else the platform's usual one.
 *
 * @param without a folder in which no editor is looked for, as in the current one.
 * @throws ProtectError where there is none.
 */
export function findEditor(environment: Environment, without: string): Editor {
	const search = { environment, without: [without] };
	const line = environment.VISUAL?.trim() || environment.EDITOR?.trim();
	const name = line || USUAL_EDITORS.find((editor) => findProgram(editor, search) !== undefined);
	if (name === undefined) {
		throw new ProtectError("there is no editor", "name one in the environment variable VISUAL");
	}
	const words =
		process.platform === "win32"
			? windowsWords(name, (word) => findProgram(word, search) !== undefined)
			: shellWords(name);
	const [command = ""] = words ?? programWords(name);
	const file = findProgram(command, search);
	const program = file === undefined ? editorName(command) : programOf(file);
	// What takes a shell gets one, with the options and the file as its arguments.
	if (!words) return { name, argv: ["/bin/sh", "-c", `${name} "$@"`, name], program };
	if (file === undefined) throw cannotRun(name, "it is not found");
	return { name, argv: [file, ...words.slice(1)], program };
}

/** Roughly the program that a line for a shell runs: a wrong guess only loses the editor's options. */
function programWords(line: string): string[] {
	const words = line.trim().split(/\s+/);
	return words.filter((word) => !word.includes("=") && word !== "exec" && word !== "env");
}

function programOf(file: string): string {
	const program = editorName(realpathSync(file));
	const isVi = /^(?:vi|view|ex)$/.test(program);
	return isVi && !isVim(file) ? "another vi" : program;
}

/** A file of the name `vi` may be any of its kind, most of which know other options. */
function isVim(path: string): boolean {
	const { stdout } = Bun.spawnSync([path, "--version"], {
		stdin: "ignore",
		stdout: "pipe",
		stderr: "ignore",
		timeout: 1000,
	});
	return stdout.toString().startsWith("VIM - ");
}

/** Whether the editor is known to keep copies of what it opens, whatever it is told. */
export function editorKeepsCopies({ program }: Editor): boolean {
	return keepsCopies(program);
}

/** Whether the editor may return at once, while the user still edits. */
export function editorMayReturnEarly({ program }: Editor): boolean {
	return mayReturnEarly(program);
}

export interface EditRequest {
	readonly file: string;
	/** Where to put the cursor, from 1. */
	readonly line: number;
	/** What the editor gets of it, and which folders are none of its programs'. */
	readonly search: Search;
	/** For what it, or a program that it runs, puts into temporary files. */
	readonly temporaryFolder: string;
}

/**
 * Lets the user edit a file, and waits for that.
 *
 * @throws ProtectError where the editor cannot be run or does not end well; what `guard` throws.
 */
export async function runEditor(
	{ name, argv, program }: Editor,
	{ file, line, search, temporaryFolder }: EditRequest,
	guard: SignalGuard,
): Promise<void> {
	const wait = waitOption(program, name.split(/\s+/));
	const options = wait === undefined ? (optionsOfEditor(program, line) ?? []) : [wait];
	const temporary = { TMPDIR: temporaryFolder, TMP: temporaryFolder, TEMP: temporaryFolder };
	let child: Bun.Subprocess;
	try {
		child = Bun.spawn([...argv, ...options, file], {
			env: { ...programEnvironment(search), ...temporary },
			stdio: ["inherit", "inherit", "inherit"],
		});
	} catch (error) {
		throw cannotRun(name, osErrorText(error), error);
	}
	await guard.waitFor(child);
	await guard.check();
	if (child.exitCode === 0) return;
	const how =
		child.signalCode === null ? `with exit code ${child.exitCode}` : `by ${child.signalCode}`;
	throw new ProtectError(`the editor ended ${how}; nothing was written`);
}

function cannotRun(name: string, why: string, cause?: unknown): ProtectError {
	return new ProtectError(`cannot run the editor ${JSON.stringify(name)}: ${why}`, {
		hint: "name another in the environment variable VISUAL",
		cause,
	});
}
