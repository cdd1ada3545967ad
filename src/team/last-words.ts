/**
 * What the audit log tells last of each entry: that it came, or that it went. The log is no
 * evidence, but where it says that an entry is gone and the entry is there, one of the two is wrong.
 */
import type { FileData } from "../format/data.ts";
import { type AuditEvent, parseAuditText, splitAuditEntry } from "../model/audit-log.ts";
import { type Place, pathOf } from "./conflict.ts";

type LastWord = "added" | "removed";

/** By place. */
export class LastWords {
	readonly #words = new Map<string, LastWord>();
	/** By domain: its owners and secrets, which go with it. */
	readonly #below = new Map<string, Set<string>>();

	constructor({ auditLog, domains }: FileData) {
		for (const entry of auditLog) {
			const { text } = splitAuditEntry(entry);
			const event = parseAuditText(text, (name) => domains.has(name));
			if (event) this.#hear(event);
		}
	}

	/** Undefined where the log tells nothing of it. */
	of(place: Place): LastWord | undefined {
		return this.#words.get(keyOf(place));
	}

	#hear(event: AuditEvent): void {
		switch (event.kind) {
			case "createdDomain":
				this.#tell({ kind: "domain", domain: event.domain }, "added");
				this.#tell({ kind: "owner", domain: event.domain, name: event.owner }, "added");
				return;
			case "deletedDomain":
				this.#tell({ kind: "domain", domain: event.domain }, "removed");
				for (const key of this.#below.get(event.domain) ?? []) this.#words.set(key, "removed");
				return;
			case "setSecret":
			case "removedSecret": {
				const word = event.kind === "setSecret" ? "added" : "removed";
				this.#tell({ kind: "secret", domain: event.domain, name: event.secret }, word);
				return;
			}
			case "addedOwner":
			case "removedOwner": {
				const word = event.kind === "addedOwner" ? "added" : "removed";
				this.#tell({ kind: "owner", domain: event.domain, name: event.owner }, word);
				return;
			}
			case "createdCustodian":
				this.#tell({ kind: "custodian", name: event.custodian }, "added");
				return;
			case "removedCustodian":
				this.#tell({ kind: "custodian", name: event.custodian }, "removed");
				for (const domain of event.domains) {
					this.#tell({ kind: "owner", domain, name: event.custodian }, "removed");
				}
				return;
			case "rotatedKey":
			case "copiedSecret":
			case "changedCustodian":
				return;
		}
	}

	#tell(place: Place, word: LastWord): void {
		const key = keyOf(place);
		this.#words.set(key, word);
		if (place.kind === "custodian") return;
		const below = this.#below.get(place.domain) ?? new Set();
		if (place.kind !== "domain") below.add(key);
		this.#below.set(place.domain, below);
	}
}

function keyOf(place: Place): string {
	return JSON.stringify(pathOf(place));
}
