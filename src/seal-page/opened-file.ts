/** The protected file that the page works on. */
import { KeyFile } from "../model/key-file.ts";
import { checkFile } from "../team/check.ts";
import type { Finding } from "../team/finding.ts";
import { type Status, statusOf } from "../team/status.ts";
import { codeNameOfSecret, variableName } from "../values/variable-name.ts";
import { safeFileName } from "./patch.ts";

export interface OpenedFile {
	/** What it is saved as. */
	readonly name: string;
	/** As it was given. */
	readonly bytes: Uint8Array;
	readonly file: KeyFile;
	readonly status: Status;
}

/** @returns what there is to say of the file, as `pprotect check` does without Git. */
export function findingsOf(bytes: Uint8Array, name: string): readonly Finding[] {
	const uppercase = (secret: string) => variableName(secret, { uppercase: true });
	const variables = { uppercase, running: codeNameOfSecret };
	return checkFile(bytes, safeFileName(name), { variables }).findings;
}

/**
 * @param domain the one to show; all of them unless given.
 * @throws FormatError with what is wrong; NameError for an unknown domain.
 */
export function openFile(bytes: Uint8Array, givenName: string, domain?: string): OpenedFile {
	const name = safeFileName(givenName);
	const file = KeyFile.parse(bytes, { path: name });
	if (domain !== undefined) file.secretNames(domain);
	const status = statusOf(file.data, domain === undefined ? [] : [domain]);
	return { name, bytes, file, status };
}
