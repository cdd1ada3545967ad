/**
 * A protected file as lines that make sense one by one, for Git to compare: one for each line of
 * the file, so that what Git says of a line (who wrote it, say) stands beside the right one. Each
 * names what it is of, with a digest of its box that changes when the box does. No value and no
 * box is shown, and of what is no box (a plaintext pasted by hand) no digest either, as it could
 * be guessed.
 */
import { shortDigest } from "../crypto/digest.ts";
import { locateComments } from "../format/comments.ts";
import { conflictMarkers, conflictSides } from "../format/conflict-markers.ts";
import { AUDIT_LOG_KEY, CUSTODIANS_KEY, SECRET_PREFIX } from "../format/data.ts";
import { parseDocument } from "../format/document.ts";
import { isSealedBox } from "../format/envelope.ts";
import { LineIndex } from "../format/line-index.ts";
import type { Document, MapEntry, Node } from "../format/node.ts";
import { describeKey } from "./key-words.ts";

/** @throws FormatError where the text is no YAML. */
export function summarizeText(bytes: Uint8Array): string[] {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	if (conflictMarkers(text).length === 0) return summarize(parseDocument(bytes, ""));
	return summarizeConflicts(text);
}

/** The lines of a file, in its order. */
export function summarize(document: Document): string[] {
	const lines = document.text.split("\n");
	if (lines.at(-1) === "") lines.pop();
	const words = new Summary(document).words();
	const comments = new Map<number, string>();
	const index = new LineIndex(document.text);
	for (const { text, start } of locateComments(document)) {
		comments.set(index.lineAt(start) - 1, text.trimEnd());
	}
	return lines.map((line, at) => {
		const comment = comments.get(at);
		const known = words.get(at);
		if (known === undefined) {
			if (comment !== undefined) return `comment ${comment}`;
			return line.trim() === "" ? "" : "(no entry)";
		}
		return comment === undefined ? known : `${known} ${comment}`;
	});
}

/** Both sides' lines between the markers, as they are. */
function summarizeConflicts(text: string): string[] {
	const { first, second } = conflictSides(text);
	const read = (side: string) => summarize(parseDocument(new TextEncoder().encode(side), ""));
	const sides = { first: read(first), second: read(second) };
	const origins = { first: first.split("\n"), second: second.split("\n") };
	const at = { first: 0, second: 0 };
	const markers = new Set(conflictMarkers(text));
	let offset = 0;
	const lines = text.split("\n");
	if (lines.at(-1) === "") lines.pop();
	return lines.map((line) => {
		const isMarker = markers.has(offset);
		offset += line.length + 1;
		if (isMarker) return line.trimEnd();
		const inBoth = (["first", "second"] as const).filter(
			(side) => origins[side][at[side]] === line,
		);
		const [words = "(no entry)"] = inBoth.map((side) => sides[side][at[side]++] ?? "");
		return words;
	});
}

/** What each line of a document is of, by line from 0. */
class Summary {
	readonly #root: Node;
	readonly #index: LineIndex;
	readonly #words = new Map<number, string>();

	constructor({ root, text }: Document) {
		this.#root = root;
		this.#index = new LineIndex(text);
	}

	words(): ReadonlyMap<number, string> {
		for (const entry of entriesOf(this.#root)) {
			if (entry.key === CUSTODIANS_KEY) this.#custodians(entry);
			else if (entry.key === AUDIT_LOG_KEY) this.#log(entry);
			else this.#domain(entry);
		}
		return this.#words;
	}

	#custodians(entry: MapEntry): void {
		this.#say(entry.start, "custodians");
		for (const custodian of entriesOf(entry.value)) {
			this.#say(custodian.start, `custodian ${custodian.key}`);
			for (const field of entriesOf(custodian.value)) {
				const pwdkm = textOf(field.value);
				const key = `(${describeKey(pwdkm)}) ${shortDigest(pwdkm)}`;
				this.#sayEntry(field, `key of custodian ${custodian.key}`, key);
			}
		}
	}

	#log({ start, value }: MapEntry): void {
		this.#say(start, "audit log");
		if (value.kind !== "seq") return;
		for (const item of value.items) {
			this.#sayEntry(item, "log", textOf(item.value));
		}
	}

	#domain({ key: name, start, value }: MapEntry): void {
		this.#say(start, `domain ${name}`);
		for (const field of entriesOf(value)) {
			if (field.key.startsWith(SECRET_PREFIX)) {
				const secret = field.key.slice(SECRET_PREFIX.length);
				this.#sayEntry(field, `secret ${secret} in ${name}`, digestOf(field.value));
			} else if (field.key === "meta") this.#meta(name, field);
			else this.#sayEntry(field, `unknown entry of ${name}`, "");
		}
	}

	#meta(domain: string, { start, value }: MapEntry): void {
		this.#say(start, `access to ${domain}`);
		for (const field of entriesOf(value)) {
			if (field.key === "public-key") {
				this.#sayEntry(field, `key of ${domain}`, shortDigest(textOf(field.value)));
			} else if (field.key === "owners") {
				this.#say(field.start, `owners of ${domain}`);
				for (const owner of entriesOf(field.value)) {
					this.#sayEntry(owner, `owner ${owner.key} of ${domain}`, digestOf(owner.value));
				}
			} else this.#sayEntry(field, `unknown entry of ${domain}`, "");
		}
	}

	/** An entry's first line says all; the lines that its value goes on over say whose they are. */
	#sayEntry(
		{ start, value }: { readonly start: number; readonly value: Node },
		subject: string,
		detail: string,
	): void {
		const first = this.#lineOf(start);
		this.#say(start, `${subject} ${detail}`.trimEnd());
		const last = this.#lineOf(Math.max(start, value.end - 1));
		for (let line = first + 1; line <= last; line++) this.#words.set(line, `  (${subject})`);
	}

	/** Several entries may share a line. */
	#say(offset: number, words: string): void {
		const line = this.#lineOf(offset);
		const known = this.#words.get(line);
		this.#words.set(line, known === undefined ? words : `${known}; ${words}`);
	}

	#lineOf(offset: number): number {
		return this.#index.lineAt(offset) - 1;
	}
}

function entriesOf(node: Node): readonly MapEntry[] {
	return node.kind === "map" ? node.entries : [];
}

function textOf(node: Node): string {
	return node.kind === "scalar" ? (node.text ?? "") : "";
}

function digestOf(node: Node): string {
	const box = textOf(node);
	return isSealedBox(box) ? shortDigest(box) : "(no sealed box)";
}
