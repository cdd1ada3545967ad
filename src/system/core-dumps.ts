import { openLibc } from "./libc.ts";

/** `RLIMIT_CORE` of sys/resource.h, on linux and macos alike. */
const RLIMIT_CORE = 4;

/**
 * Keeps this process, and those that it starts from now on, from leaving their memory on the disk
 * when they crash.
 */
export function forbidCoreDumps(): void {
	if (process.platform === "win32") return;
	const libc = openLibc({
		getrlimit: { args: ["i32", "ptr"], returns: "i32" },
		setrlimit: { args: ["i32", "ptr"], returns: "i32" },
	});
	/** The soft limit and the hard one, which only root could raise again. */
	const limits = new BigUint64Array(2);
	if (libc.getrlimit(RLIMIT_CORE, limits) !== 0) return;
	limits[0] = 0n;
	libc.setrlimit(RLIMIT_CORE, limits);
}
