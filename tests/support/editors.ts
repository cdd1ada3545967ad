/** What the tests of `edit` need: editors that are scripts, and what real ones write. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a script that stands for an editor: sh with the file as `$1`, and the number of the
 * round as `$round`, from 1. It notes the folder of the file in `edited-in`, and what it is
 * shown in `shown-ROUND`.
 *
 * @returns its path, for EDITOR.
 */
export function editorScript(cwd: string, body: string): string {
	const path = join(cwd, "editor.sh");
	const lines = [
		"#!/bin/sh",
		`cd '${cwd}'`,
		'echo . >> rounds; round=$(wc -l < rounds | tr -d " ")',
		'dirname "$1" > edited-in',
		'cat "$1" > "shown-$round"',
		body,
		"",
	];
	writeFileSync(path, lines.join("\n"));
	chmodSync(path, 0o755);
	return path;
}

/** What the editor was shown in that round; undefined where there was none. */
export function shownIn(cwd: string, round: number): string | undefined {
	const path = join(cwd, `shown-${round}`);
	return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The folder that the text was in, once an editor was started. */
export function editedIn(cwd: string): string {
	return readFileSync(join(cwd, "edited-in"), "utf8").trim();
}

/** Gives a home folder configurations that have editors keep all the copies they can. */
export function writeHostileConfiguration(home: string): void {
	for (const folder of ["backups", "swap", "undo", ".config/nvim"]) {
		mkdirSync(join(home, folder), { recursive: true });
	}
	const vim = [
		"set nocompatible swapfile directory=~/swap// updatecount=1",
		"set backup writebackup backupdir=~/backups patchmode=.orig",
		"set undofile undodir=~/undo modeline modelines=5",
		"autocmd!",
	];
	writeFileSync(
		join(home, ".vimrc"),
		[...vim, "set viminfo='100,<1000,n~/.viminfo", ""].join("\n"),
	);
	const nvim = [...vim, "set shada=!,'100,<50,s10,h", ""];
	writeFileSync(join(home, ".config/nvim/init.vim"), nvim.join("\n"));
	const nano = ["set backup", 'set backupdir "~/backups"', "set historylog", "set positionlog"];
	writeFileSync(join(home, ".nanorc"), [...nano, "set locking", ""].join("\n"));
	const emacs = [
		'(setq make-backup-files t backup-directory-alist \'(("." . "~/backups")))',
		'(setq auto-save-file-name-transforms \'((".*" "~/swap/" t)) auto-save-interval 1)',
		"(require 'savehist) (setq savehist-additional-variables '(kill-ring)) (savehist-mode 1)",
		"(require 'recentf) (recentf-mode 1)",
		"(save-place-mode 1)",
		"(desktop-save-mode 1)",
		"",
	];
	writeFileSync(join(home, ".emacs"), emacs.join("\n"));
}

/** The system calls with which a file can come to be, or be written. */
const WRITING_CALLS =
	/^(?:open|openat|openat2)\(.*O_(?:WRONLY|RDWR|CREAT)|^(?:creat|rename\w*|link\w*|symlink\w*|mknod\w*|mkdir\w*|truncate)\(/;

/** The paths that programs wrote to or made, by a log of `strace -f -e trace=%file`. */
export function writtenPaths(log: string): string[] {
	const paths = new Set<string>();
	for (const line of log.split("\n")) {
		const call = line.replace(/^\d+ +/, "");
		if (!WRITING_CALLS.test(call) || / = -1 E/.test(call)) continue;
		const [first = "", ...others] = [...call.matchAll(/"([^"]+)"/g)].map(([, path = ""]) => path);
		// What a symbolic link holds need be no path.
		for (const path of call.startsWith("symlink") ? others : [first, ...others]) paths.add(path);
	}
	return [...paths];
}
