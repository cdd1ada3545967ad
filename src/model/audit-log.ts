/**
 * The words of the audit log, and what they say. Other tools write and read the same words, so
 * each sentence stands here once for writing and once for reading.
 */
const names = (list: readonly string[]): string => list.join(", ");

export const auditText = {
	created: () => "created",
	createdCustodian: (custodian: string) => `created key custodian ${custodian}`,
	createdRawCustodian: (custodian: string) => `created raw-key custodian ${custodian}`,
	removedCustodian: (custodian: string, owned: readonly string[]) =>
		`removed key custodian ${custodian} (was owner of ${names(owned)})`,
	createdDomain: (domain: string, owner: string) => `created domain ${domain} with owner ${owner}`,
	deletedDomain: (domain: string) => `deleted domain ${domain}`,
	addedSecret: (secret: string, domain: string) => `added secret ${secret} in ${domain}`,
	setSecret: (secret: string, domain: string) => `set secret ${secret} in ${domain}`,
	updatedSecret: (secret: string, domain: string) => `updated secret ${secret} in ${domain}`,
	removedSecret: (secret: string, domain: string) => `removed secret ${secret} from ${domain}`,
	addedOwner: (by: string, owner: string, domain: string) =>
		`${by} added owner ${owner} to ${domain}`,
	removedOwner: (owner: string, domain: string) => `removed owner ${owner} from ${domain}`,
	/** Stands before the entry of the copy itself; only pprotect writes it. */
	copiedSecret: (secret: string, from: string, to: string) =>
		`copied secret ${secret} from ${from} to ${to}`,
	rotatedKey: (domain: string) => `rotated key for domain ${domain}`,
	updatedPassphrase: (custodian: string, domains: readonly string[]) =>
		`updated key custodian passphrase for ${custodian} (updated domains -> ${names(domains)})`,
	rekeyedCustodian: (custodian: string, domains: readonly string[]) =>
		`rekeyed custodian for ${custodian} (updated domains -> ${names(domains)})`,
} as const;

/** `YYYY-MM-DDTHH:MM:SSZ -- TEXT`, in UTC. */
export function auditEntry(time: Date, text: string): string {
	return `${time.toISOString().slice(0, "YYYY-MM-DDTHH:MM:SS".length)}Z -- ${text}`;
}

/** The entry that stands for `count` removed ones; it has no time. */
export function truncationEntry(count: number): string {
	return `truncated ${count} audit log entries`;
}

/** What an entry of the log tells. */
export type AuditEvent =
	| { readonly kind: "createdDomain"; readonly domain: string; readonly owner: string }
	| { readonly kind: "deletedDomain" | "rotatedKey"; readonly domain: string }
	/** Added or given another value. */
	| { readonly kind: "setSecret"; readonly domain: string; readonly secret: string }
	| { readonly kind: "removedSecret"; readonly domain: string; readonly secret: string }
	/** The entry of the copy itself follows. */
	| {
			readonly kind: "copiedSecret";
			readonly secret: string;
			readonly from: string;
			readonly to: string;
	  }
	| {
			readonly kind: "createdCustodian" | "changedCustodian";
			readonly custodian: string;
	  }
	| {
			readonly kind: "addedOwner" | "removedOwner";
			readonly domain: string;
			readonly owner: string;
	  }
	| {
			readonly kind: "removedCustodian";
			readonly custodian: string;
			readonly domains: readonly string[];
	  };

const TIMED_ENTRY = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) -- (.*)$/s;

/** An entry's time and text; an entry in another form is all text. */
export function splitAuditEntry(entry: string): { time: string | undefined; text: string } {
	const [, time, text] = TIMED_ENTRY.exec(entry) ?? [];
	return { time, text: text ?? entry };
}

const TRUNCATION = /^truncated (\d+) audit log entries$/;

/** A log's entries, and how many were truncated before them. */
export function splitTruncation(log: readonly string[]): {
	truncated: number;
	entries: readonly string[];
} {
	let truncated = 0;
	let start = 0;
	for (const entry of log) {
		const [, count] = TRUNCATION.exec(entry) ?? [];
		if (count === undefined) break;
		truncated += Number(count);
		start++;
	}
	return { truncated, entries: log.slice(start) };
}

type IsDomain = (name: string) => boolean;

/**
 * Reads an entry's text, where it tells of a domain or a custodian; undefined for any other.
 *
 * Names are not quoted in the log, so that `removed owner a from b from c` can be read in two
 * ways: `isDomain` knows the domains of the file, which then decide.
 */
export function parseAuditText(text: string, isDomain: IsDomain): AuditEvent | undefined {
	// No name is that long; the readers take their time over what only looks like an entry.
	if (text.length > MAX_READ) return undefined;
	for (const read of READERS) {
		const event = read(text, isDomain);
		if (event) return event;
	}
	return undefined;
}

