/** Files that live in memory: on no disk, under no name, gone with the last process that holds them. */
import { closeSync, fchmodSync, writeFileSync } from "node:fs";
import { ProtectError } from "../../errors.ts";
import { openLibc } from "../libc.ts";

/** linux/memfd.h. */
const MFD_ALLOW_SEALING = 0x2;
const MFD_NOEXEC_SEAL = 0x8;
/** linux/fcntl.h. */
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL = 0x1;
const F_SEAL_SHRINK = 0x2;
const F_SEAL_GROW = 0x4;
const F_SEAL_WRITE = 0x8;
const SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

/** What /proc shows in place of a path. */
const NAME = Buffer.from("pprotect\0");

/**
 * Puts `bytes` into a memory file that nobody can change any more and that stays open across
 * exec. Its owner alone may read it unless `mode` says otherwise, root's too: ssh and libpq take no
 * private key that others can read.
 *
 * Returns its path, `/proc/self/fd/N`. Through it every process that inherits the descriptor
 * opens the file anew, at its start, in any PID namespace; `/proc/PID/fd/N` would fail in
 * another one, and where PID changed its user. A child that closes what it inherits has no file.
 *
 * @throws ProtectError where the system has no memory files: they are linux's.
 */
export function createMemoryFile(bytes: Uint8Array, mode = 0o400): string {
	if (process.platform !== "linux") {
		throw new ProtectError(
			"a secret as a file needs Linux, whose memory files no other system has",
		);
	}
	const libc = openLibc({
		memfd_create: { args: ["ptr", "u32"], returns: "i32" },
		// Variadic in C; on linux such arguments go where fixed ones do.
		fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
	});
	const descriptor = open(libc.memfd_create);
	try {
		writeFileSync(descriptor, bytes);
		fchmodSync(descriptor, mode);
		if (libc.fcntl(descriptor, F_ADD_SEALS, SEALS) === -1) {
			throw new ProtectError("cannot seal a memory file");
		}
	} catch (error) {
		closeSync(descriptor);
		throw error;
	}
	return `/proc/self/fd/${descriptor}`;
}

function open(create: (name: Uint8Array, flags: number) => number): number {
	const descriptor = create(NAME, MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (descriptor !== -1) return descriptor;
	// Before linux 6.3 there is no MFD_NOEXEC_SEAL; after it a system may insist on it.
	const plain = create(NAME, MFD_ALLOW_SEALING);
	if (plain === -1) throw new ProtectError("cannot create a memory file");
	return plain;
}
