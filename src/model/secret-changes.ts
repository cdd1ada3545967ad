/** Changes of several secrets of a domain at once. */

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
