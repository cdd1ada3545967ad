/** What a merge could not decide, where it stands, and its words. */
import { CUSTODIANS_KEY, type FileData, SECRET_PREFIX } from "../format/data.ts";

/** An entry of the file, on which the sides differ. */
export type Place =
	| { readonly kind: "domain"; readonly domain: string }
	| { readonly kind: "secret" | "owner"; readonly domain: string; readonly name: string }
	| { readonly kind: "custodian"; readonly name: string };

/** Something that a person has to decide. */
export interface Conflict {
	/** What happened on which side. */
	readonly what: string;
	/** What to do about it, or to type. */
	readonly todo: string;
	/** The entries that it is about, each of which is marked in the file. */
	readonly places: readonly Place[];
	/** How `pprotect resolve` can settle it; undefined where that takes more than one step. */
	readonly remedy?: Remedy | undefined;
}

export interface Merge {
	/** The merged file; a place in conflict is as in ours, or as in theirs where ours has none. */
	readonly data: FileData;
	/** Empty where nothing truly conflicts. */
	readonly conflicts: readonly Conflict[];
}

/** One of the two versions. */
export type Side = keyof SideNames;

export type Remedy =
	/** One side's version, or nothing where it has none, as the user likes. */
	| { readonly kind: "choose" }
	/** That side's version, and a rotation where the removed owner was given the new key. */
	| { readonly kind: "take"; readonly side: Side; readonly rotate: readonly string[] }
	/** A secret that `from` sealed to the old key: its value, sealed to the new one. */
	| {
			readonly kind: "reseal";
			readonly domain: string;
			readonly name: string;
			readonly from: Side;
	  }
	/** A domain whose key both sides rotated: both sides' changes, under a key that is new. */
	| { readonly kind: "unite"; readonly domain: string }
	/** A custodian of two keys, or of one that a side removed: one side's, at every mark. */
	| { readonly kind: "custodian"; readonly name: string }
	/** An owner whose entry holds an old key, or is sealed to one: an entry made anew. */
	| { readonly kind: "grant"; readonly domain: string; readonly name: string };

/** What the two sides are called in words, such as `ours` or a branch's name. */
export interface SideNames {
	readonly ours: string;
	readonly theirs: string;
}

/** The keys from the top of the file to a place. */
export function pathOf(place: Place): readonly string[] {
	switch (place.kind) {
		case "domain":
			return [place.domain];
		case "secret":
			return [place.domain, SECRET_PREFIX + place.name];
		case "owner":
			return [place.domain, "meta", "owners", place.name];
		case "custodian":
			return [CUSTODIANS_KEY, place.name];
	}
}

/** An entry as sentences name it. */
export function inWords(place: Place): string {
	switch (place.kind) {
		case "custodian":
			return `custodian ${place.name}`;
		case "domain":
			return `domain ${place.domain}`;
		case "owner":
			return `owner ${place.name} of ${place.domain}`;
		case "secret":
			return `secret ${place.name} of ${place.domain}`;
	}
}
