import { expect, test } from "bun:test";
import { windowsWords } from "../../../../src/system/editor/windows-words.ts";

const GVIM = "C:\\Program Files\\Vim\\gvim.exe";

test.each([
	["notepad", ["notepad"]],
	["code --wait", ["code", "--wait"]],
	[GVIM, [GVIM]],
	[`${GVIM} -f  --cmd "set nowrap"`, [GVIM, "-f", "--cmd", "set nowrap"]],
	[`"${GVIM}" -f`, [GVIM, "-f"]],
	[`'${GVIM}' -multiInst`, [GVIM, "-multiInst"]],
	["C:\\Users\\O'Brien\\vim.exe 'a b'", ["C:\\Users\\O'Brien\\vim.exe", "a b"]],
	['ed --name="a b"', ["ed", "--name=a b"]],
])("%s", (line, words) => {
	expect(windowsWords(line, (word) => word === GVIM)).toEqual(words);
});
