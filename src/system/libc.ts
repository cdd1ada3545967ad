/**
 * The C library, for what Bun has no API for: flock, execvp, signal dispositions, limits.
 * Calls cost about a tenth of a millisecond to bind and nothing to make.
 */
import { dlopen, type FFIFunction, type Library } from "bun:ffi";
import { ProtectError } from "../errors.ts";

/** Names of the C library, by platform; linux tries glibc's and then musl's. */
function libraryNames(): readonly string[] {
	if (process.platform === "darwin") return ["libSystem.B.dylib"];
	const muslArchitecture = process.arch === "arm64" ? "aarch64" : "x86_64";
	return ["libc.so.6", `libc.musl-${muslArchitecture}.so.1`];
}

/**
 * Binds `symbols` from the C library of a POSIX system.
 *
 * @throws ProtectError where there is none that can be opened (windows among them).
 */
export function openLibc<Symbols extends Record<string, FFIFunction>>(
	symbols: Symbols,
): Library<Symbols>["symbols"] {
	for (const name of libraryNames()) {
		try {
			return dlopen(name, symbols).symbols;
		} catch {
			// Not this C library: try the next name.
		}
	}
	throw new ProtectError(`cannot open the C library (tried ${libraryNames().join(", ")})`);
}
