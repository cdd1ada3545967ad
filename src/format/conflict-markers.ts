/** The lines that Git leaves where two versions clash. */

/** `<<<<<<< HEAD`; `======= x:` is the name of a domain. */
const MARKER = /^(?:<{7,}|\|{7,}|={7,}|>{7,})(?:\r?$| (?!.*:[ \t]*(?:#.*)?\r?$))/gm;

/** What to do about such lines. */
export const RESOLVE_CONFLICT =
	"keep one version of each marked line and delete the markers; or, to have it merged by what it means: pprotect git-setup, then git checkout --merge -- and the file's name";

/** The offsets of all such lines. */
export function conflictMarkers(text: string): number[] {
	return Array.from(text.matchAll(MARKER), ({ index }) => index);
}

/** The text without its conflicts: neither markers nor either side is left. */
export function withoutConflicts(text: string): string {
	const kept: string[] = [];
	let keptUntil = 0;
	let isInside = false;
	for (const start of conflictMarkers(text)) {
		if (!isInside && text[start] === "<") {
			kept.push(text.slice(keptUntil, start));
			isInside = true;
		} else if (isInside && text[start] === ">") {
			keptUntil = nextLine(text, start);
			isInside = false;
		}
	}
	if (!isInside) kept.push(text.slice(keptUntil));
	return kept.join("");
}

function nextLine(text: string, offset: number): number {
	const newline = text.indexOf("\n", offset);
	return newline === -1 ? text.length : newline + 1;
}
