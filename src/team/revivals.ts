/**
 * Keeps a merge from bringing back what a side removed. The last look at a merged file: each entry
 * that only one side has, and that the ancestor lacks, is compared with the last word of the logs.
 */
import type { FileData } from "../format/data.ts";
import { type Conflict, inWords, type Place, type Remedy, type Side } from "./conflict.ts";
import { pick } from "./mark-conflicts.ts";
import type { NamedSides, NamedVersion } from "./named-version.ts";
import { hasPlace, keyOfPlace, placesOf } from "./places.ts";
import { type Removal, Removals } from "./removals.ts";
import { adviceToRotate } from "./rotation-advice.ts";
import type { TypedCommand } from "./typed-command.ts";

interface Revival {
	readonly removedBy: Side;
	readonly place: Place;
	readonly removal: Removal;
	/** The side without the entry, and the one that has it. */
	readonly remover: NamedVersion;
	readonly keeper: NamedVersion;
}

export interface MergedVersions extends NamedSides {
	readonly base: FileData;
	readonly merged: FileData;
}

/** The conflicts of a merge, with those in place of which an entry would come back. */
export function withRevivals(
	conflicts: readonly Conflict[],
	versions: MergedVersions,
	typed: TypedCommand,
): Conflict[] {
	const revivals = findRevivals(versions);
	if (revivals.length === 0) return [...conflicts];
	const whole = new Set(conflicts.flatMap(({ places }) => places.flatMap(domainKey)));
	const isInside = ({ place }: Revival) =>
		"domain" in place && whole.has(keyOfPlace({ kind: "domain", domain: place.domain }));
	const revived = new Set(revivals.map(({ place }) => keyOfPlace(place)));
	const others = conflicts
		.filter(({ places }) => !places.every((place) => revived.has(keyOfPlace(place))))
		.map((conflict) => withWarnings(conflict, revivals));
	const groups = grouped(revivals.filter((revival) => !isInside(revival)));
	const own = groups.map((group) => toConflict(group, versions.merged, typed));
	return withOwnersLeft([...others, ...own], versions);
}

/** The conflicts, with a domain as a whole where either side's choice would leave it no owner. */
function withOwnersLeft(
	conflicts: readonly Conflict[],
	{ merged, ours, theirs }: MergedVersions,
): Conflict[] {
	const places = conflicts.flatMap((conflict) => conflict.places);
	const choices = [ours, theirs].map(({ data }) => pick(merged, places, data));
	const isOwnerless = (domain: string) =>
		choices.some(({ domains }) => domains.get(domain)?.owners.size === 0);
	return conflicts.map((conflict) => {
		const domains = conflict.places.flatMap((place) =>
			place.kind === "owner" ? place.domain : [],
		);
		const ownerless = [...new Set(domains)].filter(isOwnerless);
		if (ownerless.length === 0) return conflict;
		const kept = conflict.places.filter(
			(place) => place.kind !== "owner" || !ownerless.includes(place.domain),
		);
		const whole = ownerless.map((domain): Place => ({ kind: "domain", domain }));
		return {
			what: conflict.what,
			todo: `${conflict.todo}; of ${ownerless.join(", ")}, which would have no owner left, keep one side's whole domain`,
			places: [...kept, ...whole],
		};
	});
}

function findRevivals({ base, ours, theirs, merged }: MergedVersions): Revival[] {
	const removals = {
		ours: new Removals(base.auditLog, ours.data.auditLog, theirs.data.auditLog),
		theirs: new Removals(base.auditLog, theirs.data.auditLog, ours.data.auditLog),
	};
	return placesOf(merged).flatMap((place): Revival[] => {
		const [weHave, theyHave] = [hasPlace(ours.data, place), hasPlace(theirs.data, place)];
		if (weHave === theyHave || hasPlace(base, place)) return [];
		const removal = removals[weHave ? "theirs" : "ours"].of(place);
		if (!removal) return [];
		const [keeper, remover] = weHave ? [ours, theirs] : [theirs, ours];
		return [{ place, removal, remover, keeper, removedBy: weHave ? "theirs" : "ours" }];
	});
}

