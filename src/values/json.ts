/** A flat JSON object of strings. */
import { quote } from "../format/quote.ts";
import { withManifest } from "./manifest.ts";
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { Scanner } from "./scanner.ts";

/** JSON, in the order given, indented by two spaces, non-ASCII characters as they are. */
export function formatJson(values: ReadonlyMap<string, string>): string {
	return toJson(Object.fromEntries(values));
}

/**
 * JSON for a person and a program: characters that a terminal would obey (controls past ASCII,
 * changes of direction) are escaped, which says the same.
 */
export function toJson(value: unknown): string {
	const json = JSON.stringify(value, undefined, 2).replace(
		/[\u007f-\u009f\p{Bidi_Control}]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
	return `${json}\n`;
}

/** Reads a JSON object (RFC 8259) of strings, numbers and booleans; these as they are written. */
export function parseJson(text: string): Parsed {
	const reader = new JsonReader(text.replace(/^\uFEFF/, ""));
	reader.read();
	return withManifest(reader.parsed);
}

class JsonSyntaxError extends Error {}

/** Stands for the token behind the last. */
const END = "";

const WHITE_SPACE = /[ \t\r\n]*/y;
/** Any token but a string. */
const PLAIN_TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

const SCALAR = /^(?:-?\d|true|false)/;

/** Not `JSON.parse`: it tells no lines, and of a name given twice it drops one in silence. */
class JsonReader {
	readonly parsed = new ParsedBuilder();
	readonly #scanner: Scanner;
	/** The next token. */
	#token = END;
	/** Where that stands. */
	#line = 1;

	constructor(text: string) {
		this.#scanner = new Scanner(text);
	}

	read(): void {
		try {
			this.#object();
		} catch (error) {
			if (!(error instanceof JsonSyntaxError)) throw error;
			this.parsed.problem(this.#line, "is not valid JSON");
		}
	}

	#object(): void {
		this.#advance();
		if (!this.#isAt("{")) {
			this.parsed.problem(this.#line, "is not a JSON object");
			return;
		}
		this.#advance();
		if (!this.#isAt("}")) this.#members();
		this.#expect("}");
		this.#expect(END);
	}

	#members(): void {
		for (;;) {
			const line = this.#line;
			const name = this.#string();
			this.#expect(":");
			if (this.#token.startsWith('"')) this.parsed.entry(line, name, this.#string());
			else if (SCALAR.test(this.#token)) {
				this.parsed.entry(line, name, this.#token);
				this.#advance();
			} else {
				const kind = nameOfValue(this.#token);
				const shape = kind === "null" ? undefined : "nested";
				this.#skipValue();
				this.parsed.problem(line, `${quote(name)} is ${kind}, not text`, { name, shape });
			}
			if (!this.#isAt(",")) return;
			this.#advance();
		}
	}

	#string(): string {
		if (!this.#token.startsWith('"')) throw new JsonSyntaxError();
		const text = decodeString(this.#token);
		this.#advance();
		return text;
	}

	/** Goes past a value that is no string; what is inside of it is not looked at. */
	#skipValue(): void {
		if (/^[}\],:]/.test(this.#token)) throw new JsonSyntaxError();
		let depth = 0;
		do {
			if (this.#isAt(END)) throw new JsonSyntaxError();
			if (this.#isAt("{") || this.#isAt("[")) depth++;
			if (this.#isAt("}") || this.#isAt("]")) depth--;
			this.#advance();
		} while (depth > 0);
	}

	#expect(token: string): void {
		if (!this.#isAt(token)) throw new JsonSyntaxError();
		this.#advance();
	}

	#isAt(token: string): boolean {
		return this.#token === token;
	}

	#advance(): void {
		this.#scanner.take(WHITE_SPACE);
		this.#line = this.#scanner.line;
		if (this.#scanner.isAtEnd) this.#token = END;
		else if (this.#scanner.next === '"') this.#token = this.#takeString();
		else {
			const token = this.#scanner.take(PLAIN_TOKEN)?.[0];
			if (token === undefined) throw new JsonSyntaxError();
			this.#token = token;
		}
	}

	/** Not by a pattern: those have their limits in long texts. */
	#takeString(): string {
		const { text, offset } = this.#scanner;
		let end = offset;
		do {
			end = text.indexOf('"', end + 1);
			if (end === -1) throw new JsonSyntaxError();
		} while (isEscaped(text, end));
		this.#scanner.moveTo(end + 1);
		return text.slice(offset, end + 1);
	}
}

/** Whether an odd number of backslashes stands before `offset`. */
function isEscaped(text: string, offset: number): boolean {
	let start = offset;
	while (text[start - 1] === "\\") start--;
	return (offset - start) % 2 === 1;
}

/** @throws JsonSyntaxError for what JSON forbids between quotes. */
function decodeString(token: string): string {
	try {
		return String(JSON.parse(token));
	} catch (error) {
		throw new JsonSyntaxError(undefined, { cause: error });
	}
}

/** What a value that is no text, number or boolean is called, by its first token. */
function nameOfValue(token: string): string {
	if (token === "{") return "a mapping";
	return token === "[" ? "a list" : "null";
}
