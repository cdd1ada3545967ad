/** The names of our entries in the Credential Manager of Windows, which the runtime cannot list. */
import { dlopen, read, toArrayBuffer } from "bun:ffi";
import { SERVICE } from "./keychain.ts";

/** Where a CREDENTIALW of 64-bit Windows has the pointer to its name. */
const TARGET_NAME = 8;
const POINTER = 8;
/** CRED_MAX_GENERIC_TARGET_NAME_LENGTH, in characters of two bytes. */
const LONGEST_NAME = 32_767;

export function listWindowsCredentials(): string[] {
	const advapi32 = dlopen("advapi32.dll", {
		CredEnumerateW: { args: ["buffer", "u32", "buffer", "buffer"], returns: "i32" },
		CredFree: { args: ["u64"], returns: "void" },
	}).symbols;
	const filter = Buffer.from(`${SERVICE}/*\0`, "utf16le");
	const count = new Uint32Array(1);
	const credentials = new BigUint64Array(1);
	if (advapi32.CredEnumerateW(filter, 0, count, credentials) === 0) return [];
	const [table = 0n] = credentials;
	const names = Array.from({ length: count[0] ?? 0 }, (_, index) => {
		const credential = read.u64(table, index * POINTER);
		return textAt(read.u64(credential, TARGET_NAME)).slice(SERVICE.length + 1);
	});
	advapi32.CredFree(table);
	return names;
}

function textAt(address: bigint): string {
	let length = 0;
	while (length < LONGEST_NAME && read.u16(address, 2 * length) !== 0) length += 1;
	return Buffer.from(toArrayBuffer(address, 0, 2 * length)).toString("utf16le");
}
