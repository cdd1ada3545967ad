/**
 * Which values a log's entries carry from one secret to another: those of a copy, and those of
 * secrets that were removed in the moment in which another was added to their domain, as a secret
 * that gets another name is. A merge may put other entries in between.
 */
import type { AuditEvent } from "../model/audit-log.ts";

export class TakenOver<Value> {
	#time: string | undefined;
	/** By domain and secret. */
	readonly #copied = new Map<string, Value>();
	readonly #removed: { readonly domain: string; readonly secret: string; readonly value: Value }[] =
		[];

	/**
	 * Takes note of an event.
	 *
	 * @param before the secret's value before the event.
	 */
	hear(
		event: AuditEvent,
		time: string | undefined,
		before: (domain: string, secret: string) => Value,
	): void {
		if (time !== this.#time) this.#removed.length = 0;
		this.#time = time;
		if (event.kind === "copiedSecret") {
			const { from, to, secret } = event;
			this.#copied.set(placeKey(to, secret), before(from, secret));
		}
		if (event.kind === "removedSecret") {
			const { domain, secret } = event;
			this.#removed.push({ domain, secret, value: before(domain, secret) });
		}
	}

	/** The values that a secret may have got, which the last event set. */
	valuesFor(domain: string, secret: string): Value[] {
		const copied = this.#copied.get(placeKey(domain, secret));
		this.#copied.delete(placeKey(domain, secret));
		if (copied !== undefined) return [copied];
		return this.#removed
			.filter((removed) => removed.domain === domain && removed.secret !== secret)
			.map(({ value }) => value);
	}
}

/** One text for a domain and a secret in it; a secret's name has no space. */
export function placeKey(domain: string, secret: string): string {
	return `${secret} ${domain}`;
}
