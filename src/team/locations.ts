/** Tells the line that something stands on. */
import { AUDIT_LOG_KEY } from "../format/data.ts";
import { LineIndex } from "../format/line-index.ts";
import type { Document } from "../format/node.ts";
import { type Place, pathOf } from "./conflict.ts";
import { EntryIndex } from "./entry-index.ts";

export class Locations {
	readonly #index: EntryIndex;
	readonly #lines: LineIndex;

	constructor(document: Document) {
		this.#index = new EntryIndex(document);
		this.#lines = new LineIndex(document.text);
	}

	/** From 1; 1 for what is not there. */
	place(place: Place): number {
		return this.#lineOf(pathOf(place));
	}

	publicKey(domain: string): number {
		return this.#lineOf([domain, "meta", "public-key"]);
	}

	auditLog(): number {
		return this.#lineOf([AUDIT_LOG_KEY]);
	}

	#lineOf(path: readonly string[]): number {
		return this.#lines.lineAt(this.#index.find(path)?.start ?? 0);
	}
}
