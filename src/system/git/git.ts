/** git, as a program: what it knows of a file, its configuration, and its merge of plain text. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { ProtectError } from "../../errors.ts";
import { osErrorCode } from "../os-error.ts";
import { findProgram, programEnvironment } from "../programs.ts";
import { followLinks } from "../store/follow-links.ts";

export interface GitResult {
	readonly exitCode: number;
	readonly stdout: Uint8Array;
	readonly stderr: string;
}

/**
 * A repository's own configuration may name programs: to watch its files, to fetch an object that
 * a partial clone lacks, to show text. None of them is to run.
 */
const SAFE_OPTIONS = [
	"--no-pager",
	"--no-optional-locks",
	// An object that stands for another is shown by nothing that people look at.
	"--no-replace-objects",
	...["-c", "core.fsmonitor=false"],
	// A folder of the work tree that looks like a repository has a configuration, too.
	...["-c", "safe.bareRepository=explicit"],
];

/**
 * Our environment for git and for whatever git runs: without credentials, whatever their prefix,
 * and so that git asks for nothing and fetches nothing. Versions of git that do not know
 * `GIT_NO_LAZY_FETCH` find no protocol that they may fetch with.
 */
function gitEnvironment(): Record<string, string | undefined> {
	const environment = { ...process.env };
	for (const name of Object.keys(environment)) {
		const prefix = /^(.*)_PASSPHRASE$/i.exec(name)?.[1];
		if (prefix !== undefined) {
			delete environment[name];
			delete environment[`${prefix}_USER`];
		}
		if (/^PPROTECT_/i.test(name)) delete environment[name];
	}
	return {
		...environment,
		GIT_NO_LAZY_FETCH: "1",
		GIT_ALLOW_PROTOCOL: "",
		GIT_TERMINAL_PROMPT: "0",
	};
}

/**
 * Runs git in the folder `cwd` to its end.
 *
 * @param without more folders, besides `cwd`, in which no git is looked for.
 * @param variables more of its environment.
 * @throws ProtectError where there is no git, or no such folder.
 */
export function runGit(
	cwd: string,
	args: readonly string[],
	input?: string,
	without: readonly string[] = [],
	variables: Readonly<Record<string, string>> = {},
): GitResult {
	const environment = { ...gitEnvironment(), ...variables };
	const search = { environment, without: [cwd, ...without] };
	const git = findProgram("git", search);
	if (git === undefined) {
		throw new ProtectError("cannot run git: no folder of PATH has it", {
			hint: "install git; one in the current folder, or beside the file, is never run",
		});
	}
	try {
		const { exitCode, stdout, stderr } = Bun.spawnSync([git, ...SAFE_OPTIONS, ...args], {
			cwd,
			env: programEnvironment(search),
			stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
			stdout: "pipe",
			stderr: "pipe",
		});
		return { exitCode, stdout, stderr: stderr.toString() };
	} catch (error) {
		if (osErrorCode(error) !== "ENOENT") throw error;
		throw new ProtectError(`cannot run git in ${cwd}`, {
			hint: "check that the folder exists",
			cause: error,
		});
	}
}

/** Git could not read what it should have, so that what was asked is not known. */
export class GitError extends ProtectError {
	override readonly name = "GitError";
	override readonly hint: string;
	/** Git's exit code. */
	readonly status: number;

	constructor(message: string, hint: string, status: number) {
		super(message, hint);
		this.hint = hint;
		this.status = status;
	}
}

/**
 * Runs git where only a whole answer will do: less than that would hide what an attacker did.
 *
 * @throws GitError where git fails; else as runGit does.
 */
