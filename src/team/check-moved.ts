/** Keys and boxes that the last steps put where they do not belong: each was made for one place. */
import type { FileData } from "../format/data.ts";
import { inWords, type Place } from "./conflict.ts";
import type { FileHistory } from "./file-history.ts";
import type { Finding } from "./finding.ts";
import type { Locations } from "./locations.ts";
import { type Entries, entriesOf } from "./merge-losses.ts";

export function checkMoved(file: FileData, { recent }: FileHistory, at: Locations): Finding[] {
	const present = entriesOf(file);
	const texts = new Map<string, number>();
	for (const { text } of present.values()) texts.set(text, (texts.get(text) ?? 0) + 1);
	const found = new Map<string, Finding>();
	for (const { version, before } of recent) {
		const result = entriesOf(version.data);
		for (const { name, data } of before) {
			const origins = placesOfTexts(entriesOf(data));
			for (const [key, { place, text }] of result) {
				const from = origins.get(text);
				const isElsewhere = from && !from.has(key) && present.get(key)?.text === text;
				// Twice in one file: that is told as a copy.
				if (!isElsewhere || texts.get(text) !== 1 || found.has(key)) continue;
				if (before.some((other) => entriesOf(other.data).get(key)?.text === text)) continue;
				const [origin] = from.values();
				const finding = origin && describe(place, origin, { name, before: data, after: file });
				if (finding) found.set(key, { line: lineOf(place, at), ...finding });
			}
		}
	}
	return [...found.values()];
}

function placesOfTexts(entries: Entries): Map<string, Map<string, Place>> {
	const places = new Map<string, Map<string, Place>>();
	for (const [key, { place, text }] of entries) {
		const known = places.get(text) ?? new Map<string, Place>();
		places.set(text, known.set(key, place));
	}
	return places;
}

interface Versions {
	/** The version with the entry where it was. */
	readonly name: string;
	readonly before: FileData;
	readonly after: FileData;
}

function describe(
	place: Place,
	from: Place,
	{ name, before, after }: Versions,
): Omit<Finding, "line"> | undefined {
	const what = `is that of ${inWords(from)} in ${name}`;
	const todo = `find out who moved it, and restore the line from ${name}`;
	if (place.kind === "domain" || place.kind === "custodian") {
		const moved = `the key of ${inWords(place)} ${what}`;
		return { level: "problem", code: "moved-key", what: moved, todo };
	}
	// With the key that it is sealed to it came along, and the key is told.
	if (isKeyMoved(place, from, before, after)) return undefined;
	return place.kind === "owner"
		? {
				level: "problem",
				code: "copied-entry",
				what: `the entry of ${inWords(place)} ${what}`,
				todo,
			}
		: {
				level: "problem",
				code: "copied-box",
				what: `the sealed box of ${inWords(place)} ${what}`,
				todo,
			};
}

/** A secret's box is sealed to its domain, and an owner's entry to the owner. */
function isKeyMoved(place: Place, from: Place, before: FileData, after: FileData): boolean {
	if (place.kind === "secret" && from.kind === "secret") {
		const key = after.domains.get(place.domain)?.publicKey;
		// Within one domain the file's history tells more.
		return place.domain === from.domain || key === before.domains.get(from.domain)?.publicKey;
	}
	if (place.kind !== "owner" || from.kind !== "owner") return false;
	const [now, then] = [after.domains.get(place.domain), before.domains.get(from.domain)];
	const isSameKey = now?.publicKey === then?.publicKey;
	return isSameKey && after.custodians.get(place.name) === before.custodians.get(from.name);
}

function lineOf(place: Place, at: Locations): number {
	return place.kind === "domain" ? at.publicKey(place.domain) : at.place(place);
}
