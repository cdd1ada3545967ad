/** Changes of several secrets of a domain at once, each with its entry in the audit log. */
import type { KeyFile } from "./key-file.ts";

/** By name; a name is in one of the two. */
export interface SecretChanges {
	/** The values of what is added or updated. */
	readonly set: ReadonlyMap<string, string>;
	readonly removed: ReadonlySet<string>;
}

/** What makes `after` of `before`, both values by name. */
export function changesBetween(
	before: ReadonlyMap<string, string>,
	after: ReadonlyMap<string, string>,
): SecretChanges {
	const set = [...after].filter(([name, value]) => before.get(name) !== value);
	const removed = [...before.keys()].filter((name) => !after.has(name));
	return { set: new Map(set), removed: new Set(removed) };
}

/** Whether nothing would change. */
export function isNoChange({ set, removed }: SecretChanges): boolean {
	return set.size === 0 && removed.size === 0;
}

/** The values with the changes made. */
export function withChanges(
	values: ReadonlyMap<string, string>,
	{ set, removed }: SecretChanges,
): Map<string, string> {
	const kept = [...values].filter(([name]) => !removed.has(name));
	return new Map([...kept, ...set]);
}

/**
 * The names that `changes` concern and that somebody else has changed since `before`, unless it
 * was to the same value.
 */
export function conflictingNames(
	changes: SecretChanges,
	before: ReadonlyMap<string, string>,
	now: ReadonlyMap<string, string>,
): string[] {
	const names = [...changes.set.keys(), ...changes.removed];
	return names.filter(
		(name) => now.get(name) !== before.get(name) && now.get(name) !== changes.set.get(name),
	);
}

/**
 * The file with the changes made; what is there and should be is updated, what is gone stays so.
 *
 * @throws NameError for an unknown domain; ProtectError for a bad name.
 */
export function changeSecrets(
	keyFile: KeyFile,
	domain: string,
	{ set, removed }: SecretChanges,
): KeyFile {
	const present = new Set(keyFile.secretNames(domain));
	let changed = keyFile;
	for (const name of removed) {
		if (present.has(name)) changed = changed.removeSecret(domain, name);
	}
	for (const [name, value] of set) {
		changed = present.has(name)
			? changed.updateSecret(domain, name, value)
			: changed.addSecret(domain, name, value);
	}
	return changed;
}
