import { constants } from "node:os";
import { openLibc } from "../libc.ts";

/** More than any platform's `struct sigaction`, whose first word is the handler. */
const SIGACTION_SIZE = 256;
/** `SIG_IGN` of signal.h, on linux and macos alike. */
const SIG_IGN = 1n;

function bindSigaction() {
	return openLibc({ sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" } });
}
let libc: ReturnType<typeof bindSigaction> | undefined;

/** Whether this process ignores the signal `name`, as `nohup` makes it ignore SIGHUP. */
export function isIgnored(name: NodeJS.Signals): boolean {
	libc ??= bindSigaction();
	const action = new BigUint64Array(SIGACTION_SIZE / BigUint64Array.BYTES_PER_ELEMENT);
	return libc.sigaction(constants.signals[name], null, action) === 0 && action[0] === SIG_IGN;
}
