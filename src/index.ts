/**
 * The library: protected files for applications and scripts, under Bun and under Node 20 or
 * later. docs/library.md shows it at work.
 */
import { host } from "#host";
import { ProtectError } from "./errors.ts";
import { KeyFile as Value } from "./model/key-file.ts";
import type { Host } from "./system/host/host.ts";

/** @throws ProtectError where the runtime has no files. */
function files(): Host {
	if (host !== undefined) return host;
	throw new ProtectError("there are no files here", "give the file's text to KeyFile.parse");
}

/** A protected file as a value: every change returns a new one. */
export type KeyFile = Value;

/** Where such values come from, and how they get into a file. */
export const KeyFile = {
	/**
	 * The protected file at `path` as it is now.
	 *
	 * @throws ProtectedFileError where there is none; FormatError with the line of what is wrong;
	 *   ProtectError where it cannot be read.
	 */
	fromFile(path = "protected.yaml"): Value {
		return Value.parse(files().load(path).bytes, { path });
	},

	/**
	 * Writes what `change` makes of the file at `path`: in one step, and never over what somebody
	 * else wrote meanwhile. Under Bun others wait until it is done, so `change` should be quick:
	 * unlock before. Where it returns the file that it got, nothing is written.
	 *
	 * @returns whether the file was written.
	 * @throws what fromFile throws, ConflictError where another program has changed the file
	 *   meanwhile, ProtectError where it cannot be written, and what `change` throws.
	 */
	update(path: string, change: (keyFile: Value) => Value | Promise<Value>): Promise<boolean> {
		return files().update(path, async ({ bytes }) =>
			(await change(Value.parse(bytes, { path }))).encode(),
		);
	},

	/**
	 * Reads the bytes or the text of a protected file, wherever they are from.
	 *
	 * @throws FormatError with the line of what is wrong.
	 */
	parse(contents: Uint8Array | string): Value {
		return Value.parse(contents);
	},
};

export {
	ConflictError,
	CredentialsError,
	DecryptionError,
	FormatError,
	NameError,
	ProtectError,
	ProtectedFileError,
} from "./errors.ts";
export { type CredentialSources, Creds } from "./model/creds.ts";
export type { UnlockedCustodian } from "./model/key-custodian.ts";
