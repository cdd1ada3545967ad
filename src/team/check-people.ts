/** Who owns what: too few, too much, with too little. */
import type { FileData } from "../format/data.ts";
import type { Finding } from "./finding.ts";
import { describeKey, isWeakerThanHard, readKdf } from "./key-words.ts";
import type { Locations } from "./locations.ts";
import type { TypedCommand } from "./typed-command.ts";

/** So many domains of one custodian are worth a note. */
const MANY_DOMAINS = 5;

export function checkPeople(data: FileData, at: Locations, typed: TypedCommand): Finding[] {
	return [...checkDomains(data, at, typed), ...checkCustodians(data, at, typed)];
}

function checkDomains(
	{ domains, custodians }: FileData,
	at: Locations,
	typed: TypedCommand,
): Finding[] {
	return [...domains].flatMap(([domain, { owners }]): Finding[] => {
		const [only, ...others] = owners.keys();
		if (only === undefined || others.length > 0) return [];
		return [
			{
				line: at.place({ kind: "domain", domain }),
				// Someone alone has nobody to share with.
				level: custodians.size === 1 ? "note" : "warning",
				code: "one-owner",
				what: `domain ${domain} has one owner, ${only}: without their passphrase its values are lost`,
				todo: `add another: ${typed("add-owner", domain)}`,
			},
		];
	});
}

function checkCustodians(
	{ custodians, domains }: FileData,
	at: Locations,
	typed: TypedCommand,
): Finding[] {
	const owned = new Map<string, number>();
	for (const { owners } of domains.values()) {
		for (const owner of owners.keys()) owned.set(owner, (owned.get(owner) ?? 0) + 1);
	}
	return [...custodians].flatMap(([name, pwdkm]) => {
		const line = at.place({ kind: "custodian", name });
		const count = owned.get(name) ?? 0;
		const findings: Finding[] = [];
		if (count === 0) {
			findings.push({
				line,
				level: "warning",
				code: "owns-nothing",
				what: `key custodian ${name} owns nothing`,
				todo: `if nobody knows what they are for: ${typed("rm-key-custodian", name)}`,
			});
		}
		if (count >= MANY_DOMAINS) {
			findings.push({
				line,
				level: "note",
				code: "owns-many",
				what: `key custodian ${name} owns ${count} domains, which one passphrase opens`,
				todo: "see that they need them all",
			});
		}
		const kdf = readKdf(pwdkm);
		if (kdf && isWeakerThanHard(kdf)) {
			findings.push({
				line,
				level: "note",
				code: "quick-to-guess",
				what: `the passphrase of ${name} is quicker to guess than with a hard key (${describeKey(pwdkm)})`,
				todo: `if a person typed it: ${typed("set-key-custodian-passphrase")}`,
			});
		}
		return findings;
	});
}
