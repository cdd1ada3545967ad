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
	/** The one name that it is about, where there is one. */
	readonly name?: string | undefined;
	/** What kind of thing is there in place of text, where a program can make text of it. */
	readonly shape?: "nested" | "manifest" | undefined;
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

	problem(line: number, words: string, about: Pick<Remark, "name" | "shape"> = {}): void {
		this.problems.push({ line, words, ...about });
	}

	note(line: number, words: string, name?: string): void {
		this.notes.push({ line, words, ...(name !== undefined && { name }) });
	}
}
