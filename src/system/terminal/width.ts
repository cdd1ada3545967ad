/** How wide the terminal is that somebody reads on. */
import { openLibc } from "../libc.ts";
import { isTerminal } from "../output.ts";

/** Of a terminal that does not tell. */
const USUAL_COLUMNS = 80;
/** Narrower lines cannot be read: the terminal may break them. */
const FEWEST_COLUMNS = 40;

/** `TIOCGWINSZ` of sys/ioctl.h, by platform. */
const GET_WINDOW_SIZE = process.platform === "darwin" ? 0x40087468n : 0x5413n;

/** @returns the columns of the terminal `fd`; undefined where it is no terminal. */
export function columnsOf(fd: number): number | undefined {
	if (!isTerminal(fd)) return undefined;
	const told = process.platform === "win32" ? 0 : windowColumns(fd);
	return Math.max(FEWEST_COLUMNS, told || Number(process.env.COLUMNS) || USUAL_COLUMNS);
}

/** @returns 0 where the terminal does not tell. */
function windowColumns(fd: number): number {
	const size = new Uint16Array(4);
	// Apple's arm64 passes variable arguments on the stack, which they reach behind six more.
	const padding = process.platform === "darwin" && process.arch === "arm64" ? 6 : 0;
	const args = ["i32", "u64", ...Array(padding).fill("u64"), "ptr"];
	const { ioctl } = openLibc({ ioctl: { args, returns: "i32" } });
	const isTold = ioctl(fd, GET_WINDOW_SIZE, ...Array(padding).fill(0n), size) === 0;
	return isTold ? (size[1] ?? 0) : 0;
}
