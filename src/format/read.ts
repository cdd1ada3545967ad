/**
 * From the tree of a file to what it says, refusing what the format does not know. Every
 * other reader of the file refuses unknown keys too, so nothing is passed over.
 */
import { FormatError, ProtectError, type ProtectErrorOptions } from "../errors.ts";
import {
	AUDIT_LOG_KEY,
	CUSTODIANS_KEY,
	type DomainData,
	type FileData,
	type ProtectedText,
	SECRET_NAME,
	SECRET_PREFIX,
} from "./data.ts";
import { parseDocument } from "./document.ts";
import { decodeEnvelope, decodeSealedBox } from "./envelope.ts";
import { LineIndex } from "./line-index.ts";
import type { Document, MapEntry, MapNode } from "./node.ts";
import { decodePwdkm } from "./pwdkm.ts";
import { quote } from "./quote.ts";

const RESTORE_LINE = "restore the line from version control, or remove it";
const RESTORE_FILE: ProtectErrorOptions = {
	hint: "restore the file from version control; for a new one: pprotect init",
	libraryHint: "restore the file from version control",
};

const PUBLIC_KEY_LENGTH = 32;
const OWNER_BOX_LENGTH = 80;

/** Called for each thing that is wrong; where it returns, reading goes on with the rest. */
export type OnProblem = (problem: FormatError) => void;

/**
 * Reads a protected file.
 *
 * @param path names the file in errors.
 * @param onProblem collects what is wrong; without it the first problem is thrown. YAML that
 *   cannot be read at all is always thrown.
 * @throws FormatError with the line of what is wrong.
 */
export function readProtected(
	bytes: Uint8Array,
	path: string,
	onProblem: OnProblem = (problem) => {
		throw problem;
	},
): ProtectedText {
	const document = parseDocument(bytes, path);
	return { document, data: new Reader(document, path, onProblem).file() };
}

class Reader {
	readonly #document: Document;
	readonly #path: string;
	readonly #onProblem: OnProblem;
	readonly #lines: LineIndex;

	constructor(document: Document, path: string, onProblem: OnProblem) {
		this.#document = document;
		this.#path = path;
		this.#onProblem = onProblem;
		this.#lines = new LineIndex(document.text);
	}

	file(): FileData {
		const { root } = this.#document;
		const custodians = new Map<string, string>();
		const domains = new Map<string, DomainData>();
		if (root.kind !== "map") {
			const isEmpty = this.#document.text.trim() === "";
			this.#problem(isEmpty ? "is empty" : "is not a protected file", 0, RESTORE_FILE);
			return { domains, custodians, auditLog: [] };
		}
		const top = new Map(root.entries.map((entry) => [entry.key, entry]));
		for (const key of [CUSTODIANS_KEY, AUDIT_LOG_KEY]) {
			if (!top.has(key)) this.#problem(`has no ${key}`, root.end - 1, RESTORE_FILE);
		}
		for (const entry of this.#entriesOf(top.get(CUSTODIANS_KEY))) {
			this.#custodian(entry, custodians);
		}
		for (const entry of root.entries) {
			if (entry.key === CUSTODIANS_KEY || entry.key === AUDIT_LOG_KEY) continue;
			const domain = this.#domain(entry, custodians);
			if (domain) domains.set(entry.key, domain);
		}
		return { domains, custodians, auditLog: this.#auditLog(top.get(AUDIT_LOG_KEY)) };
	}

	#custodian(entry: MapEntry, custodians: Map<string, string>): void {
		const name = quote(entry.key);
		for (const field of this.#entriesOf(entry)) {
			if (field.key !== "pwdkm") {
				this.#unknownKey(field, `custodian ${name}`);
				continue;
			}
			const text = this.#textOf(field);
			if (text === undefined) continue;
			custodians.set(entry.key, text);
			this.#check(field, `custodian ${name}`, () => decodePwdkm(text));
		}
		if (!custodians.has(entry.key)) this.#problem(`custodian ${name} has no pwdkm`, entry.start);
	}

