/** Puts values into a protected file, as `pprotect add-secret` and `update-secret` do. */
import { SECRET_NAME } from "../format/data.ts";
import { KeyFile } from "../model/key-file.ts";
import { assertSecretName } from "../model/names.ts";

/** A value, and where it goes. */
export interface GivenValue {
	readonly domain: string;
	/** The secret's name. */
	readonly name: string;
	readonly value: string;
}

export interface Sealed {
	readonly file: KeyFile;
	readonly bytes: Uint8Array;
	/** What was done, one line a value. */
	readonly done: readonly string[];
}

/**
 * Adds each secret, or gives it another value where it is there.
 *
 * @throws ProtectError where one of them cannot be sealed: then there is no outcome.
 */
export function sealValues(before: KeyFile, values: readonly GivenValue[]): Sealed {
	let file = before;
	const done: string[] = [];
	for (const { domain, name, value } of values) {
		const isThere = hasSecret(file, domain, name);
		const changed = isThere
			? file.updateSecret(domain, name, value)
			: file.addSecret(domain, name, value);
		done.push(isThere ? `Changed ${name} in ${domain}.` : `Added ${name} to ${domain}.`);
		// Read again each time: the bytes are then those that one command after the other writes.
		file = KeyFile.parse(changed.encode(), { path: file.path });
	}
	return { file, bytes: file.encode(), done };
}

/** Whether the domain has a secret of that name. */
export function hasSecret(file: KeyFile, domain: string, name: string): boolean {
	return file.data.domains.get(domain)?.secrets.has(name) === true;
}

/**
 * Says what is wrong with a value before anything is sealed.
 *
 * @param others values that are given at the same time.
 * @throws ProtectError for a name that no secret may have.
 */
export function faultOf(
	file: KeyFile,
	given: GivenValue,
	others: readonly GivenValue[],
): string | undefined {
	const { domain, name, value } = given;
	if (domain === "") return "no domain is chosen";
	if (name === "") return "the name is empty";
	if (!hasSecret(file, domain, name) || !SECRET_NAME.test(name)) assertSecretName(name);
	if (others.some((other) => other.domain === domain && other.name === name)) {
		return `${name} is given twice`;
	}
	return value === "" ? "the value is empty" : undefined;
}
