/**
 * Names of variables that bash, dash, busybox, mksh or zsh keeps for itself: it refuses a value (zsh
 * then reads no line that follows), changes it, or reckons with it, which can run what it holds.
 * zsh has the ones in small letters once zsh/parameter is loaded, as in every interactive shell.
 * A test tries the variables that the shells here have.
 */
const NAMES = `
	ARGC BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_CMDS BASH_COMMAND BASH_LINENO
	BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO COLUMNS DIRSTACK EGID EPOCHREALTIME EPOCHSECONDS
	ERRNO EUID FUNCNAME FUNCNEST GID GROUPS HISTCHARS HISTCMD HISTSIZE KEYBOARD_HACK KEYTIMEOUT
	KSHEGID KSHGID KSHUID KSH_VERSION LINENO LINES LISTMAX MAILCHECK OPTIND PGRP PIPESTATUS PPID
	RANDOM SAVEHIST SECONDS SHELLOPTS SHLVL SRANDOM TMOUT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT
	TTYIDLE UID USERNAME USER_ID WATCH ZSH_EVAL_CONTEXT ZSH_SUBSHELL aliases argv builtins
	cdpath commands dirstack dis_aliases dis_builtins dis_functions dis_functions_source
	dis_galiases dis_patchars dis_reswords dis_saliases fignore fpath funcfiletrace
	funcsourcetrace funcstack functions functions_source functrace galiases histchars history
	historywords jobdirs jobstates jobtexts keymaps mailpath manpath module_path modules
	nameddirs options parameters patchars path pipestatus psvar reswords saliases signals status
	termcap terminfo userdirs usergroups watch widgets zsh_eval_context zsh_scheduled_events
`;

let names: ReadonlySet<string> | undefined;

/** Whether a shell that reads the output does not simply take the value for a variable `name`. */
export function isKeptByShell(name: string): boolean {
	names ??= new Set(NAMES.trim().split(/\s+/));
	return names.has(name);
}
