/**
 * How every program that pprotect starts is found: git, shells, editors, and on Windows the
 * command of `exec`. A folder may hold a `git` that somebody planted, so that nothing in the
 * current folder is ever run in place of a program, nor in the folder of the file: not because
 * Windows looks there first, and not because an entry of PATH says so.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a search depends on; each is this process's own unless given. */
export interface Search {
	readonly environment: Environment;
	/** Folders from which nothing is run, besides the current one. */
	readonly without?: readonly string[];
	readonly platform?: NodeJS.Platform;
	/** Whether a program lies at an absolute path. */
	readonly isProgram?: (path: string) => boolean;
}

/** confstr(_CS_PATH): where programs are without a PATH. */
const DEFAULT_PATH = "/bin:/usr/bin";
const DEFAULT_EXTENSIONS = ".COM;.EXE;.BAT;.CMD";

/** A program that is called with a path is not looked for. */
export function isPath(name: string, platform: NodeJS.Platform = process.platform): boolean {
	return (platform === "win32" ? /[\\/:]/ : /\//).test(name);
}

/**
 * The absolute path of the program that `name` means: with a path, that file; else the first of
 * the name in the folders of PATH. On Windows PATHEXT gives the extension that it lacks.
 */
export function findProgram(name: string, search: Search): string | undefined {
	const { platform = process.platform, isProgram = isProgramFile } = search;
	if (name === "") return undefined;
	const path = platform === "win32" ? win32 : posix;
	const starts = isPath(name, platform)
		? [path.resolve(name)]
		: programFolders(search).map((folder) => path.join(folder, name));
	const endings = platform === "win32" ? endingsOf(name, search.environment) : [""];
	return starts.flatMap((start) => endings.map((ending) => start + ending)).find(isProgram);
}

/**
 * The environment for a program that we start: it, too, finds nothing where we do not look. For
 * the command of `exec`, which gets what the user gave it, there is no such change.
 */
export function programEnvironment(search: Search): Record<string, string | undefined> {
	const { environment, platform = process.platform } = search;
	const isWindows = platform === "win32";
	const pathNames = Object.keys(environment).filter((name) => isNameOf(name, "PATH", platform));
	const folders = programFolders(search);
	// An empty PATH means the current folder.
	const path = folders.length > 0 ? folders.join(isWindows ? ";" : ":") : DEFAULT_PATH;
	return {
		...environment,
		...Object.fromEntries(pathNames.map((name) => [name, path])),
		// cmd, and whatever else asks Windows, would look in the current folder first.
		...(isWindows && { NoDefaultCurrentDirectoryInExePath: "1" }),
	};
}

/** The absolute folders of PATH, but for those from which nothing is run. */
function programFolders({ environment, without = [], platform = process.platform }: Search) {
	const isWindows = platform === "win32";
	const path = variable(environment, "PATH", platform) ?? (isWindows ? "" : DEFAULT_PATH);
	const folders = isWindows
		? path.split(";").map((folder) => folder.replaceAll('"', ""))
		: path.split(":");
	const closed = new Set([".", ...without].map((folder) => identityOf(folder, platform)));
	// A shell for administrators starts in the system's own folder.
	if (isWindows) closed.delete(identityOf(systemFolder(environment, platform), platform));
	return folders.filter(
		(folder) => isWholePath(folder, isWindows) && !closed.has(identityOf(folder, platform)),
	);
}

/** Windows' own programs, such as cmd: in a folder that only administrators can write. */
export function systemFolder(
	environment: Environment,
	platform: NodeJS.Platform = process.platform,
): string {
	return win32.join(variable(environment, "SYSTEMROOT", platform) ?? "C:\\Windows", "System32");
}

/** Without a drive, `\bin` is on whichever is the current one. */
function isWholePath(folder: string, isWindows: boolean): boolean {
	return (isWindows ? /^(?:[a-z]:[\\/]|[\\/]{2})/i : /^\//).test(folder);
}

/** One text for all paths of a folder. */
function identityOf(folder: string, platform: NodeJS.Platform): string {
	const path = platform === "win32" ? win32 : posix;
	let real = path.resolve(folder);
	try {
		real = realpathSync.native(real);
	} catch {
		// Not there, or of another system than this one.
	}
	return platform === "win32" ? real.toLowerCase() : real;
}

function endingsOf(name: string, environment: Environment): readonly string[] {
	const listed = variable(environment, "PATHEXT", "win32") ?? DEFAULT_EXTENSIONS;
	const extensions = listed.split(";").filter((extension) => extension.startsWith("."));
	return win32.extname(name) === "" ? extensions : ["", ...extensions];
}

function variable(
	environment: Environment,
	name: string,
	platform: NodeJS.Platform,
): string | undefined {
	return Object.entries(environment).find(([key]) => isNameOf(key, name, platform))?.[1];
}

function isNameOf(key: string, name: string, platform: NodeJS.Platform): boolean {
	return platform === "win32" ? key.toUpperCase() === name : key === name;
}

function isProgramFile(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
