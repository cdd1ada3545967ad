/**
 * Reads `.env` files as the dotenv package of npm does, which most of them are written for:
 *
 * - `NAME=value` or `NAME: value`, with or without `export`; `#` begins a comment, also in the
 *   middle of a word; blanks around a value are not part of it.
 * - `'…'`, `"…"` and `` `…` `` may span lines, and hold `#`. In double quotes `\n` and `\r` are
 *   line breaks; every other backslash stays. Nothing is expanded.
 * - Line ends, also those in values, become `\n`. Of a name given twice the last value counts.
 *
 * Not the runtime's `util.parseEnv`: it knows no lines, passes in silence over what it cannot
 * read, and departs from dotenv in small things. Where dotenv would drop a line or take half a
 * value, this says so instead; a test holds all else to dotenv's own reading.
 */
import { type Entry, type Parsed, ParsedBuilder } from "./parsed.ts";
import { Scanner } from "./scanner.ts";

const INDENT = /[^\S\n]*/y;
const NAME = /(?:export[^\S\n]+)?([\w.-]+)(?:([^\S\n]*)=|(:)(?=[^\S\n]))([^\S\n]*)/y;
const UNQUOTED = /[^#\n]*/y;
const BLANK_OR_COMMENT = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
const REST_OF_LINE = /[^\n]*(?:\n|$)/y;

/** A key in text form that does not end on its line. */
const PEM_START = /^-----BEGIN (?!.*-----END )/;

/**
 * What a shell takes for more than a value. Not mere spaces, with which a file is not meant for a
 * shell: it would run the second word.
 */
const SPECIAL_TO_SHELLS = /[;&|<>()'"`\\]|\s\S*=/;

/** Reads the text of a `.env` file. */
export function parseDotenv(text: string): Parsed {
	return new DotenvReader(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n")).read();
}

class DotenvReader {
	readonly #scanner: Scanner;
	readonly #parsed = new ParsedBuilder();
	/** By name, the last line that gives it. */
	readonly #lines = new Map<string, number>();
	/** The last line that is no entry. */
	#faultyLine = -1;

	constructor(text: string) {
		this.#scanner = new Scanner(text);
	}

	read(): Parsed {
		while (!this.#scanner.isAtEnd) {
			if (this.#scanner.take(BLANK_OR_COMMENT) === undefined) this.#entry();
		}
		const counts = ({ name, line }: Entry) => this.#lines.get(name) === line;
		return { ...this.#parsed, entries: this.#parsed.entries.filter(counts) };
	}

	#entry(): void {
		const { line } = this.#scanner;
		this.#scanner.take(INDENT);
		const [, name, before, colon, after] = this.#scanner.take(NAME) ?? [];
		if (name === undefined || this.#isRestOfValue(line)) this.#noEntry(line);
		else {
			if (colon !== undefined) this.#differs(line, name, "a colon does for =");
			const value = this.#value(line, name);
			if (value !== undefined) this.#add(line, name, value);
			// A shell sees a command instead; of an empty value there is no space to speak of.
			if (colon === undefined && value && (before || after)) {
				this.#differs(line, name, "spaces around the = do not count");
			}
		}
		// Also past what could not be read: the next line may be as it should.
		this.#scanner.take(REST_OF_LINE);
	}

	#noEntry(line: number): void {
		this.#faultyLine = line;
		this.#parsed.problem(line, "is not NAME=value");
	}

	/**
	 * Whether a line below one that is no entry is most likely more of the same, such as the last
	 * line of a key, which ends in `=`: its text must not be taken for a name and shown.
	 */
	#isRestOfValue(line: number): boolean {
		return this.#faultyLine === line - 1 && /^=?$/.test(this.#restOfLine(this.#scanner.offset));
	}

	#add(line: number, name: string, value: string): void {
		const earlier = this.#lines.get(name);
		if (earlier !== undefined) {
			this.#parsed.note(line, `${name} is on line ${earlier} too; the last one counts`, name);
		}
		this.#lines.set(name, line);
		this.#parsed.entry(line, name, value);
	}

	#value(line: number, name: string): string | undefined {
		const { next } = this.#scanner;
		return /['"`]/.test(next) ? this.#quoted(line, name, next) : this.#unquoted(line, name);
	}

	#unquoted(line: number, name: string): string | undefined {
		const value = this.#scanner.take(UNQUOTED)?.[0].trim() ?? "";
		const { text, offset, next } = this.#scanner;
		if (PEM_START.test(value)) {
			this.#parsed.problem(line, `${name} goes on over several lines, which need quotes`, { name });
			const end = text.indexOf("-----END ", offset);
			this.#scanner.moveTo(end === -1 ? text.length : end);
			return undefined;
		}
		if (next === "#" && /\S/.test(text[offset - 1] ?? "")) {
			this.#differs(line, name, "it ends at a # that has no space before it");
		} else if (next === "#" && value === "") {
			this.#differs(line, name, "it is empty, and a comment begins at the #");
		}
		if (SPECIAL_TO_SHELLS.test(value)) {
			this.#differs(
				line,
				name,
				"it is the line as it stands, where a shell would read more into it",
			);
		}
		this.#noteDollar(line, name, value);
		return value;
	}

	#quoted(line: number, name: string, quote: string): string | undefined {
		const start = this.#scanner.offset + 1;
		const end = this.#closingQuote(quote, start);
		if (end === undefined) {
			const isClosed = this.#restOfLine(start).includes(quote);
			const fault = isClosed ? "text after its closing quote" : "a quote that is never closed";
			this.#parsed.problem(line, `${name} has ${fault}`);
			return undefined;
		}
		const value = this.#scanner.text.slice(start, end);
		this.#scanner.moveTo(end + 1);
		if (quote === "`") this.#differs(line, name, "backticks are quotes");
		if (quote === "'" && /\\['\\]/.test(value)) {
			this.#differs(line, name, "all its backslashes stay");
		}
		if (quote !== '"') return value;
		if (/\\[^nr]|\\\\[nr]/.test(value)) {
			this.#differs(line, name, "all its backslashes stay, but for those of \\n and \\r");
		}
		this.#noteDollar(line, name, value);
		return value.replaceAll("\\n", "\n").replaceAll("\\r", "\r");
	}

	/**
	 * The quote that ends a value: the first without a backslash before it, or else the last
	 * with one; nothing but a comment may follow on its line.
	 */
	#closingQuote(quote: string, start: number): number | undefined {
		const { text } = this.#scanner;
		let end: number | undefined;
		for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
			BLANK_OR_COMMENT.lastIndex = at + 1;
			if (BLANK_OR_COMMENT.test(text)) end = at;
			if (text[at - 1] !== "\\") break;
		}
		return end;
	}

	#restOfLine(start: number): string {
		const { text } = this.#scanner;
		const end = text.indexOf("\n", start);
		return text.slice(start, end === -1 ? undefined : end);
	}

	#noteDollar(line: number, name: string, value: string): void {
		if (/\$[{(A-Za-z_]/.test(value)) {
			this.#differs(line, name, "its $ is a character like any other");
		}
	}

	#differs(line: number, name: string, how: string): void {
		const words = `${name}: other programs may read its value differently; here ${how}`;
		this.#parsed.note(line, words, name);
	}
}
