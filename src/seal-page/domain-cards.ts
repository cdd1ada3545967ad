/** Who can read what, for each domain. */
import type { KeyFile } from "../model/key-file.ts";
import type { DomainStatus, Status } from "../team/status.ts";
import { element, nameElement } from "./dom.ts";

export function domainCards(file: KeyFile, { domains }: Status): HTMLElement[] {
	return domains.map((domain) => domainCard(domain, file.secretNames(domain.name)));
}

function domainCard(
	{ name, owners, formerOwners, fingerprint }: DomainStatus,
	secrets: readonly string[],
): HTMLElement {
	const key = fingerprint ?? "unreadable key";
	const facts = element(
		"dl",
		{},
		element("dt", {}, "Can read it"),
		element("dd", {}, names(owners)),
		element("dt", {}, "Fingerprint"),
		element("dd", {}, element("code", { className: "fingerprint" }, key)),
		element("dt", {}, "Secrets"),
		element("dd", {}, secrets.length > 0 ? secretNames(secrets) : "none yet"),
	);
	const card = element("article", { className: "domain" });
	card.append(element("h3", {}, "Domain ", nameElement(name)), facts);
	if (formerOwners.length > 0) {
		card.append(
			element(
				"div",
				{ className: "warning" },
				element("p", {}, "No longer an owner, but still able to read it:"),
				names(formerOwners),
			),
		);
	}
	return card;
}

function names(list: readonly string[]): HTMLElement {
	return element("ul", {}, ...list.map((name) => element("li", {}, nameElement(name))));
}

function secretNames(list: readonly string[]): HTMLElement {
	const count = list.length === 1 ? "1 secret" : `${list.length} secrets`;
	return element("details", {}, element("summary", {}, count), names(list));
}
