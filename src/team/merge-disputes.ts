/** Conflicts of several common ancestors that each side settled in another way. */
import type { DomainData, FileData } from "../format/data.ts";
import type { Conflict, Merge, Place } from "./conflict.ts";
import type { NamedSides } from "./named-version.ts";
import { keyOfPlace } from "./places.ts";

/** The merge with a conflict at each disputed place that has none yet. */
export function withDisputes(merged: Merge, disputed: readonly Place[], sides: NamedSides): Merge {
	const marked = new Set(merged.conflicts.flatMap(({ places }) => places.map(keyOfPlace)));
	const isMarked = (place: Place) =>
		marked.has(keyOfPlace(place)) ||
		("domain" in place && marked.has(keyOfPlace({ kind: "domain", domain: place.domain })));
	const open = disputed.filter((place) => !isMarked(place) && canStand(place, merged.data));
	return {
		data: open.reduce((data, place) => withEitherSide(data, place, sides), merged.data),
		conflicts: [...merged.conflicts, ...open.map((place) => toConflict(place, sides))],
	};
}

/** Whether there is a domain for it: one that both sides removed is gone with all that is in it. */
function canStand(place: Place, { domains }: FileData): boolean {
	return place.kind === "custodian" || place.kind === "domain" || domains.has(place.domain);
}

function toConflict(place: Place, { ours, theirs }: NamedSides): Conflict {
	const name = place.kind === "domain" ? place.domain : `${place.name}`;
	const where = place.kind === "secret" || place.kind === "owner" ? ` of ${place.domain}` : "";
	return {
		what: `${ours.name} and ${theirs.name} settled an earlier conflict about ${place.kind} ${name}${where} in two ways`,
		todo: "keep one of the two versions, then: pprotect check",
		places: [place],
		remedy: { kind: "choose" },
	};
}

/** The data with the place as in ours, or as in theirs where ours has none. */
function withEitherSide(data: FileData, place: Place, { ours, theirs }: NamedSides): FileData {
	const sides = [ours.data, theirs.data];
	switch (place.kind) {
		case "custodian": {
			const [pwdkm] = sides.flatMap(({ custodians }) => custodians.get(place.name) ?? []);
			return { ...data, custodians: withEntry(data.custodians, place.name, pwdkm) };
		}
		case "domain": {
			const [domain] = sides.flatMap(({ domains }) => domains.get(place.domain) ?? []);
			return { ...data, domains: withEntry(data.domains, place.domain, domain) };
		}
		case "owner":
		case "secret": {
			const known = data.domains.get(place.domain);
			if (!known) return data;
			const part = place.kind === "owner" ? "owners" : "secrets";
			const [box] = sides.flatMap(
				({ domains }) => domains.get(place.domain)?.[part].get(place.name) ?? [],
			);
			const domain: DomainData = { ...known, [part]: withEntry(known[part], place.name, box) };
			return { ...data, domains: withEntry(data.domains, place.domain, domain) };
		}
	}
}

function withEntry<Value>(
	map: ReadonlyMap<string, Value>,
	key: string,
	value: Value | undefined,
): ReadonlyMap<string, Value> {
	return value === undefined ? map : new Map(map).set(key, value);
}
