/** Keys that were replaced at some time, and that the file still has. */
import type { FileData } from "../format/data.ts";
import type { FileHistory, Step } from "./file-history.ts";
import { findReplacedKeys, type ReplacedKey } from "./replaced-keys.ts";

/** The step's replaced keys that are the file's keys still. */
export function replacedKeysOf(file: FileData, { version, before, others }: Step): ReplacedKey[] {
	return findReplacedKeys(version.data, [...before, ...others]).filter((key) =>
		key.kind === "domain"
			? file.domains.get(key.domain)?.publicKey === version.data.domains.get(key.domain)?.publicKey
			: file.custodians.get(key.name) === version.data.custodians.get(key.name),
	);
}

/** The custodians of the file whose key was replaced, with the version that did it. */
export function replacedCustodians(
	file: FileData,
	{ recent, older }: FileHistory,
): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const step of [...recent, ...older]) {
		for (const key of replacedKeysOf(file, step)) {
			if (key.kind === "custodian" && !found.has(key.name)) found.set(key.name, step.version.name);
		}
	}
	return found;
}
