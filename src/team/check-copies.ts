/** Keys and boxes that stand in a second place. */
import type { FileData } from "../format/data.ts";
import { isSealedBox } from "../format/envelope.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";
import type { Finding } from "./finding.ts";
import { readKdf } from "./key-words.ts";
import type { Locations } from "./locations.ts";
import { adviceToRotate } from "./rotation-advice.ts";
import type { TypedCommand } from "./typed-command.ts";

/** A domain's key, or an owner's entry, that stands in a second place. */
export function checkCopies(
	{ domains, custodians }: FileData,
	at: Locations,
	typed: TypedCommand,
): Finding[] {
	const findings: Finding[] = [];
	const domainOf = new Map<string, string>();
	const ownerOf = new Map<string, { domain: string; owner: string }>();
	for (const [domain, { publicKey, owners }] of domains) {
		const twin = domainOf.get(publicKey);
		if (twin !== undefined) {
			findings.push({
				line: at.publicKey(domain),
				level: "warning",
				code: "same-key",
				what: `${domain} has the same key as ${twin}: who owns one can open both`,
				todo: adviceToRotate(typed, domain),
			});
		}
		domainOf.set(publicKey, twin ?? domain);
		for (const [owner, box] of owners) {
			const other = ownerOf.get(box);
			ownerOf.set(box, other ?? { domain, owner });
			if (!other || (twin !== undefined && custodians.get(owner) === custodians.get(other.owner))) {
				continue;
			}
			findings.push({
				line: at.place({ kind: "owner", domain, name: owner }),
				level: "problem",
				code: "copied-entry",
				what: `the entry of owner ${owner} of ${domain} is that of ${other.owner} of ${other.domain}, and cannot be right in both`,
				todo: `find out in the file's history for whom it was made, and take the other off, as another owner: ${typed("rm-owner", domain, owner)}, or ${typed("rm-owner", other.domain, other.owner)}; add them again only if you know that they are to own it`,
			});
		}
	}
	return [...findings, ...checkCustodians(custodians, at), ...checkCopiedSecrets(domains, at)];
}

/** The name goes into each custodian's key, so that no two have the same. */
function checkCustodians(custodians: FileData["custodians"], at: Locations): Finding[] {
	const nameOf = new Map<string, string>();
	return [...custodians].flatMap(([name, pwdkm]): Finding[] => {
		if (readKdf(pwdkm) === undefined) return [];
		const print = custodianFingerprint(pwdkm);
		const twin = nameOf.get(print);
		nameOf.set(print, twin ?? name);
		if (twin === undefined) return [];
		return [
			{
				line: at.place({ kind: "custodian", name }),
				level: "warning",
				code: "same-key",
				what: `key custodian ${name} has the public key of ${twin}: what is sealed to one is for the other, too`,
				todo: "find out in the file's history which of them is not theirs, and restore that line",
			},
		];
	});
}

/** No two boxes are alike, whatever is in them: sealing twice makes two. */
function checkCopiedSecrets(domains: FileData["domains"], at: Locations): Finding[] {
	const placeOf = new Map<string, { readonly words: string; readonly line: number }>();
	for (const [domain, { owners }] of domains) {
		for (const [name, box] of owners) {
			const line = at.place({ kind: "owner", domain, name });
			placeOf.set(box, { words: `the entry of owner ${name} of ${domain}`, line });
		}
	}
	return [...domains].flatMap(([domain, { secrets }]) =>
		[...secrets].flatMap(([name, box]): Finding[] => {
			const line = at.place({ kind: "secret", domain, name });
			const words = `secret ${name} of ${domain}`;
			const other = placeOf.get(box);
			// What was typed in is told as that.
			if (!isSealedBox(box)) return [];
			if (!other) {
				placeOf.set(box, { words, line });
				return [];
			}
			return [
				{
					line,
					level: "problem",
					code: "copied-box",
					what: `${words} holds the same sealed box as ${other.words} on line ${other.line}: one of them was copied over the other`,
					todo: "find out which in the file's history, and restore that line from there",
				},
			];
		}),
	);
}
