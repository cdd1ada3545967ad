/** Tells the line of an offset; after the first question each costs a binary search. */
export class LineIndex {
	readonly #text: string;
	/** Where each line but the first begins. */
	#starts: readonly number[] | undefined;

	constructor(text: string) {
		this.#text = text;
	}

	/** The line, from 1, that `offset` (in UTF-16 units) stands on. */
	lineAt(offset: number): number {
		this.#starts ??= lineStarts(this.#text);
		let low = 0;
		let high = this.#starts.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#starts[middle] ?? 0) <= offset) low = middle + 1;
			else high = middle;
		}
		return low + 1;
	}
}

function lineStarts(text: string): number[] {
	const starts: number[] = [];
	for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
	return starts;
}
