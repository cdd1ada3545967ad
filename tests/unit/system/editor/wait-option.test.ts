import { expect, test } from "bun:test";
import { waitOption } from "../../../../src/system/editor/known-editors.ts";

test.each<[string, string, string | undefined]>([
	["code", "code", "--wait"],
	["code", "code --wait", undefined],
	["code", "code -w -n", undefined],
	["sublime_text", "subl", "--wait"],
	["kate", "kate", "--block"],
	["gedit", "gedit --standalone", undefined],
	["vim", "vim", undefined],
	["nano", "nano", undefined],
])("%s as %j waits with %p", (program, line, option) => {
	expect(waitOption(program, line.split(" "))).toBe(option);
});
