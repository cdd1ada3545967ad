import { dlopen } from "bun:ffi";
import { InterruptedError, ProtectError } from "../../errors.ts";
import { type NextByte, readLine, readTypedLine } from "./read-line.ts";

const GENERIC_READ = 0x80000000;
const GENERIC_WRITE = 0x40000000;
const FILE_SHARE_READ_WRITE = 3;
const OPEN_EXISTING = 3;

const ENABLE_PROCESSED_INPUT = 1;
const ENABLE_LINE_INPUT = 2;
const ENABLE_ECHO_INPUT = 4;

const CTRL_Z = 0x1a;

/** The console that this process belongs to, as a place to ask. */
export interface WindowsConsole {
	write(text: string): void;
	/** Shows `label` and reads one line as UTF-8; undefined at the end of the input (Ctrl-Z). */
	answer(label: string, isHidden: boolean): Promise<Uint8Array | undefined>;
	close(): void;
}

function bindKernel32() {
	return dlopen("kernel32.dll", {
		CreateFileW: {
			args: ["buffer", "u32", "u32", "ptr", "u32", "u32", "ptr"],
			returns: "ptr",
		},
		GetConsoleMode: { args: ["ptr", "buffer"], returns: "i32" },
		SetConsoleMode: { args: ["ptr", "u32"], returns: "i32" },
		ReadConsoleW: { args: ["ptr", "buffer", "u32", "buffer", "ptr"], returns: "i32" },
		WriteConsoleW: { args: ["ptr", "buffer", "u32", "buffer", "ptr"], returns: "i32" },
		CloseHandle: { args: ["ptr"], returns: "i32" },
	}).symbols;
}

type Kernel32 = ReturnType<typeof bindKernel32>;
type Handle = ReturnType<Kernel32["CreateFileW"]>;

let kernel32: Kernel32 | undefined;

/**
 * Opens the console (`CONIN$`, `CONOUT$`), which stays the same where standard input and output
 * are redirected. Not through node:fs: reading a console as a file garbles what is not ASCII.
 *
 * @param write where the questions are shown; the console itself, unless given.
 * @throws ProtectError where there is none.
 */
export function openWindowsConsole(write?: (text: string) => void): WindowsConsole {
	kernel32 ??= bindKernel32();
	const system = kernel32;
	const input = open(system, "CONIN$");
	const output = open(system, "CONOUT$");
	const show =
		write ??
		((text) => {
			const units = Buffer.from(text, "utf16le");
			system.WriteConsoleW(output, units, units.length / 2, new Uint32Array(1), null);
		});
	return {
		write: show,
		async answer(label, isHidden) {
			const restore = setMode(system, input, isHidden);
			// With a handler, Ctrl-C ends the read instead of the process.
			const ignore = () => {};
			let needsNewline = true;
			process.on("SIGINT", ignore);
			try {
				show(label);
				const next = characterReader(system, input);
				const answer = await (isHidden ? readTypedLine(next) : readLine(next));
				needsNewline = isHidden || answer === undefined;
				return answer;
			} finally {
				process.off("SIGINT", ignore);
				restore();
				if (needsNewline) show("\n");
			}
		},
		close() {
			system.CloseHandle(input);
			system.CloseHandle(output);
		},
	};
}

function open(system: Kernel32, name: string): Handle {
	const handle = system.CreateFileW(
		Buffer.from(`${name}\0`, "utf16le"),
		GENERIC_READ | GENERIC_WRITE,
		FILE_SHARE_READ_WRITE,
		null,
		OPEN_EXISTING,
		0,
		null,
	);
	// An invalid handle has no mode either.
	if (system.GetConsoleMode(handle, new Uint32Array(1)) === 0) {
		throw new ProtectError("there is no terminal to ask on");
	}
	return handle;
}

/** Lets the console edit and show a line, or leaves both to us; returns how to undo it. */
function setMode(system: Kernel32, input: Handle, isHidden: boolean): () => void {
	const before = new Uint32Array(1);
	system.GetConsoleMode(input, before);
	const [mode = 0] = before;
	const line = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
	if (system.SetConsoleMode(input, isHidden ? mode & ~line : mode | line) === 0) {
		throw new ProtectError("cannot stop the terminal from showing what is typed");
	}
	return () => {
		system.SetConsoleMode(input, mode);
	};
}

/** Reads the console's UTF-16 a character at a time, and gives it out as the bytes of UTF-8. */
function characterReader(system: Kernel32, input: Handle): NextByte {
	const bytes: number[] = [];
	return async () => {
		if (bytes.length === 0) bytes.push(...Buffer.from(readCharacter(system, input)));
		const byte = bytes.shift();
		return byte === CTRL_Z ? undefined : byte;
	};
}

function readCharacter(system: Kernel32, input: Handle): string {
	const first = readUnit(system, input);
	const isHighSurrogate = first >= 0xd800 && first <= 0xdbff;
	return String.fromCharCode(...(isHighSurrogate ? [first, readUnit(system, input)] : [first]));
}

function readUnit(system: Kernel32, input: Handle): number {
	const unit = new Uint16Array(1);
	const count = new Uint32Array(1);
	const isRead = system.ReadConsoleW(input, unit, 1, count, null) !== 0;
	const [code] = unit;
	// Ctrl-C ends a read that has nothing yet.
	if (!isRead || count[0] === 0 || code === undefined) throw new InterruptedError("interrupted");
	return code;
}