const MAX_READ = 16 * 1024;

const READERS: readonly ((text: string, isDomain: IsDomain) => AuditEvent | undefined)[] = [
	readSecret,
	readCopiedSecret,
	readDomain,
	readCreatedDomain,
	readRemovedOwner,
	readRemovedCustodian,
	readCustodian,
	readAddedOwner,
];

/** A secret's name has no blank, so that the rest is the domain's. */
function readSecret(text: string): AuditEvent | undefined {
	const [, verb, secret, domain] =
		/^(added|set|updated|removed) secret ([^ ]+) (?:in|from) (.+)$/s.exec(text) ?? [];
	if (secret === undefined || domain === undefined) return undefined;
	return { kind: verb === "removed" ? "removedSecret" : "setSecret", domain, secret };
}

function readCopiedSecret(text: string, isDomain: IsDomain): AuditEvent | undefined {
	const [, secret, domains = ""] = /^copied secret ([^ ]+) from (.+)$/s.exec(text) ?? [];
	const isRight = (left: string, right: string) => isDomain(left) && isDomain(right);
	const [from, to] = splitAt(domains, " to ", isRight) ?? [];
	if (secret === undefined || from === undefined || to === undefined) return undefined;
	return { kind: "copiedSecret", secret, from, to };
}

function readDomain(text: string): AuditEvent | undefined {
	const rotated = after("rotated key for domain ", text);
	if (rotated !== undefined) return { kind: "rotatedKey", domain: rotated };
	const deleted = after("deleted domain ", text);
	return deleted === undefined ? undefined : { kind: "deletedDomain", domain: deleted };
}

function readCreatedDomain(text: string, isDomain: IsDomain): AuditEvent | undefined {
	const names = after("created domain ", text) ?? "";
	const [domain, owner] = splitAt(names, " with owner ", isDomain) ?? [];
	if (domain === undefined || owner === undefined) return undefined;
	return { kind: "createdDomain", domain, owner };
}

function readRemovedOwner(text: string, isDomain: IsDomain): AuditEvent | undefined {
	const names = after("removed owner ", text) ?? "";
	const [owner, domain] = splitAt(names, " from ", (_, name) => isDomain(name)) ?? [];
	if (domain === undefined || owner === undefined) return undefined;
	return { kind: "removedOwner", domain, owner };
}

function readRemovedCustodian(text: string, isDomain: IsDomain): AuditEvent | undefined {
	const [, custodian, list] =
		/^removed key custodian (.*) \(was owner of (.*)\)$/s.exec(text) ?? [];
	if (custodian === undefined || list === undefined) return undefined;
	return { kind: "removedCustodian", custodian, domains: splitNames(list, isDomain) };
}

function readCustodian(text: string): AuditEvent | undefined {
	const [, created] = /^created (?:raw-key|key) custodian (.+)$/s.exec(text) ?? [];
	if (created !== undefined) return { kind: "createdCustodian", custodian: created };
	const [, changed] = CHANGED_CUSTODIAN.exec(text) ?? [];
	return changed === undefined ? undefined : { kind: "changedCustodian", custodian: changed };
}

const CHANGED_CUSTODIAN =
	/^(?:updated key custodian passphrase|rekeyed custodian) for (.+) \(updated domains -> .*\)$/s;

function readAddedOwner(text: string, isDomain: IsDomain): AuditEvent | undefined {
	const [, names = ""] = splitAt(text, " added owner ", () => false) ?? [];
	const [owner, domain] = splitAt(names, " to ", (_, name) => isDomain(name)) ?? [];
	if (domain === undefined || owner === undefined) return undefined;
	return { kind: "addedOwner", domain, owner };
}

function after(prefix: string, text: string): string | undefined {
	return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

/** Splits where `isRight` likes both sides, else at the first `separator`; undefined without any. */
function splitAt(
	text: string,
	separator: string,
	isRight: (left: string, right: string) => boolean,
): [string, string] | undefined {
	let first: [string, string] | undefined;
	for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
		const split: [string, string] = [text.slice(0, at), text.slice(at + separator.length)];
		if (isRight(...split)) return split;
		first ??= split;
	}
	return first;
}

/** The most commas that a domain's name is looked for with. */
const MAX_COMMAS = 4;

/** Splits a list of domains, some of which may have a comma in their name. */
function splitNames(list: string, isDomain: (name: string) => boolean): string[] {
	const parts = list === "" ? [] : list.split(", ");
	const names: string[] = [];
	for (let start = 0; start < parts.length; ) {
		const lengths = Array.from({ length: MAX_COMMAS }, (_, index) => index + 1);
		const known = lengths.find((length) => isDomain(parts.slice(start, start + length).join(", ")));
		names.push(parts.slice(start, start + (known ?? 1)).join(", "));
		start += known ?? 1;
	}
	return names;
}
