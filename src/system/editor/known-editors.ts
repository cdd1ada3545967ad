/**
 * How editors are started so that they leave no copy of a file: no swap, backup, undo or
 * auto-save file, no history, and nothing that the file's own text makes them do.
 */
import { posix, win32 } from "node:path";

interface KnownEditor {
	/** The program's name, once all links to it are followed. */
	readonly name: RegExp;
	/** What goes before the file. */
	readonly options: readonly string[];
	/** How it is told a line; `+LINE` unless given. */
	readonly lineOption?: (line: number) => string;
}

/**
 * How the editor of the file `program` is known: by the name of the file, on Windows whatever its
 * suffix and case are.
 */
export function editorName(program: string, platform: NodeJS.Platform = process.platform): string {
	if (platform !== "win32") return posix.basename(program);
	return win32
		.basename(program)
		.toLowerCase()
		.replace(/\.(?:exe|cmd|bat|com)$/, "");
}

const VIM_SETTINGS = [
	"noswapfile",
	"nobackup",
	"nowritebackup",
	"patchmode=",
	"noundofile",
	"nomodeline",
	"viminfo=",
	"shada=",
].map((setting) => `silent! set ${setting}`);

/** Set after a vimrc, which could say otherwise, and before a file is read. */
const VIM_OPTIONS = [
	"-n",
	...["-i", "NONE"],
	...["--cmd", "augroup pprotect"],
	...[
		"--cmd",
		`autocmd BufReadPre,BufNewFile,BufWritePre,VimLeavePre * ${VIM_SETTINGS.join(" | ")}`,
	],
	...["--cmd", "augroup END"],
];

/** After an init file; what it has set to be written at the end is not. */
const EMACS_SETTINGS = `(progn
  (setq make-backup-files nil auto-save-default nil auto-save-list-file-prefix nil
        create-lockfiles nil enable-local-variables nil enable-local-eval nil
        enable-dir-local-variables nil native-comp-deferred-compilation nil comp-files-queue nil
        kill-emacs-hook nil)
  (setq-default backup-inhibited t)
  (dolist (mode '(auto-save-visited-mode savehist-mode desktop-save-mode global-undo-tree-mode))
    (when (and (boundp mode) (symbol-value mode)) (funcall mode -1))))`;

const KNOWN_EDITORS: readonly KnownEditor[] = [
	{ name: /^nvim$/, options: VIM_OPTIONS },
	// A graphical one would return at once without -f.
	{ name: /^[egmr]{0,2}vi(?:m|ew)?(?:\.\w+)?$/, options: ["-f", ...VIM_OPTIONS] },
	{ name: /^emacs(?:-[\w.-]+)?$/, options: ["--eval", EMACS_SETTINGS] },
	// Its configuration could ask for backups and history, and no option takes that back.
	{ name: /^r?nano$/, options: ["--ignorercfiles"] },
	// Else it hands the file to one that runs already, and returns at once.
	{
		name: /^notepad\+\+$/,
		options: ["-multiInst", "-nosession"],
		lineOption: (line) => `-n${line}`,
	},
];

/** Editors that return at once, with the option by which they wait until the file is closed. */
const WAITING: readonly (readonly [name: RegExp, option: string, others: RegExp])[] = [
	[/^(?:code(?:-insiders|-oss)?|codium|vscodium|cursor|windsurf|positron|trae)$/, "--wait", /^-w$/],
	[/^(?:subl|sublime_text|sublime|mate|bbedit|cot|nova|xed)$/, "--wait", /^-w$/],
	[/^(?:zed|zeditor|atom|pulsar|lapce|fleet|lite-xl)$/, "--wait", /^-w$/],
	[/^(?:idea|webstorm|pycharm|goland|phpstorm|rubymine|clion|rider)(?:\.sh)?$/, "--wait", /^-w$/],
	[/^(?:gedit|pluma)$/, "--wait", /^-(?:w|s)$|^--standalone$/],
	[/^gnome-text-editor$/, "--standalone", /^-s$/],
	[/^kate$/, "--block", /^-b$/],
];

/**
 * The option that makes the editor wait, where it would return at once and `given` does not hold
 * that option yet.
 */
export function waitOption(program: string, given: readonly string[]): string | undefined {
	const known = WAITING.find(([pattern]) => pattern.test(program));
	if (known === undefined) return undefined;
	const [, option, other] = known;
	return given.some((word) => word === option || other.test(word)) ? undefined : option;
}

/** Editors that keep copies elsewhere, which no option of theirs prevents. */
const COPYING_EDITORS =
	/^(?:code(?:-insiders)?|codium|vscodium|cursor|windsurf|micro|emacsclient(?:\..*)?|notepad(?:\+\+)?)$/;

/** Editors that may return while the file is still open in a window of theirs. */
const HASTY_EDITORS = /^notepad$/;

/**
 * What to put before the name of the file; `line` is where to put the cursor, from 1.
 *
 * @param program as {@link editorName} has it.
 * @returns undefined for an editor that is not known.
 */
export function optionsOfEditor(program: string, line: number): readonly string[] | undefined {
	const known = KNOWN_EDITORS.find(({ name }) => name.test(program));
	const { options = [], lineOption = (line: number) => `+${line}` } = known ?? {};
	return known && [...options, lineOption(line)];
}

/** Whether that editor is known to keep copies of what it opens. */
export function keepsCopies(program: string): boolean {
	return COPYING_EDITORS.test(program);
}

/** Whether it may end before the user has, so that its end says nothing. */
export function mayReturnEarly(program: string): boolean {
	return HASTY_EDITORS.test(program);
}
