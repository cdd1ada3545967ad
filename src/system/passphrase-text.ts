/** A passphrase out of the bytes that a file or a command gave. */
import { CredentialsError } from "../errors.ts";

/** A credential and where it came from, in the words of an error. */
export interface Sourced {
	readonly value: string;
	readonly source: string;
}

/** What PowerShell writes unasked: UTF-16 by `>`, and a byte-order mark in front of UTF-8. */
const SAVE_PLAINLY = "save it as UTF-8 without a byte-order mark, which no editor shows";

/**
 * The passphrase that `bytes` hold, without white space at its ends. A source that is probably
 * not meant as it is says so in its name: a wrong passphrase is told with that.
 */
export function passphraseIn(bytes: Uint8Array, source: string): Sourced {
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		throw new CredentialsError(`the passphrase (from ${source}) is not UTF-8 text`, {
			hint: SAVE_PLAINLY,
			cause: error,
		});
	}
	// Not trim(), which takes a byte-order mark for white space: the Python tool does not.
	const value = text.replace(/^[^\S\uFEFF]+|[^\S\uFEFF]+$/g, "");
	if (value.startsWith("\uFEFF")) {
		return { value, source: `${source}, which starts with a byte-order mark` };
	}
	if (value.includes("\0")) return { value, source: `${source}, which holds NUL bytes` };
	return { value, source };
}
