/** A place in a text, that knows its line. */
export class Scanner {
	readonly text: string;
	#offset = 0;
	#line = 1;

	constructor(text: string) {
		this.text = text;
	}

	get offset(): number {
		return this.#offset;
	}

	/** 1-based; lines end with `\n`. */
	get line(): number {
		return this.#line;
	}

	get isAtEnd(): boolean {
		return this.#offset >= this.text.length;
	}

	/** The character here; empty at the end. */
	get next(): string {
		return this.text[this.#offset] ?? "";
	}

	/** Goes past what `pattern`, a sticky one, matches here; undefined where it does not match. */
	take(pattern: RegExp): RegExpExecArray | undefined {
		pattern.lastIndex = this.#offset;
		const match = pattern.exec(this.text) ?? undefined;
		if (match) this.moveTo(pattern.lastIndex);
		return match;
	}

	/** @param offset not before the present one. */
	moveTo(offset: number): void {
		let newline = this.text.indexOf("\n", this.#offset);
		while (newline !== -1 && newline < offset) {
			this.#line++;
			newline = this.text.indexOf("\n", newline + 1);
		}
		this.#offset = offset;
	}
}
