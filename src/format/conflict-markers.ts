/** The lines that Git leaves where two versions clash. */

/** `<<<<<<< HEAD`; `======= x:` is the name of a domain. */
const MARKER = /^(?:<{7,}|\|{7,}|={7,}|>{7,})(?:\r?$| (?!.*:[ \t]*(?:#.*)?\r?$))/gm;

/** What to do about such lines. */
export const RESOLVE_BY_HAND = "keep one version of each marked line and delete the markers";
export const RESOLVE_CONFLICT = `${RESOLVE_BY_HAND}; or, to have it merged by what it means: pprotect git-setup, then git checkout --merge -- and the file's name`;

/** The offsets of all such lines. */
export function conflictMarkers(text: string): number[] {
	return Array.from(text.matchAll(MARKER), ({ index }) => index);
}

/** The text with one side taken at every conflict: the first, and the second. */
export function conflictSides(text: string): { first: string; second: string } {
	const kept: Record<Side, string[]> = { first: [], second: [] };
	const open: Conflict[] = [];
	const keep = (from: number, to: number) => {
		for (const side of ["first", "second"] as const) {
			if (open.every(({ section }) => section === side)) kept[side].push(text.slice(from, to));
		}
	};
	let done = 0;
	for (const start of conflictMarkers(text)) {
		const character = text[start];
		const size = markerSize(text, start);
		const top = open.at(-1);
		// A marker of another length is a line of a conflict inside, or none.
		if (character !== "<" && top?.size !== size) continue;
		keep(done, start);
		done = nextLine(text, start);
		if (character === "<") open.push({ size, section: "first" });
		else if (character === ">") open.pop();
		else if (top) top.section = character === "=" ? "second" : "base";
	}
	keep(done, text.length);
	return { first: kept.first.join(""), second: kept.second.join("") };
}

type Side = "first" | "second";

interface Conflict {
	/** How many characters its markers have. */
	readonly size: number;
	section: Side | "base";
}

function markerSize(text: string, start: number): number {
	let end = start;
	while (text[end] === text[start]) end++;
	return end - start;
}

function nextLine(text: string, offset: number): number {
	const newline = text.indexOf("\n", offset);
	return newline === -1 ? text.length : newline + 1;
}
