/**
 * What a merge lost: where one side changed something and the others left it as it was, the merged
 * file has to have the change. Whatever two sides changed is for a person to decide.
 */
import type { FileData } from "../format/data.ts";
import { secretChange, unionOfNames } from "./compare.ts";
import { type Place, pathOf } from "./conflict.ts";
import type { Step } from "./file-history.ts";
import { compareLogs, type LogChanges } from "./log-changes.ts";
import { type ReplacedKey, replacedKeysBetween } from "./replaced-keys.ts";

export interface MergeLoss {
	readonly place: Place;
	/** What became of the change of the side that made it. */
	readonly how: "missing" | "undone" | "revived";
	/** The side whose change it was, and the merge, in words. */
	readonly side: string;
	readonly merge: string;
}

/** The entries of a version by their path, each with its text; a domain's is its key. */
export type Entries = ReadonlyMap<string, { readonly place: Place; readonly text: string }>;

export function findMergeLosses({ version, before, others, bases }: Step): MergeLoss[] {
	if (bases.length === 0) return [];
	const result = entriesOf(version.data);
	const sides = [...before, ...others].map(({ name, data }) => ({
		name,
		entries: entriesOf(data),
		rotations: bases.map((base) => new Rotations(base.data, data)),
		data,
	}));
	const ancestors = bases.map(({ data }) => entriesOf(data));
	const losses = unionOfNames(...ancestors, ...sides.map(({ entries }) => entries)).flatMap(
		(key): MergeLoss[] => {
			const textIn = (entries: Entries) => entries.get(key)?.text;
			const was = new Set(ancestors.map(textIn));
			const differing = sides.filter(({ entries }) => !was.has(textIn(entries)));
			const [place] = [...sides.map(({ entries }) => entries), ...ancestors].flatMap(
				(all) => all.get(key)?.place ?? [],
			);
			if (!place) return [];
			const changed = differing.filter(
				({ rotations }) => !rotations.some((rotation) => rotation.onlySealed(place)),
			);
			for (const side of differing) if (!changed.includes(side)) was.add(textIn(side.entries));
			const [side] = changed;
			if (!side || changed.some(({ entries }) => textIn(entries) !== textIn(side.entries)))
				return [];
			const how = lossOf(textIn(side.entries), textIn(result), was);
			const replaced = () => bases.flatMap(({ data }) => replacedKeysBetween(data, side.data));
			if (how && how !== "revived" && replaced().some((one) => dependsOn(place, one))) return [];
			return how ? [{ place, how, side: side.name, merge: version.name }] : [];
		},
	);
	return withoutInner(losses, version.data);
}

/**
 * What an older merge lost of who can open what, and the file has not got since: an owner or a
 * custodian who was removed, or a key that was rotated. The common ancestors are asked for only
 * where the log lost entries, too, as it does where a merge takes one side whole.
 */
export function findLostAccess(step: Step, file: FileData): MergeLoss[] {
	const { version, before } = step;
	const { auditLog } = version.data;
	const isSuspect =
		before.length > 1 &&
		before.some(({ data }) => compareLogs(data.auditLog, auditLog).removed > 0);
	if (!isSuspect) return [];
	const [then, now] = [version.data, file].map(entriesOf);
	const { tells } = compareLogs(auditLog, file.auditLog);
	return findMergeLosses(step).filter(({ place, how }) => {
		const key = JSON.stringify(pathOf(place));
		const isAsThen = now?.get(key)?.text === then?.get(key)?.text;
		if (how === "undone") return place.kind === "domain" && isAsThen;
		if (how === "missing" || !now?.has(key)) return false;
		// Another box alone may come from a rotation, which decides nothing about the owner.
		if (place.kind === "owner") return isAsThen || !tells({ ...place, how: "set" });
		return place.kind === "custodian" && (isAsThen || !tells({ ...place, how: "added" }));
	});
}

/** Whether the entry is a replaced key, or is sealed to one: a merge that drops it loses nothing. */
function dependsOn(place: Place, key: ReplacedKey): boolean {
	if (key.kind === "domain") return "domain" in place && place.domain === key.domain;
	return place.kind !== "domain" && place.kind !== "secret" && place.name === key.name;
}

/** What a side sealed anew, and left as it was else. */
class Rotations {
	readonly #base: FileData;
	readonly #side: FileData;
	#log: LogChanges | undefined;

	constructor(base: FileData, side: FileData) {
		this.#base = base;
		this.#side = side;
	}

	onlySealed(place: Place): boolean {
		if (place.kind !== "secret" && place.kind !== "owner") return false;
		const { domain, name } = place;
		const [old, recent] = [this.#base, this.#side].map(({ domains }) => domains.get(domain));
		const isRotated = old?.publicKey !== recent?.publicKey;
		if (place.kind === "owner") {
			const isRekeyed = this.#base.custodians.get(name) !== this.#side.custodians.get(name);
			const isKept = old?.owners.has(name) === true && recent?.owners.has(name) === true;
			return isKept && (isRotated || isRekeyed);
		}
		if (!isRotated || !old?.secrets.has(name) || !recent?.secrets.has(name)) return false;
		// The log adds a finding here, as it says that the value is an old one.
		this.#log ??= compareLogs(this.#base.auditLog, this.#side.auditLog);
		return secretChange(domain, name, old, recent, this.#log) === undefined;
	}
}

function lossOf(
	wanted: string | undefined,
	found: string | undefined,
	was: ReadonlySet<string | undefined>,
): MergeLoss["how"] | undefined {
	if (found === wanted) return undefined;
	if (wanted === undefined) return was.has(found) ? "revived" : undefined;
	if (found === undefined) return "missing";
	// Neither one nor the other: it was sealed anew.
	return was.has(found) ? "undone" : undefined;
}

/** A domain that lost a change is told as one. */
function withoutInner(losses: readonly MergeLoss[], { domains }: FileData): MergeLoss[] {
	const whole = new Set(
		losses.flatMap(({ place }) => (place.kind === "domain" ? place.domain : [])),
	);
	return losses.filter(({ place }) => {
		if (place.kind === "custodian" || place.kind === "domain") return true;
		return !whole.has(place.domain) && domains.has(place.domain);
	});
}

export function entriesOf({ domains, custodians }: FileData): Entries {
	const entries = new Map<string, { place: Place; text: string }>();
	const add = (place: Place, text: string) =>
		entries.set(JSON.stringify(pathOf(place)), { place, text });
	for (const [name, text] of custodians) add({ kind: "custodian", name }, text);
	for (const [domain, { publicKey, owners, secrets }] of domains) {
		add({ kind: "domain", domain }, publicKey);
		for (const [name, text] of owners) add({ kind: "owner", domain, name }, text);
		for (const [name, text] of secrets) add({ kind: "secret", domain, name }, text);
	}
	return entries;
}
