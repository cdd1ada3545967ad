/** Opens all that a custodian owns, and finds what cannot be seen from outside. */
import { wipe } from "../crypto/bytes.ts";
import type { KeyPair } from "../crypto/x25519.ts";
import { ProtectError } from "../errors.ts";
import type { DomainData, ProtectedText } from "../format/data.ts";
import { encodeEnvelope, isSealedBox } from "../format/envelope.ts";
import { openDomainKey, openSecret } from "../model/domain.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import { inOrder } from "./check.ts";
import type { Finding } from "./finding.ts";
import { Locations } from "./locations.ts";
import type { NamedVersion } from "./named-version.ts";
import { type TypedCommand, typedCommand } from "./typed-command.ts";

/**
 * What is wrong in the custodian's domains, and how they differ from other versions behind a key
 * that was changed; and a note for each that could not be opened.
 */
export function checkByOpening(
	{ document, data }: ProtectedText,
	custodian: UnlockedCustodian,
	{ versions = [], typed = typedCommand() }: OpeningContext = {},
): Finding[] {
	const at = new Locations(document);
	const findings = [...data.domains].flatMap(([name, domain]): Finding[] => {
		if (domain.owners.has(custodian.name)) {
			return new DomainCheck({ name, domain, custodian, at, versions, typed }).run();
		}
		return [
			{
				line: at.place({ kind: "domain", domain: name }),
				level: "note",
				code: "not-opened",
				what: `domain ${name} was not opened: ${custodian.name} is no owner of it`,
				todo: `one of its owners can: ${[...domain.owners.keys()].join(", ")}`,
			},
		];
	});
	return inOrder(findings);
}

interface OpeningContext {
	/** Those that the file was made from. */
	readonly versions?: readonly NamedVersion[];
	readonly typed?: TypedCommand;
}

interface OpenedDomain {
	readonly name: string;
	readonly domain: DomainData;
	readonly custodian: UnlockedCustodian;
	readonly at: Locations;
	readonly versions: readonly NamedVersion[];
	readonly typed: TypedCommand;
}

class DomainCheck {
	readonly #name: string;
	readonly #domain: DomainData;
	readonly #custodian: UnlockedCustodian;
	readonly #at: Locations;
	readonly #versions: readonly NamedVersion[];
	readonly #typed: TypedCommand;

	constructor({ name, domain, custodian, at, versions, typed }: OpenedDomain) {
		this.#name = name;
		this.#domain = domain;
		this.#custodian = custodian;
		this.#at = at;
		this.#versions = versions;
		this.#typed = typed;
	}

	run(): Finding[] {
		const owner = this.#custodian.name;
		const line = this.#at.place({ kind: "owner", domain: this.#name, name: owner });
		const opened = attempt(line, () => openDomainKey(this.#name, this.#domain, this.#custodian));
		if ("finding" in opened) return [opened.finding];
		const { value: keyPair } = opened;
		try {
			const isForeign = encodeEnvelope(keyPair.publicKey) !== this.#domain.publicKey;
			return [
				...(isForeign ? [this.#foreignKey()] : []),
				...this.#unopened(keyPair),
				...this.#differences(keyPair),
			];
		} finally {
			wipe(keyPair.privateKey);
		}
	}

	/** The secrets that do not open. */
	#unopened(keyPair: KeyPair): Finding[] {
		return [...this.#domain.secrets].flatMap(([secret, box]) => {
			// What is no box is a problem that was found without opening anything.
			if (!isSealedBox(box)) return [];
			const result = attempt(this.#lineOf(secret), () =>
				openSecret(this.#name, secret, box, keyPair),
			);
			return "finding" in result ? result.finding : [];
		});
	}

	/** Each once, whichever versions show it. */
	#differences(keyPair: KeyPair): Finding[] {
		const all = this.#versions.flatMap((version) => this.#differing(keyPair, version));
		return [...new Map(all.toReversed().map((one) => [`${one.code} ${one.line}`, one])).values()];
	}

	/** The secrets whose values are others than in a version with another key, as no reader sees. */
	#differing(keyPair: KeyPair, { name: version, data }: NamedVersion): Finding[] {
		const old = data.domains.get(this.#name);
		if (!old || old.publicKey === this.#domain.publicKey) return [];
		const oldKey = openOrNothing(() => openDomainKey(this.#name, old, this.#custodian));
		if (!oldKey) return [this.#notOpenedIn(version)];
		try {
			return [...this.#domain.secrets].flatMap(([secret, box]): Finding[] => {
				const oldBox = old.secrets.get(secret);
				if (oldBox === undefined) return [];
				const value = openOrNothing(() => openSecret(this.#name, secret, box, keyPair));
				const before = openOrNothing(() => openSecret(this.#name, secret, oldBox, oldKey));
				if (value === undefined || value === before) return [];
				return [
					{
						line: this.#lineOf(secret),
						level: "warning",
						code: "value-differs",
						what: `the key of ${this.#name} is another than in ${version}, and so is the value of secret ${secret}`,
						todo: "a rotation changes no value: see that this was meant",
					},
				];
			});
		} finally {
			wipe(oldKey.privateKey);
		}
	}

	#notOpenedIn(version: string): Finding {
		return {
			line: this.#at.publicKey(this.#name),
			level: "warning",
			code: "not-opened",
			what: `the key of ${this.#name} is another than in ${version}, where ${this.#custodian.name} cannot open it: whether the values are the same is not known`,
			todo: "ask somebody who owned it then to look",
		};
	}

	#foreignKey(): Finding {
		const owner = this.#custodian.name;
		return {
			line: this.#at.publicKey(this.#name),
			level: "problem",
			code: "foreign-key",
			what: `the public key of ${this.#name} is not that of the private key which ${owner} holds: whoever put it there can read what was sealed to it since, and the owners cannot`,
			todo: `find out who in the file's history; restore the key from there, set again what was set since, and change those values at their source; or, if ${owner}'s own entry is the odd one, have another owner remove it: ${this.#typed("rm-owner", this.#name, owner)}`,
		};
	}

	#lineOf(secret: string): number {
		return this.#at.place({ kind: "secret", domain: this.#name, name: secret });
	}
}

/** What `open` returns, or the finding that it failed with. */
function attempt<Value>(line: number, open: () => Value): { value: Value } | { finding: Finding } {
	try {
		return { value: open() };
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
		const todo = error.hint ?? "set it again";
		const { message: what } = error;
		return { finding: { line, level: "problem", code: "does-not-open", what, todo } };
	}
}

function openOrNothing<Value>(open: () => Value): Value | undefined {
	try {
		return open();
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
