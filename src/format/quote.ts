import { hasHiddenCharacter } from "./hidden-characters.ts";

/** How a name from the file is shown to people, and typed into a shell. */
const MAX_LENGTH = 100;

/** A name from the file as an error shows it: in quotes, escaped, cut where it is endless. */
export function quote(name: string): string {
	return JSON.stringify(name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH)}…` : name);
}

type ShellName = "posix" | "windows";
let userShell: ShellName = "posix";

/** Says for which shell {@link shellWord} quotes from now on: the one of the user's system. */
export function setUserShell(shell: ShellName): void {
	userShell = shell;
}

/** A name as it is typed in a command: quoted where a shell would read it otherwise. */
export function shellWord(name: string): string {
	return userShell === "windows" ? windowsWord(name) : posixWord(name);
}

/**
 * Names as a command takes them, behind all of its options. One that begins with a hyphen would be
 * an option, however it is quoted, and an option can name a program to run.
 */
export function shellNames(...names: readonly string[]): string {
	const words = names.map(shellWord);
	return (names.some((name) => name.startsWith("-")) ? ["--", ...words] : words).join(" ");
}

/** An option with a value, which may begin with a hyphen. */
export function shellOption(option: string, value: string): string {
	return `${option}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`;
}

/** A command of Git's for one file, whose path is neither an option nor a pattern there. */
export function gitCommand(command: string, path: string): string {
	const isPattern = /^:|[*?[\\]/.test(path);
	const dashes = path.startsWith("-") && !command.endsWith(" --") ? " --" : "";
	return `git${isPattern ? " --literal-pathspecs" : ""} ${command}${dashes} ${shellWord(path)}`;
}

function posixWord(name: string): string {
	// Escaped, so that it can be seen and still names the same: bash, zsh, ksh and busybox read it.
	if (hasHiddenCharacter(name)) return `$'${octalEscapes(name)}'`;
	if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(name) && !name.startsWith("-")) return name;
	// Not as '\\'': fish reads a backslash before a quote, and would end the word elsewhere.
	return `'${name.replace(/['\\]*'['\\]*|\\{2,}|\\$/g, (run) => `'"${run.replaceAll("\\", "\\\\")}"'`)}'`;
}

/** What a word may hold as it is, and every other byte of its UTF-8 in octal. */
function octalEscapes(text: string): string {
	return Array.from(new TextEncoder().encode(text), (byte) => {
		const character = String.fromCharCode(byte);
		return /[A-Za-z0-9_@%+=:,./ -]/.test(character)
			? character
			: `\\${byte.toString(8).padStart(3, "0")}`;
	}).join("");
}

/**
 * Alike for cmd and PowerShell. In double quotes both still read some characters their own way,
 * each another set, and no quoting serves both: there a `?` leaves a name that is not in the file.
 */
function windowsWord(name: string): string {
	if (/^[\p{L}\p{N}_+:./\\-][\p{L}\p{N}_@+:./\\-]*$/u.test(name) && !name.startsWith("-"))
		return name;
	return `"${name.replace(/["“”„$`%!\p{C}\p{Zl}\p{Zp}]|\\+$/gu, "?")}"`;
}
