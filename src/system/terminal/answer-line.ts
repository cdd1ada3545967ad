/** Keys that edit a line. */
const CTRL_U = 0x15;
const CTRL_W = 0x17;
const BACKSPACE = 0x08;
const DELETE = 0x7f;

const SPACE = 0x20;

/** The bytes of a line as they come in, and the editing that a terminal without echo leaves to us. */
export class AnswerLine {
	readonly #bytes: number[] = [];

	get length(): number {
		return this.#bytes.length;
	}

	/** Appends a byte as it is. */
	append(byte: number): void {
		this.#bytes.push(byte);
	}

	/** Takes a byte as a key: appends it, or erases a character, a word (Ctrl-W) or all (Ctrl-U). */
	type(byte: number): void {
		if (byte === BACKSPACE || byte === DELETE) this.#eraseCharacter();
		else if (byte === CTRL_W) this.#eraseWord();
		else if (byte === CTRL_U) this.#bytes.length = 0;
		else this.append(byte);
	}

	toBytes(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	#eraseCharacter(): void {
		let last = this.#bytes.pop();
		while (last !== undefined && isContinuation(last)) last = this.#bytes.pop();
	}

	#eraseWord(): void {
		while (this.#bytes.at(-1) === SPACE) this.#bytes.pop();
		while (this.#bytes.length > 0 && this.#bytes.at(-1) !== SPACE) this.#bytes.pop();
	}
}

/** Whether `byte` is a second, third or fourth one of a UTF-8 character. */
function isContinuation(byte: number): boolean {
	return (byte & 0xc0) === 0x80;
}
