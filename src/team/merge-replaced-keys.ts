/**
 * Stops a merge at each key that a side has in the place of another's. That is told first, and
 * nothing else is advised: whatever is sealed before it is settled may be for somebody else.
 */
import type { FileData } from "../format/data.ts";
import { type Conflict, type Merge, type Place, pathOf } from "./conflict.ts";
import type { NamedSides, NamedVersion } from "./named-version.ts";
import { type ReplacedKey, replacedKeysBetween } from "./replaced-keys.ts";

/** A key with the side that has it; the other side is undefined where that has one, too. */
interface Replacement {
	readonly key: ReplacedKey;
	readonly place: Place;
	readonly by: NamedVersion;
	readonly other: NamedVersion | undefined;
}

/** The merge with those conflicts in front, and with the words of all others left out. */
export function withReplacedKeys(merged: Merge, base: FileData, sides: NamedSides): Merge {
	const replacements = findReplacements(base, sides);
	if (replacements.length === 0) return merged;
	const own = replacements.map((replacement) => toConflict(replacement, merged.conflicts));
	const absorbed = new Set(own.flatMap(({ places }) => places.map(keyOf)));
	const others = merged.conflicts
		.filter(({ places }) => !places.every((place) => absorbed.has(keyOf(place))))
		.map(({ what, places }) => ({
			what,
			todo: "settle the replaced key first, of which an earlier line tells",
			places,
		}));
	const data = replacements.reduce(
		(current, replacement) => withPlace(current, replacement, sides),
		merged.data,
	);
	return { data, conflicts: [...own, ...others] };
}

function findReplacements(base: FileData, { ours, theirs }: NamedSides): Replacement[] {
	const found = new Map<string, Replacement>();
	const pairs = [[ours, theirs] as const, [theirs, ours] as const];
	for (const [by, other] of pairs) {
		for (const key of replacedKeysBetween(base, by.data)) {
			const place: Place =
				key.kind === "domain"
					? { kind: "domain", domain: key.domain }
					: { kind: "custodian", name: key.name };
			const twin = found.get(keyOf(place));
			const replacement = twin ? { ...twin, other: undefined } : { key, place, by, other };
			found.set(keyOf(place), replacement);
		}
	}
	return [...found.values()];
}

function toConflict(
	{ key, place, by, other }: Replacement,
	conflicts: readonly Conflict[],
): Conflict {
	const kept = key.kept.join(", ");
	const sign =
		kept === ""
			? "the audit log does not tell of it"
			: `their entry in ${kept} stayed, which it does not when they change their key`;
	const name = key.kind === "domain" ? key.domain : key.name;
	const what =
		key.kind === "domain"
			? `${by.name} replaced the key of ${name}, and did not rotate it: the entries of its owners stayed (${kept}), so they cannot open what is sealed to it, and whoever put it there can`
			: `${by.name} replaced the key of custodian ${name}: ${sign}, and whoever put this one there can open what is sealed to ${name} next`;
	const side = other
		? `take ${other.name} at every mark of ${name}`
		: `restore the key of ${name} from before both`;
	const inside = conflicts
		.flatMap(({ places }) => places)
		.filter((inner) => isInside(inner, place));
	return {
		what,
		todo: `do not take this key: ${side}, or give up with git merge --abort; git log tells who changed it`,
		places: [place, ...inside],
	};
}

/** Whether what stands at `inner` depends on the key at `outer`. */
function isInside(inner: Place, outer: Place): boolean {
	if (outer.kind === "domain") return "domain" in inner && inner.domain === outer.domain;
	const names = inner.kind === "owner" || inner.kind === "custodian";
	return outer.kind === "custodian" && names && inner.name === outer.name;
}

/** The data with the place as in the side that did not replace the key, where it has it. */
function withPlace(data: FileData, { place, other }: Replacement, sides: NamedSides): FileData {
	const versions = [...(other ? [other.data] : []), sides.ours.data, sides.theirs.data];
	if (place.kind === "domain") {
		const [domain] = versions.flatMap(({ domains }) => domains.get(place.domain) ?? []);
		return domain ? { ...data, domains: new Map(data.domains).set(place.domain, domain) } : data;
	}
	const [pwdkm] = versions.flatMap(({ custodians }) => custodians.get(place.name) ?? []);
	return pwdkm === undefined
		? data
		: { ...data, custodians: new Map(data.custodians).set(place.name, pwdkm) };
}

function keyOf(place: Place): string {
	return JSON.stringify(pathOf(place));
}
