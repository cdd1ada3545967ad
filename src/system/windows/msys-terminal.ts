/**
 * Git Bash's terminal without a console: mintty gives programs of Windows pipes with a name of
 * its own. It shows what is typed, and nobody sees a question that is asked on a console.
 */
import { dlopen } from "bun:ffi";

const STANDARD_HANDLES = [-10, -11, -12] as const;
const FILE_NAME_INFO = 2;

function bindKernel32() {
	return dlopen("kernel32.dll", {
		GetStdHandle: { args: ["i32"], returns: "u64" },
		GetFileInformationByHandleEx: { args: ["u64", "i32", "buffer", "u32"], returns: "i32" },
	}).symbols;
}

/** Whether standard input, output or error (0 to 2) is such a terminal. */
export function isMsysTerminal(fd: 0 | 1 | 2): boolean {
	const kernel32 = bindKernel32();
	const information = Buffer.alloc(4 + 2 * 1024);
	const handle = kernel32.GetStdHandle(STANDARD_HANDLES[fd]);
	const size = information.length;
	if (kernel32.GetFileInformationByHandleEx(handle, FILE_NAME_INFO, information, size) === 0) {
		return false;
	}
	const length = Math.min(information.readUInt32LE(0), size - 4);
	return isMsysPipe(information.toString("utf16le", 4, 4 + length));
}

/** Whether a pipe of this name, such as `\msys-1888ae32e00d56aa-pty0-from-master`, is one. */
export function isMsysPipe(name: string): boolean {
	return /\\(?:msys|cygwin)-[0-9a-f]+-pty\d+-(?:from|to)-master/i.test(name);
}
