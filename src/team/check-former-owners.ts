/** Who owns a domain no longer and holds its key still, as the log or an earlier version shows. */
import type { FileData } from "../format/data.ts";
import { findExposures } from "./exposure.ts";
import type { Finding } from "./finding.ts";
import type { Locations } from "./locations.ts";
import type { NamedVersion } from "./named-version.ts";
import { adviceToRotate } from "./rotation-advice.ts";
import type { TypedCommand } from "./typed-command.ts";

export function checkFormerOwners(
	file: FileData,
	past: readonly NamedVersion[],
	at: Locations,
	typed: TypedCommand,
): Finding[] {
	const told = new Map(
		findExposures(file).map(({ domain, formerOwners }) => [
			domain,
			formerOwners.flatMap(({ name, holdsKey }) => (holdsKey ? name : [])),
		]),
	);
	return [...file.domains].flatMap(([domain, { publicKey, owners }]) => {
		/** By former owner, what shows it. */
		const former = new Map<string, string>();
		for (const { name: version, data } of past) {
			const then = data.domains.get(domain);
			if (then?.publicKey !== publicKey) continue;
			for (const owner of then.owners.keys()) {
				if (!owners.has(owner) && !former.has(owner)) former.set(owner, `${version} shows`);
			}
		}
		for (const owner of told.get(domain) ?? []) {
			if (!former.has(owner)) former.set(owner, "the audit log tells");
		}
		return [...former].map(
			([owner, evidence]): Finding => ({
				line: at.publicKey(domain),
				level: "warning",
				code: "former-owner",
				what: `${owner} owns ${domain} no longer but holds its present key, as ${evidence}: they can read every value, and every one to come`,
				todo: adviceToRotate(typed, domain),
			}),
		);
	});
}
