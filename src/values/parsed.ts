/** What the readers of the formats have in common: all that is wrong is told at once. */

/** A name and its value, as a file gives them. */
export interface Entry {
	readonly name: string;
	readonly value: string;
	/** The 1-based line that the name stands on. */
	readonly line: number;
}

/** Something about one line, in words that hold no value. */
export interface Remark {
	/** 1-based. */
	readonly line: number;
	readonly words: string;
}

/** What a text says, in its order. */
export interface Parsed {
	readonly entries: readonly Entry[];
	/** What keeps the text from being taken; the entries are then those that could be read. */
	readonly problems: readonly Remark[];
	/** What other readers of such files would have read differently. */
	readonly notes: readonly Remark[];
}

/** A {@link Parsed} in the making. */
export class ParsedBuilder implements Parsed {
	readonly entries: Entry[] = [];
	readonly problems: Remark[] = [];
	readonly notes: Remark[] = [];

	entry(line: number, name: string, value: string): void {
		this.entries.push({ name, value, line });
	}

	problem(line: number, words: string): void {
		this.problems.push({ line, words });
	}

	note(line: number, words: string): void {
		this.notes.push({ line, words });
	}
}
