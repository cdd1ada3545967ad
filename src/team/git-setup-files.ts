/** What `pprotect git-setup` puts into git's files and configuration, and takes out again. */

/** What the merge driver and the diff driver are called in git's configuration. */
export const DRIVER = "pprotect";

const ATTRIBUTES = `merge=${DRIVER} diff=${DRIVER}`;

/** The line of .gitattributes for the files that match a pattern. */
export function attributesLine(pattern: string): string {
	return `${pattern} ${ATTRIBUTES}`;
}

/** The pattern of a single file, by its path from the folder of .gitattributes. */
export function attributesPattern(path: string): string {
	// What is special in a pattern, escaped; then, as it may hold blanks, quoted as C does.
	const escaped = path.replace(/[\\*?[\]]/g, "\\$&").replace(/^!/, "\\!");
	const pattern = path.includes("/") ? `/${escaped}` : escaped;
	if (!/[\s"\\#]/.test(pattern)) return pattern;
	return `"${pattern.replace(/["\\]/g, "\\$&").replaceAll("\t", "\\t").replaceAll("\n", "\\n")}"`;
}

/** The text of .gitattributes with the line at its end. */
export function withAttributes(text: string, line: string): string {
	const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
	const start = text === "" || text.endsWith("\n") ? text : text + lineEnd;
	return start + line + lineEnd;
}

/** The text of .gitattributes without any line of ours. */
export function withoutAttributes(text: string): string {
	const lines = text.split(/(?<=\n)/);
	return lines.filter((line) => !line.trimEnd().endsWith(` ${ATTRIBUTES}`)).join("");
}

/**
 * The shell command by which git merges. Whatever goes wrong, what git then takes for the merge
 * is the merge as plain text: git would take ours as it is for it.
 */
export function driverCommand(pprotect: string): string {
	const path = shellQuote(pprotect).replaceAll("%", "%%");
	const merge =
		'"$p" merge-driver %O %A %B --marker-size=%L --path=%P --ours-label=%X --theirs-label=%Y';
	const gone = `echo "pprotect: error: $p is gone, so the file was merged as plain text; run pprotect git-setup again" >&2`;
	const asText = "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B";
	// A 1 without a marker is no conflict: this pprotect, of another version, refused the command.
	const done = "test $s = 0 && exit 0; test $s = 1 && grep -q '^<<' %A && exit 1";
	return `p=${path}; if test -x "$p"; then ${merge}; s=$?; ${done}; else ${gone}; fi; ${asText}; exit 1`;
}

/** The shell command by which git makes lines of a version; git adds its file's name. */
export function textconvCommand(pprotect: string): string {
	return `f() { p=${shellQuote(pprotect)}; if test -x "$p"; then "$p" textconv "$1"; else cat "$1"; fi; }; f`;
}

const HOOK_START = "# >>> pprotect git-setup --hook >>>";
const HOOK_END = "# <<< pprotect git-setup --hook <<<";
const HOOK_BLOCK = new RegExp(`^${HOOK_START}$[^]*?^${HOOK_END}$\\n?`, "m");
const SHEBANG = /^#!.*(?:\n|$)/;
const SHELL_SHEBANG = /^#!.*\b(?:sh|bash|dash|ash|ksh|zsh)\b/;

/** The command that a pre-commit hook has to run. */
export const HOOK_COMMAND = "pprotect check --staged --quiet";

/**
 * The pre-commit hook with our lines at its start, where no `exec` or `exit` keeps them from
 * being reached; undefined for a hook that is not a shell script.
 *
 * @param pprotect where pprotect is on this machine; undefined for a hook that is committed, which
 *   everyone runs with their own.
 */
export function withHook(
	script: string | undefined,
	pprotect: string | undefined,
): string | undefined {
	const own = withoutHook(script ?? "#!/bin/sh\n");
	const [start = ""] = SHEBANG.exec(own) ?? [];
	// A file without such a line is what husky runs with sh.
	if (start !== "" && !SHELL_SHEBANG.test(start)) return undefined;
	const call = pprotect === undefined ? SHARED_CALL : ownCall(pprotect);
	const line = start === "" || start.endsWith("\n") ? start : `${start}\n`;
	return `${line}${[HOOK_START, ...call, HOOK_END].join("\n")}\n${own.slice(start.length)}`;
}

const SHARED_CALL = [
	`if command -v pprotect >/dev/null; then ${HOOK_COMMAND} || exit 1`,
	'else echo "pprotect: warning: pprotect is not on the PATH, so that nothing was checked" >&2; fi',
];

function ownCall(pprotect: string): string[] {
	return [
		`pprotect_path=${shellQuote(pprotect)}`,
		'if test -x "$pprotect_path"; then "$pprotect_path" check --staged --quiet || exit 1',
		'else echo "pprotect: warning: $pprotect_path is gone, so that nothing was checked; run pprotect git-setup --hook again" >&2; fi',
	];
}

/** The hook without our lines. */
export function withoutHook(script: string): string {
	return script.replace(HOOK_BLOCK, "");
}

/** Whether a hook does nothing. */
export function isEmptyHook(script: string): boolean {
	return script.replace(SHEBANG, "").trim() === "";
}

function shellQuote(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
