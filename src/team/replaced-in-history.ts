/** Keys that were replaced at some time, and that the file still has. */
import type { FileData } from "../format/data.ts";
import type { FileHistory, Step } from "./file-history.ts";
import type { NamedVersion } from "./named-version.ts";
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

/**
 * The keys of the first version that were replaced when they came into the file, and were not put
 * right by that.
 *
 * @param versions each with those that it came from behind it.
 */
export function replacedInLine(versions: readonly NamedVersion[]): ReplacedKey[] {
	const [present] = versions;
	if (!present) return [];
	const keys = versions
		.slice(0, -1)
		.flatMap(({ data }, index) =>
			findReplacedKeys(data, versions.slice(index + 1, index + 2)).filter(
				(key) => isSince(key, versions.slice(0, index + 1)) && !isAsBefore(key, versions, index),
			),
		);
	return keys;
}

/** Whether all of the versions have the key that the last one has. */
function isSince(key: ReplacedKey, versions: readonly NamedVersion[]): boolean {
	return new Set(versions.map(({ data }) => textOf(key, data))).size === 1;
}

/** Whether an earlier version has the same key, and beside it the entries that stayed. */
function isAsBefore(key: ReplacedKey, versions: readonly NamedVersion[], index: number): boolean {
	const intro = versions[index];
	return versions
		.slice(index + 2)
		.some(
			({ data }) =>
				intro !== undefined &&
				textOf(key, data) === textOf(key, intro.data) &&
				key.kept.every((name) => entryOf(key, name, data) === entryOf(key, name, intro.data)),
		);
}

function textOf(key: ReplacedKey, { domains, custodians }: FileData): string | undefined {
	return key.kind === "domain" ? domains.get(key.domain)?.publicKey : custodians.get(key.name);
}

function entryOf(key: ReplacedKey, kept: string, { domains }: FileData): string | undefined {
	return key.kind === "domain"
		? domains.get(key.domain)?.owners.get(kept)
		: domains.get(kept)?.owners.get(key.name);
}
