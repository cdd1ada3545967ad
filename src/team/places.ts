/** Entries of a file by where they are. */
import type { FileData } from "../format/data.ts";
import { type Place, pathOf } from "./conflict.ts";

export function hasPlace({ domains, custodians }: FileData, place: Place): boolean {
	switch (place.kind) {
		case "custodian":
			return custodians.has(place.name);
		case "domain":
			return domains.has(place.domain);
		case "owner":
			return domains.get(place.domain)?.owners.has(place.name) === true;
		case "secret":
			return domains.get(place.domain)?.secrets.has(place.name) === true;
	}
}

/** Every entry of the file. */
export function placesOf({ domains, custodians }: FileData): Place[] {
	return [
		...[...custodians.keys()].map((name): Place => ({ kind: "custodian", name })),
		...[...domains].flatMap(([domain, { owners, secrets }]): Place[] => [
			{ kind: "domain", domain },
			...[...owners.keys()].map((name): Place => ({ kind: "owner", domain, name })),
			...[...secrets.keys()].map((name): Place => ({ kind: "secret", domain, name })),
		]),
	];
}

/** The same for the same place, for a set to hold. */
export function keyOfPlace(place: Place): string {
	return JSON.stringify(pathOf(place));
}
