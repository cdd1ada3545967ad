/** Looks through a protected file for all that can be wrong with it, without credentials. */
import { FormatError } from "../errors.ts";
import { conflictMarkers, RESOLVE_CONFLICT } from "../format/conflict-markers.ts";
import { type FileData, type ProtectedText, SECRET_PREFIX } from "../format/data.ts";
import { isSealedBox } from "../format/envelope.ts";
import { LineIndex } from "../format/line-index.ts";
import type { Document, Node } from "../format/node.ts";
import { shellWord } from "../format/quote.ts";
import { readProtected } from "../format/read.ts";
import type { Finding } from "./finding.ts";
import { describeKey, isWeakerThanHard, readKdf } from "./key-words.ts";
import { Locations } from "./locations.ts";
import type { NamedVersion } from "./named-version.ts";
import { describeReplacedKey, findReplacedKeys } from "./replaced-keys.ts";
import { findStaleEntries } from "./stale-entries.ts";

export interface Checked {
	/** By line. */
	readonly findings: readonly Finding[];
	/** What could be read; undefined where the text is no YAML, or has conflict markers. */
	readonly source: ProtectedText | undefined;
}

/** So many domains of one custodian are worth a note. */
const MANY_DOMAINS = 5;

/**
 * @param path names the file in what cannot be read at all.
 * @param versions other versions of the file, which may show that an entry is out of date.
 */
export function checkFile(
	bytes: Uint8Array,
	path: string,
	versions: readonly NamedVersion[] = [],
): Checked {
	const markers = checkMarkers(bytes);
	if (markers.length > 0) return { findings: markers, source: undefined };
	const problems: Finding[] = [];
	const source = readIfYaml(bytes, path, (error) => problems.push(asFinding(error)));
	if (!source) return { findings: problems, source };
	const unsealed = checkBoxes(source.document);
	const unsealedLines = new Set(unsealed.map(({ line }) => line));
	const others = problems.filter(({ line }) => !unsealedLines.has(line));
	const findings = [...unsealed, ...others, ...checkMeaning(source, versions)];
	return { findings: inOrder(findings), source };
}

/** By line; on one line, the worst first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
	const levels: readonly Finding["level"][] = ["problem", "warning", "note"];
	return findings.toSorted(
		(a, b) => a.line - b.line || levels.indexOf(a.level) - levels.indexOf(b.level),
	);
}

/** All of them: reading stops at the first. */
function checkMarkers(bytes: Uint8Array): Finding[] {
	const text = new TextDecoder("utf-8").decode(bytes);
	const lines = new LineIndex(text);
	return conflictMarkers(text).map((offset) => ({
		line: lines.lineAt(offset),
		level: "problem",
		what: "holds a git conflict marker",
		todo: RESOLVE_CONFLICT,
	}));
}

function readIfYaml(
	bytes: Uint8Array,
	path: string,
	onProblem: (error: FormatError) => void,
): ProtectedText | undefined {
	try {
		return readProtected(bytes, path, onProblem);
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
		onProblem(error);
		return undefined;
	}
}

function asFinding({
	line,
	problem,
	hint = "restore it from version control",
}: FormatError): Finding {
	return { line, level: "problem", what: problem, todo: hint };
}

/** A value that no tool sealed. It is looked for in the text: YAML may read it as a number, say. */
function checkBoxes(document: Document): Finding[] {
	const { root } = document;
	const lines = new LineIndex(document.text);
	if (root.kind !== "map") return [];
	return root.entries.flatMap(({ key: domain, value }) =>
		(value.kind === "map" ? value.entries : []).flatMap((entry): Finding[] => {
			if (!entry.key.startsWith(SECRET_PREFIX) || holdsBox(entry.value)) return [];
			const name = entry.key.slice(SECRET_PREFIX.length);
			return [
				{
					line: lines.lineAt(entry.start),
					level: "problem",
					what: `secret ${name} of ${domain} is no sealed box, as if its value had been typed into the file`,
					todo: `seal it with pprotect update-secret ${shellWord(domain)} ${shellWord(name)}, and change it at its source, as the file's history shows it`,
				},
			];
		}),
	);
}

