import { expect, test } from "bun:test";
import { keepsCopies, optionsOfEditor } from "../../../../src/system/editor/known-editors.ts";

test.each([
	...["vim", "vim.basic", "vim.tiny", "vim.gtk3", "gvim", "mvim", "rvim", "view", "vi", "evim"],
	...["nvim", "nano", "rnano", "emacs", "emacs-nox", "emacs-29.1", "emacs-gtk"],
])("%s is known, and put on a line", (program) => {
	expect(optionsOfEditor(program, 7)?.at(-1)).toBe("+7");
});

test.each(["ed", "nvi", "another vi", "busybox", "emacsclient", "code", "nanorc", "viper", "sh"])(
	"%s is not known",
	(program) => {
		expect(optionsOfEditor(program, 7)).toBeUndefined();
	},
);

test.each(["code", "codium", "micro", "emacsclient", "emacsclient.emacs"])(
	"%s may keep copies",
	(program) => {
		expect(keepsCopies(program)).toBe(true);
		expect(keepsCopies(`my${program}`)).toBe(false);
	},
);
