import { expect, test } from "bun:test";
import {
	editorName,
	keepsCopies,
	optionsOfEditor,
} from "../../../../src/system/editor/known-editors.ts";

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

test.each([
	["C:\\Tools\\NVIM.EXE", "nvim"],
	["C:/Program Files/Microsoft VS Code/bin/code.cmd", "code"],
	["C:\\Windows\\System32\\Notepad.exe", "notepad"],
	["vim.bat", "vim"],
])("on Windows %s is known as %s", (file, name) => {
	expect(editorName(file, "win32")).toBe(name);
});

test("elsewhere a suffix and the case are part of the name", () => {
	expect(editorName("/usr/bin/vim.basic", "linux")).toBe("vim.basic");
	expect(editorName("/opt/Nano.exe", "linux")).toBe("Nano.exe");
});

test("Notepad++ is made to wait, and put on a line its own way", () => {
	expect(optionsOfEditor("notepad++", 7)).toEqual(["-multiInst", "-nosession", "-n7"]);
	expect(keepsCopies("notepad++")).toBe(true);
});
