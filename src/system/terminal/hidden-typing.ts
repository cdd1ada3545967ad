import { ProtectError } from "../../errors.ts";
import { openLibc } from "../libc.ts";

/** At least the size of any platform's `struct termios`. */
const TERMIOS_SIZE = 128;
/** Where `c_lflag` is in it, and two of its flags (linux: four-byte fields; macos: eight). */
const LOCAL_FLAGS =
	process.platform === "darwin"
		? { offset: 24, ECHO: 0x8, ICANON: 0x100 }
		: { offset: 12, ECHO: 0x8, ICANON: 0x2 };
const TCSANOW = 0;

/**
 * Stops the terminal `fd` from showing what is typed, and from cutting lines at the kernel's 4,095
 * bytes, which a pasted value may exceed: bytes then come as they are typed, and editing them is
 * up to the reader. Keys that send signals still do.
 *
 * Nothing that was typed already gets lost, now or when the mode is restored.
 *
 * @returns puts the terminal back as it was; does nothing if the terminal is gone.
 * @throws ProtectError when the terminal refuses.
 */
export function hideTyping(fd: number): () => void {
	const libc = openLibc({
		tcgetattr: { args: ["i32", "buffer"], returns: "i32" },
		tcsetattr: { args: ["i32", "i32", "buffer"], returns: "i32" },
	});
	const before = new Uint8Array(TERMIOS_SIZE);
	const isRead = libc.tcgetattr(fd, before) === 0;
	if (!isRead || libc.tcsetattr(fd, TCSANOW, withoutEcho(before)) !== 0) {
		throw new ProtectError("cannot stop the terminal from showing what is typed");
	}
	return () => {
		libc.tcsetattr(fd, TCSANOW, before);
	};
}

function withoutEcho(termios: Uint8Array): Uint8Array {
	const { offset, ECHO, ICANON } = LOCAL_FLAGS;
	const changed = termios.slice();
	const view = new DataView(changed.buffer);
	view.setUint32(offset, view.getUint32(offset, true) & ~(ECHO | ICANON), true);
	return changed;
}