export function gitAnswer(
	cwd: string,
	args: readonly string[],
	{
		input,
		variables,
	}: { readonly input?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): Uint8Array {
	const { exitCode, stdout, stderr } = runGit(cwd, args, input, [], variables);
	if (exitCode === 0) return stdout;
	throw new GitError(
		`Git cannot read what it has: ${wordsOf(stderr)}`,
		gitOutput(cwd, ["config", "--get-regexp", "^remote\\..*\\.promisor$"])
			? "get what the clone lacks: git fetch --refetch --no-filter (in a CI job, check out without a filter)"
			: "git fsck tells what is damaged; a new clone may have it",
		exitCode,
	);
}

/** Why git failed: what it says before that is not the reason. */
function wordsOf(stderr: string): string {
	const lines = stderr.split("\n").filter((line) => line !== "");
	const reason = lines.find((line) => line.startsWith("fatal: ")) ?? lines[0];
	return reason?.replace(/^fatal: /, "") ?? "it does not say why";
}

/** What git prints, without the newline at its end; undefined where it fails. */
export function gitOutput(
	cwd: string,
	args: readonly string[],
	without: readonly string[] = [],
): string | undefined {
	const { exitCode, stdout } = runGit(cwd, args, undefined, without);
	return exitCode === 0 ? textOf(stdout) : undefined;
}

/** Output without the newline at its end. */
export function textOf(output: Uint8Array): string {
	return new TextDecoder().decode(output).replace(/\r?\n$/, "");
}

/** Where a file lies in a git work tree. */
export interface TrackedPath {
	/** The folder at the top of the work tree, absolute. */
	readonly root: string;
	/** The file's path from there, with `/`. */
	readonly path: string;
	/** The path by which it is named, where that is a link to it. */
	readonly link?: string;
}

/**
 * Where the file at `path`, which need not exist, lies in a work tree; undefined outside of one.
 *
 * @throws as runGit does.
 */
export function locateInGit(path: string): TrackedPath | undefined {
	const file = fileBehind(path);
	const folder = dirname(file);
	// Asked one by one: the name of a folder may hold a newline.
	const root = gitOutput(folder, ["rev-parse", "--show-toplevel"]);
	const prefix = gitOutput(folder, ["rev-parse", "--show-prefix"]);
	if (!root || prefix === undefined) return undefined;
	const tracked = prefix + basename(file);
	const named = relative(root, resolve(path)).replaceAll("\\", "/");
	const isLink =
		named !== tracked && named !== "" && !/^\.\.(\/|$)/.test(named) && !isAbsolute(named);
	return { root, path: tracked, ...(isLink && { link: named }) };
}

/** How a commit calls the file: by its name, behind which the commit may have no link. */
export function nameInCommit({ path, link }: TrackedPath): string {
	return link ?? path;
}

/** What git has is the file that a link leads to. */
export function fileBehind(path: string): string {
	try {
		return followLinks(path);
	} catch {
		return resolve(path);
	}
}

/** Why git does not take the folder of `path` for a work tree of its own, in its words. */
export function gitRefusal(path: string): string {
	const { stderr } = runGit(dirname(resolve(path)), ["rev-parse", "--show-toplevel"]);
	return wordsOf(stderr);
}

/** Why git tells nothing of a file that lies in a repository; undefined where it lies in none. */
export function refusedRepository(path: string): string | undefined {
	if (!liesInRepository(dirname(fileBehind(path)))) return undefined;
	try {
		return gitRefusal(path);
	} catch (error) {
		// Git is not installed.
		if (error instanceof ProtectError) return error.message;
		throw error;
	}
}

function liesInRepository(folder: string): boolean {
	const parent = dirname(folder);
	return existsSync(join(folder, ".git")) || (parent !== folder && liesInRepository(parent));
}

/** How long git makes the markers of conflicts in the file at `path`, from the top of the work tree. */
export function usualMarkerSize(path: string): number {
	const attribute = gitOutput(".", ["check-attr", "conflict-marker-size", "--", path]);
	const size = Number(/: (\d+)$/.exec(attribute ?? "")?.[1]);
	return size > 0 ? size : 7;
}

/** git says of a link that leads nowhere, or out of the commit, where it leads. */
export const FOLLOW = "--follow-symlinks";

/**
 * Reads objects by the names that git gives them, such as `HEAD:protected.yaml`; undefined for
 * each that is no file in git. A link within the commit stands for the file that it leads to.
 *
 * @throws GitError where git has lost, or never fetched, one of them.
 */
export function readObjects(cwd: string, names: readonly string[]): (Uint8Array | undefined)[] {
	// A name with a newline would be two.
	const asked = names.map((name) => name.replaceAll("\n", "\0"));
	const stdout = gitAnswer(cwd, ["cat-file", "--batch", FOLLOW], {
		input: `${asked.join("\n")}\n`,
	});
	const objects: (Uint8Array | undefined)[] = [];
	let at = 0;
	while (objects.length < names.length) {
		const newline = stdout.indexOf(0x0a, at);
		if (newline === -1) return names.map((_, index) => objects[index]);
		const header = new TextDecoder().decode(stdout.subarray(at, newline));
		const [, type, size] = /^(?:[0-9a-f]+ )?(\w+) (\d+)$/.exec(header) ?? [];
		const length = Number(size ?? 0);
		const start = newline + 1;
		objects.push(type === "blob" ? stdout.slice(start, start + length) : undefined);
		at = size === undefined ? start : start + length + 1;
	}
	return objects;
}

/** What `git diff` of the index takes so that it runs no program of the repository's. */
const PLAIN_DIFF = ["--no-ext-diff", "--no-textconv", "--no-renames", "--submodule=short"];

/** The paths of all files that are about to be committed, from the top of the work tree. */
export function stagedPaths(root: string): string[] {
	const what = ["--name-only", "-z", "--diff-filter=d", "--ignore-submodules"];
	return listOf(gitAnswer(root, ["diff", "--cached", ...PLAIN_DIFF, ...what]));
}

/** The paths of the symbolic links in the index, from the top of the work tree. */
export function stagedLinks(root: string): ReadonlySet<string> {
	const entries = listOf(gitAnswer(root, ["ls-files", "-z", "--stage"]));
	return new Set(
		entries.flatMap((entry) => (entry.startsWith("120000 ") ? entry.split("\t").slice(1) : [])),
	);
}

/** The paths of all files in the index, from the top of the work tree. */
export function trackedPaths(root: string): string[] {
	return [...new Set(listOf(gitAnswer(root, ["ls-files", "-z"])))];
}

/** Those of the paths that are called `name`, or that this clone merges with `driver`. */
export function protectedPaths(
	root: string,
	paths: readonly string[],
	{ name, driver }: { readonly name: string; readonly driver: string },
): string[] {
	if (paths.length === 0) return [];
	const asked = paths.map((path) => `${path}\0`).join("");
	const fields = listOf(
		gitAnswer(root, ["check-attr", "-z", "--stdin", "merge"], { input: asked }),
	);
	const merged = new Set(
		fields.filter((_, index) => index % 3 === 0 && fields[index + 2] === driver),
	);
	return paths.filter((path) => merged.has(path) || path.split("/").at(-1) === name);
}

/** What stands between NULs. */
function listOf(bytes: Uint8Array): string[] {
	return new TextDecoder().decode(bytes).split("\0").slice(0, -1);
}

export interface TextsToMerge {
	/** Paths of files; ours is written over with the result. */
	readonly base: string;
	readonly ours: string;
	readonly theirs: string;
	readonly labels: { readonly ours: string; readonly theirs: string };
	readonly markerSize: number;
}

/**
 * Merges plain text, conflict markers and all, as git does without a driver.
 *
 * @returns how many conflicts there are; undefined where git could not, and ours is as it was.
 */
export function mergeAsText(texts: TextsToMerge): number | undefined {
	const { base, ours, theirs, labels, markerSize } = texts;
	const { exitCode } = runGit(".", [
		"merge-file",
		`--marker-size=${markerSize}`,
		...["-L", labels.ours, "-L", "base", "-L", labels.theirs],
		"--",
		...[ours, base, theirs],
	]);
	// The number of conflicts, up to 127; beyond that it failed.
	return exitCode < 128 ? exitCode : undefined;
}

/**
 * How this pprotect can be run by others, from anywhere: through the name on PATH, which stays
 * when a package manager puts a new version behind it, or else by its own path.
 */
export function ownPath(): string {
	const own = process.execPath;
	const named = findProgram("pprotect", { environment: process.env });
	const path = named !== undefined && isSameFile(named, own) ? named : own;
	// git's own shell on Windows takes a backslash for an escape.
	return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}

function isSameFile(one: string, other: string): boolean {
	try {
		return realpathSync(one) === realpathSync(other);
	} catch {
		return false;
	}
}

/** The absolute path of the folder with the hooks of the repository that `cwd` is in. */
export function hooksFolder(cwd: string): string | undefined {
	const path = gitOutput(cwd, ["rev-parse", "--git-path", "hooks"]);
	return path === undefined ? undefined : resolve(cwd, path);
}

/** Whether the folder is the repository's own, and not one that others share. */
export function isOwnFolder(cwd: string, folder: string): boolean {
	const own = ["--git-common-dir", "--show-toplevel"].flatMap((what) => {
		const path = gitOutput(cwd, ["rev-parse", what]);
		return path === undefined ? [] : resolve(cwd, path);
	});
	return own.some((parent) => folder.startsWith(join(parent, "/")));
}