function holdsBox(node: Node): boolean {
	return node.kind === "scalar" && node.text !== undefined && isSealedBox(node.text);
}

function checkMeaning(
	{ document, data }: ProtectedText,
	versions: readonly NamedVersion[],
): Finding[] {
	const at = new Locations(document);
	return [
		...checkReplaced(data, versions, at),
		...checkStale(data, versions, at),
		...checkCopies(data, at),
		...checkDomains(data, at),
		...checkCustodians(data, at),
	];
}

function checkReplaced(
	data: FileData,
	versions: readonly NamedVersion[],
	at: Locations,
): Finding[] {
	return findReplacedKeys(data, versions).map((key) => ({
		line: key.kind === "domain" ? at.publicKey(key.domain) : at.place(key),
		level: "problem",
		...describeReplacedKey(key),
	}));
}

function checkStale(data: FileData, versions: readonly NamedVersion[], at: Locations): Finding[] {
	return findStaleEntries(data, versions).map((entry) => {
		const { kind, domain, name, seenIn } = entry;
		const [where, who] = [shellWord(domain), shellWord(name)];
		const isSecret = kind === "secret";
		return {
			line: at.place(entry),
			level: "problem",
			what: isSecret
				? `secret ${name} of ${domain} is sealed to an older key of ${domain}, as ${seenIn} shows, so that nobody can open it`
				: `the entry of owner ${name} of ${domain} is out of date, as ${seenIn} shows: ${name} or ${domain} has another key since, so that it does not open`,
			todo: isSecret
				? `ask an owner whether they rotated the key of ${domain}; once they say so, set it again: pprotect update-secret ${where} ${name}`
				: `ask ${name} whether they changed their key; once they say so, as another owner: pprotect rm-owner ${where} ${who}, then pprotect add-owner ${where} ${who}`,
		};
	});
}

/** A domain's key, or an owner's entry, that stands in a second place. */
function checkCopies({ domains, custodians }: FileData, at: Locations): Finding[] {
	const findings: Finding[] = [];
	const domainOf = new Map<string, string>();
	const ownerOf = new Map<string, { domain: string; owner: string }>();
	for (const [domain, { publicKey, owners }] of domains) {
		const twin = domainOf.get(publicKey);
		if (twin !== undefined) {
			findings.push({
				line: at.publicKey(domain),
				level: "warning",
				what: `${domain} has the same key as ${twin}: who owns one can open both`,
				todo: `pprotect rotate-domain-keys ${shellWord(domain)}`,
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
				what: `the entry of owner ${owner} of ${domain} is that of ${other.owner} of ${other.domain}, and cannot be right in both`,
				todo: `as another owner: pprotect rm-owner ${shellWord(domain)} ${shellWord(owner)}, then pprotect add-owner ${shellWord(domain)} ${shellWord(owner)}`,
			});
		}
	}
	return findings;
}

function checkDomains({ domains }: FileData, at: Locations): Finding[] {
	return [...domains].flatMap(([domain, { owners }]): Finding[] => {
		const [only, ...others] = owners.keys();
		if (only === undefined || others.length > 0) return [];
		return [
			{
				line: at.place({ kind: "domain", domain }),
				level: "warning",
				what: `domain ${domain} has one owner, ${only}: without their passphrase its values are lost`,
				todo: `add another: pprotect add-owner ${shellWord(domain)}`,
			},
		];
	});
}

function checkCustodians({ custodians, domains }: FileData, at: Locations): Finding[] {
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
				what: `key custodian ${name} owns nothing`,
				todo: `let them in with pprotect add-owner, or pprotect rm-key-custodian ${shellWord(name)}`,
			});
		}
		if (count >= MANY_DOMAINS) {
			findings.push({
				line,
				level: "note",
				what: `key custodian ${name} owns ${count} domains, which one passphrase opens`,
				todo: "see that they need them all",
			});
		}
		const kdf = readKdf(pwdkm);
		if (kdf && isWeakerThanHard(kdf)) {
			findings.push({
				line,
				level: "note",
				what: `the passphrase of ${name} is quicker to guess than with a hard key (${describeKey(pwdkm)})`,
				todo: "if a person typed it: pprotect set-key-custodian-passphrase",
			});
		}
		return findings;
	});
}
