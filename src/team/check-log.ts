/** Where the audit log and the rest of the file contradict each other. */
import type { FileData } from "../format/data.ts";
import { inWords, type Place } from "./conflict.ts";
import type { FileHistory } from "./file-history.ts";
import type { Finding } from "./finding.ts";
import { LastWords } from "./last-words.ts";
import type { Locations } from "./locations.ts";
import { placesOf } from "./places.ts";

/** What is in the file, though the log's last word is that it was removed. */
export function checkLog(file: FileData, history: FileHistory, at: Locations): Finding[] {
	const last = new LastWords(file);
	return placesOf(file).flatMap((place): Finding[] => {
		if (last.of(place) !== "removed") return [];
		return [
			{
				line: at.place(place),
				level: isKeptValue(place, file, history) ? "warning" : "problem",
				code: "removed-in-log",
				what: `${inWords(place)} is in the file, though the audit log says last that it was removed`,
				todo: "find out in the file's history how it came back; if nobody meant that, remove it again",
			},
		];
	});
}

/** Whether a merge had to choose between a side's new value and the other side's removal. */
function isKeptValue(place: Place, file: FileData, { recent, older }: FileHistory): boolean {
	if (place.kind !== "secret") return false;
	const { domain, name } = place;
	const boxIn = ({ domains }: FileData) => domains.get(domain)?.secrets.get(name);
	const box = boxIn(file);
	return [...recent, ...older].some(({ version, before, others, bases }) => {
		const sides = [...before, ...others].map(({ data }) => boxIn(data));
		const was = bases.map(({ data }) => boxIn(data));
		if (was.length === 0 || was.includes(box)) return false;
		return boxIn(version.data) === box && sides.includes(box) && sides.includes(undefined);
	});
}
