/** Exit codes of Windows have 32 bits, of which the runtime keeps eight. */
import { dlopen } from "bun:ffi";

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;

function bindKernel32() {
	return dlopen("kernel32.dll", {
		OpenProcess: { args: ["u32", "i32", "u32"], returns: "ptr" },
		GetExitCodeProcess: { args: ["ptr", "buffer"], returns: "i32" },
		CloseHandle: { args: ["ptr"], returns: "i32" },
		ExitProcess: { args: ["u32"], returns: "void" },
	}).symbols;
}
let library: ReturnType<typeof bindKernel32> | undefined;

/**
 * Waits for `child`, which must have been started in this turn of the event loop, to end.
 *
 * @returns its exit code, 0 to 2^32 - 1.
 */
export async function wholeExitCode(child: Bun.Subprocess): Promise<number> {
	library ??= bindKernel32();
	const kernel32 = library;
	// While the runtime has not seen it end, its number is no other process's.
	const handle = kernel32.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, child.pid);
	const exitCode = await child.exited;
	if (handle === null) return exitCode;
	const whole = new Uint32Array(1);
	const isKnown = kernel32.GetExitCodeProcess(handle, whole) !== 0;
	kernel32.CloseHandle(handle);
	return isKnown ? (whole[0] ?? exitCode) : exitCode;
}

/** Ends this process at once with an exit code that the runtime cannot give it. */
export function exitWith(code: number): void {
	library ??= bindKernel32();
	library.ExitProcess(code);
}
