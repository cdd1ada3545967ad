import { expect, test } from "bun:test";
import { isMsysPipe } from "../../../../src/system/windows/msys-terminal.ts";

test.each([
	"\\msys-1888ae32e00d56aa-pty0-from-master",
	"\\cygwin-c5e39b7a9d22bafb-pty12-to-master",
	"\\Device\\NamedPipe\\msys-dd50a72ab4668b33-pty1-to-master",
])("%s is mintty's", (name) => {
	expect(isMsysPipe(name)).toBe(true);
});

test.each(["", "\\msys-dd50a72ab4668b33-pipe-0x1", "\\msys-pty0-from-master", "\\LOCAL\\mojo.1.2"])(
	"%s is not",
	(name) => {
		expect(isMsysPipe(name)).toBe(false);
	},
);
