/** Opens all that a custodian owns, and finds what cannot be seen from outside. */
import { ProtectError } from "../errors.ts";
import type { DomainData, ProtectedText } from "../format/data.ts";
import { encodeEnvelope, isSealedBox } from "../format/envelope.ts";
import { shellWord } from "../format/quote.ts";
import { openDomainKey, openSecret } from "../model/domain.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import { inOrder } from "./check.ts";
import type { Finding } from "./finding.ts";
import { Locations } from "./locations.ts";

/** What is wrong in the custodian's domains; and a note for each that is not theirs. */
export function checkByOpening(
	{ document, data }: ProtectedText,
	custodian: UnlockedCustodian,
): Finding[] {
	const at = new Locations(document);
	const findings = [...data.domains].flatMap(([name, domain]) => {
		if (domain.owners.has(custodian.name))
			return new DomainCheck(name, domain, custodian, at).run();
		return {
			line: at.place({ kind: "domain", domain: name }),
			level: "note",
			what: `domain ${name} was not opened: ${custodian.name} is no owner of it`,
			todo: `one of its owners can: ${[...domain.owners.keys()].join(", ")}`,
		} satisfies Finding;
	});
	return inOrder(findings);
}

class DomainCheck {
	readonly #name: string;
	readonly #domain: DomainData;
	readonly #custodian: UnlockedCustodian;
	readonly #at: Locations;

	constructor(name: string, domain: DomainData, custodian: UnlockedCustodian, at: Locations) {
		this.#name = name;
		this.#domain = domain;
		this.#custodian = custodian;
		this.#at = at;
	}

	run(): Finding[] {
		const owner = this.#custodian.name;
		const line = this.#at.place({ kind: "owner", domain: this.#name, name: owner });
		const opened = attempt(line, () => openDomainKey(this.#name, this.#domain, this.#custodian));
		if ("finding" in opened) return [opened.finding];
		const { value: keyPair } = opened;
		const findings: Finding[] = [];
		if (encodeEnvelope(keyPair.publicKey) !== this.#domain.publicKey)
			findings.push(this.#foreignKey());
		for (const [secret, box] of this.#domain.secrets) {
			// What is no box is a problem that was found without opening anything.
			if (!isSealedBox(box)) continue;
			const place = { kind: "secret", domain: this.#name, name: secret } as const;
			const result = attempt(this.#at.place(place), () =>
				openSecret(this.#name, secret, box, keyPair),
			);
			if ("finding" in result) findings.push(result.finding);
		}
		return findings;
	}

	#foreignKey(): Finding {
		return {
			line: this.#at.publicKey(this.#name),
			level: "problem",
			what: `the public key of ${this.#name} is not that of the private key which ${this.#custodian.name} holds: whoever put it there can read what was sealed to it since, and the owners cannot`,
			todo: `find out who in the file's history; restore the key from there, set again what was set since, and change those values at their source; or, if ${this.#custodian.name}'s own entry is the odd one, have another owner add them again: pprotect rm-owner ${shellWord(this.#name)} ${shellWord(this.#custodian.name)}`,
		};
	}
}

/** What `open` returns, or the finding that it failed with. */
function attempt<Value>(line: number, open: () => Value): { value: Value } | { finding: Finding } {
	try {
		return { value: open() };
	} catch (error) {
		if (!(error instanceof ProtectError)) throw error;
		const todo = error.hint ?? "set it again";
		return { finding: { line, level: "problem", what: error.message, todo } };
	}
}