/** A domain with all that is in it is one conflict, and so is a custodian with their entries. */
function grouped(revivals: readonly Revival[]): (readonly [Revival, ...Revival[]])[] {
	const groups = new Map<string, [Revival, ...Revival[]]>();
	const domains = new Set(revivals.flatMap(({ place }) => domainKey(place)));
	const custodians = new Set(
		revivals.flatMap(({ place }) => (place.kind === "custodian" ? place.name : [])),
	);
	for (const revival of revivals) {
		const { place } = revival;
		const domain = "domain" in place ? keyOfPlace({ kind: "domain", domain: place.domain }) : "";
		const owner = place.kind === "owner" && custodians.has(place.name) ? place.name : undefined;
		const key = domains.has(domain)
			? domain
			: keyOfPlace(owner === undefined ? place : { kind: "custodian", name: owner });
		const group = groups.get(key);
		if (group) group.push(revival);
		else groups.set(key, [revival]);
	}
	return [...groups.values()];
}

/** The first of a group is the entry that holds the others. */
function toConflict(
	group: readonly [Revival, ...Revival[]],
	merged: FileData,
	typed: TypedCommand,
): Conflict {
	const [{ place, removal, remover, keeper, removedBy }] = group;
	const places = placesOfGroup(group, merged);
	const what =
		removal === "removed"
			? `${remover.name} removed ${inWords(place)}, and ${keeper.name} has the entry from before that`
			: `${keeper.name} has ${inWords(place)} and ${remover.name} does not, whose audit log was cut and may have told of a removal`;
	const rotated = group.flatMap((revival) => rotatedDomain(revival, merged));
	const rotations = [...new Set(rotated)].map((domain) => adviceToRotate(typed, domain));
	const again =
		rotations.length === 0
			? ""
			: `, then rotate again, as they were given the new key: ${rotations.join("; ")}`;
	const taking = `take ${remover.name} at every mark of ${labelOf(place)}`;
	const todo =
		removal === "removed"
			? `${taking}, so that what was removed stays removed${again}`
			: `find out whether it was removed; if so, ${taking}${again}`;
	const remedy: Remedy = { kind: "take", side: removedBy, rotate: [...new Set(rotated)] };
	return { what, todo, places, remedy };
}

/** A custodian's entries as an owner go with them. */
function placesOfGroup(group: readonly [Revival, ...Revival[]], merged: FileData): Place[] {
	const [{ place }] = group;
	if (place.kind !== "custodian") return [place];
	const owned = [...merged.domains].filter(([, { owners }]) => owners.has(place.name));
	const entries = owned.map(([domain]): Place => ({ kind: "owner", domain, name: place.name }));
	return [place, ...entries];
}

/** A domain whose new key was given to the owner who was removed. */
function rotatedDomain({ place, remover, keeper }: Revival, merged: FileData): string[] {
	if (place.kind !== "owner") return [];
	const keyIn = ({ domains }: FileData) => domains.get(place.domain)?.publicKey;
	const key = keyIn(merged);
	return key === keyIn(keeper.data) && key !== keyIn(remover.data) ? [place.domain] : [];
}

function labelOf(place: Place): string {
	return place.kind === "domain" ? place.domain : place.name;
}

/** Says of a domain that is in conflict as a whole who must not come back with it. */
function withWarnings(conflict: Conflict, revivals: readonly Revival[]): Conflict {
	const domains = new Set(conflict.places.flatMap(domainKey));
	const inside = revivals.filter(
		({ place }) =>
			place.kind !== "domain" &&
			"domain" in place &&
			domains.has(keyOfPlace({ kind: "domain", domain: place.domain })),
	);
	if (inside.length === 0) return conflict;
	const words = inside.map(
		({ place, remover, keeper }) =>
			`${inWords(place)}, which ${remover.name} removed and ${keeper.name} has`,
	);
	const todo = `${conflict.todo}; leave out of it ${words.join("; ")}`;
	return { ...conflict, todo, remedy: undefined };
}

function domainKey(place: Place): string[] {
	return place.kind === "domain" ? [keyOfPlace(place)] : [];
}