	#domain(entry: MapEntry, custodians: ReadonlyMap<string, string>): DomainData | undefined {
		const name = quote(entry.key);
		if (entry.key.startsWith("meta")) {
			this.#problem(`domain ${name} may not start with "meta"`, entry.start);
		}
		const secrets = new Map<string, string>();
		let meta: Omit<DomainData, "secrets"> | undefined;
		for (const field of this.#entriesOf(entry)) {
			if (field.key === "meta") meta = this.#meta(field, name, custodians);
			else this.#secret(field, name, secrets);
		}
		if (!meta) {
			this.#problem(`domain ${name} has no meta with a public-key and owners`, entry.start);
			return undefined;
		}
		return { ...meta, secrets };
	}

	#secret(entry: MapEntry, domain: string, secrets: Map<string, string>): void {
		const name = entry.key.slice(SECRET_PREFIX.length);
		if (!entry.key.startsWith(SECRET_PREFIX)) {
			this.#unknownKey(entry, `domain ${domain}`);
			return;
		}
		if (!SECRET_NAME.test(name)) {
			this.#problem(
				`secret ${quote(name)} of domain ${domain} is not named with a letter and then letters, digits, hyphens or underscores`,
				entry.start,
			);
		}
		const text = this.#textOf(entry);
		if (text === undefined) return;
		secrets.set(name, text);
		this.#check(entry, `secret ${name} of domain ${domain}`, () => decodeSealedBox(text));
	}

	#meta(
		entry: MapEntry,
		domain: string,
		custodians: ReadonlyMap<string, string>,
	): Omit<DomainData, "secrets"> | undefined {
		const owners = new Map<string, string>();
		let publicKey: string | undefined;
		for (const field of this.#entriesOf(entry)) {
			if (field.key === "public-key") {
				publicKey = this.#textOf(field);
				this.#envelope(field, `public-key of domain ${domain}`, PUBLIC_KEY_LENGTH);
			} else if (field.key === "owners") {
				for (const owner of this.#entriesOf(field)) this.#owner(owner, domain, custodians, owners);
			} else this.#unknownKey(field, `meta of domain ${domain}`);
		}
		if (owners.size === 0) {
			const hint = "restore its owners from version control, or remove the domain";
			this.#problem(`domain ${domain} has no owners`, entry.start, hint);
		}
		if (publicKey === undefined) {
			this.#problem(`domain ${domain} has no public-key`, entry.start);
			return undefined;
		}
		return { publicKey, owners };
	}

	#owner(
		entry: MapEntry,
		domain: string,
		custodians: ReadonlyMap<string, string>,
		owners: Map<string, string>,
	): void {
		const name = quote(entry.key);
		const text = this.#textOf(entry);
		if (text === undefined) return;
		owners.set(entry.key, text);
		this.#envelope(entry, `owner ${name} of domain ${domain}`, OWNER_BOX_LENGTH);
		if (!custodians.has(entry.key)) {
			const hint = "restore the custodian from version control, or remove the owner";
			this.#problem(`owner ${name} of domain ${domain} is not a key custodian`, entry.start, hint);
		}
	}

	#auditLog(entry: MapEntry | undefined): string[] {
		if (!entry) return [];
		const { value } = entry;
		if (value.kind !== "seq") {
			this.#problem(`${AUDIT_LOG_KEY} is not a list`, entry.start);
			return [];
		}
		return value.items.flatMap((item) => {
			const { text } = item.value;
			if (text !== undefined) return [text];
			const problem = `${AUDIT_LOG_KEY} holds an entry that YAML does not read as text`;
			this.#problem(problem, item.start, "put it in single quotes");
			return [];
		});
	}

	#envelope(entry: MapEntry, what: string, length: number): void {
		if (entry.value.kind !== "scalar" || entry.value.text === undefined) return;
		const { text } = entry.value;
		this.#check(entry, what, () => {
			const found = decodeEnvelope(text).length;
			if (found !== length) throw new ProtectError(`holds ${found} bytes, not ${length}`);
		});
	}

	/** Turns what a codec throws into a problem of the entry's line. */
	#check(entry: MapEntry, what: string, decode: () => unknown): void {
		try {
			decode();
		} catch (error) {
			if (!(error instanceof ProtectError)) throw error;
			this.#problem(`${what} ${error.message}`, entry.start, error.hint);
		}
	}

	#entriesOf(entry: MapEntry | undefined): MapNode["entries"] {
		if (!entry) return [];
		if (entry.value.kind === "map") return entry.value.entries;
		this.#problem(`${quote(entry.key)} is not a mapping`, entry.start);
		return [];
	}

	#textOf(entry: MapEntry): string | undefined {
		if (entry.value.kind === "scalar" && entry.value.text !== undefined) return entry.value.text;
		this.#problem(`${quote(entry.key)} is not text`, entry.start);
		return undefined;
	}

	#unknownKey(entry: MapEntry, where: string): void {
		const key = quote(entry.key);
		this.#problem(`${where} has the unknown key ${key}`, entry.start);
	}

	#problem(
		problem: string,
		offset: number,
		hint: string | ProtectErrorOptions = RESTORE_LINE,
	): void {
		const line = this.#lines.lineAt(offset);
		this.#onProblem(new FormatError(problem, line, this.#path, hint));
	}
}
