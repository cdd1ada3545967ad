/** What a file's past, as git has it, says about the file as it is now. */
import type { DomainData, FileData } from "../format/data.ts";
import { splitTruncation } from "../model/audit-log.ts";
import { checkChangedKeys } from "./check-changed-keys.ts";
import { inWords, type Place, pathOf } from "./conflict.ts";
import { type FileHistory, pastSteps, type Step } from "./file-history.ts";
import type { Finding } from "./finding.ts";
import { LastWords } from "./last-words.ts";
import type { Locations } from "./locations.ts";
import { compareLogs } from "./log-changes.ts";
import { findLostAccess, findMergeLosses, type MergeLoss } from "./merge-losses.ts";
import { replacedInHistory } from "./replaced-in-history.ts";
import { describeReplacedKey, type ReplacedKey } from "./replaced-keys.ts";
import { findOutlived, findStaleEntries, type StaleEntry } from "./stale-entries.ts";
import type { TypedCommand } from "./typed-command.ts";

/** Findings about `file`, which is the first step of its history. */
export function checkHistory(
	file: FileData,
	history: FileHistory,
	at: Locations,
	typed: TypedCommand,
): Finding[] {
	const steps = [...history.recent, ...history.older];
	const replaced = replacedInHistory(file, history).map(({ key }) => key);
	const stale = onceEach(
		[
			...steps.flatMap((step) => staleEntries(file, step)),
			...findOutlived(file, pastSteps(history)),
		],
		keyOf,
	).filter((entry) => !isBehind(entry, replaced));
	const losses = onceEach(
		[
			...history.recent.flatMap(findMergeLosses).filter((loss) => isStillLost(loss, file)),
			...history.older.flatMap((step) => findLostAccess(step, file)),
		],
		({ place }) => keyOf(place),
	);
	return [
		...replaced.map((key) => replacedFinding(key, at)),
		...stale.map((entry) => staleFinding(entry, at, typed)),
		...lossFindings(losses, file, at),
		...checkLogs(history, at),
		...checkOlder(file, history, at, replaced),
		...checkChangedKeys(file, history, at, (name) =>
			replaced.some((key) => key.kind === "custodian" && key.name === name),
		),
	];
}

/** The step's stale entries that stand beside the same keys in the file. */
function staleEntries(file: FileData, { version, before, others }: Step): StaleEntry[] {
	return findStaleEntries(version.data, [...before, ...others]).filter((entry) => {
		const { kind, domain, name } = entry;
		if (publicKeyIn(file, domain) !== publicKeyIn(version.data, domain)) return false;
		if (kind === "owner" && file.custodians.get(name) !== version.data.custodians.get(name)) {
			return false;
		}
		return boxIn(file, entry) === boxIn(version.data, entry);
	});
}

/** Nothing is to be sealed to a key that is replaced. */
function isBehind(entry: StaleEntry, replaced: readonly ReplacedKey[]): boolean {
	return replaced.some((key) =>
		key.kind === "domain"
			? key.domain === entry.domain
			: entry.kind === "owner" && key.name === entry.name,
	);
}

function placeOfKey(key: ReplacedKey): Place {
	return key.kind === "domain"
		? { kind: "domain", domain: key.domain }
		: { kind: "custodian", name: key.name };
}

function replacedFinding(key: ReplacedKey, at: Locations): Finding {
	const line = key.kind === "domain" ? at.publicKey(key.domain) : at.place(key);
	return { line, level: "problem", code: "replaced-key", ...describeReplacedKey(key) };
}

function staleFinding(entry: StaleEntry, at: Locations, typed: TypedCommand): Finding {
	const { kind, domain, name, seenIn } = entry;
	const line = at.place(entry);
	if (kind === "secret") {
		return {
			line,
			level: "problem",
			code: "stale-secret",
			what: `secret ${name} of ${domain} is sealed to an older key of ${domain}, as ${seenIn} shows, so that nobody can open it`,
			todo: `ask an owner whether they rotated the key of ${domain}; once they say so, set it again: ${typed("update-secret", domain, name)}`,
		};
	}
	return {
		line,
		level: "problem",
		code: "stale-owner",
		what: `the entry of owner ${name} of ${domain} is out of date, as ${seenIn} shows: ${name} or ${domain} has another key since, so that it does not open`,
		todo: `as another owner: ${typed("rm-owner", domain, name)}; if they are to own ${domain} still, add them again once they confirm the fingerprint of their key`,
	};
}

/** Whether the file has not got the change since. */
function isStillLost({ place, how }: MergeLoss, file: FileData): boolean {
	if (how === "undone") return true;
	return (how === "missing") === (boxIn(file, place) === undefined);
}

function lossFindings(losses: readonly MergeLoss[], file: FileData, at: Locations): Finding[] {
	const last = new LastWords(file);
	return losses.map(({ place, how, side, merge }): Finding => {
		const name = inWords(place);
		const what = {
			missing: `${name}, which ${side} has, is lost in ${merge}`,
			undone: `${name} is again as it was before ${side} changed it: the change is lost in ${merge}`,
			revived: `${name}, which ${side} removed, is back in ${merge}`,
		}[how];
		const isTold = how === "missing" && last.of(place) === "removed";
		return {
			line: at.place(place),
			level: isTold ? "warning" : "problem",
			code: how === "revived" ? "revived" : "lost-in-merge",
			what: isTold ? `${what}; the audit log says that it was removed` : what,
			todo:
				how === "revived"
					? "find out whether it was to stay removed; if so, remove it again"
					: `find out whether that was meant; if not, take it from ${side}, where its key is still the same, or set it again`,
		};
	});
}

/** Logs that lost entries, in the last steps. */
function checkLogs({ recent }: FileHistory, at: Locations): Finding[] {
	const findings = recent.flatMap(({ version, before }) =>
		before.flatMap(({ name, data }): Finding[] => {
			const { removed, reordered } = compareLogs(data.auditLog, version.data.auditLog);
			if (removed === 0 && reordered > 0) return [reorderedLog(name, at)];
			if (removed === 0) return [];
			const [old, now] = [data.auditLog, version.data.auditLog].map(
				(log) => splitTruncation(log).truncated,
			);
			const isTold = (now ?? 0) - (old ?? 0) >= removed;
			return [
				{
					line: at.auditLog(),
					level: "warning",
					code: isTold ? "log-truncated" : "log-rewritten",
					what: isTold
						? `the audit log was cut: ${count(removed)} of ${name} are gone`
						: `the audit log was rewritten: ${count(removed)} of ${name} are gone, and nothing in it says so`,
					todo: isTold
						? "see that this was meant; list-exposed no longer knows who knew what before"
						: `restore the entries from ${name}, unless a commit was reverted`,
				},
			];
		}),
	);
	return onceEach(findings, ({ code }) => code);
}

function reorderedLog(version: string, at: Locations): Finding {
	return {
		line: at.auditLog(),
		level: "warning",
		code: "log-rewritten",
		what: `the audit log was rewritten: its entries are in another order than in ${version}`,
		todo: `restore the order from ${version}`,
	};
}

function count(entries: number): string {
	return entries === 1 ? "1 entry" : `${entries} entries`;
}

/** What the last steps put back to an older state, or took from another entry of an older one. */
function checkOlder(
	file: FileData,
	history: FileHistory,
	at: Locations,
	replaced: readonly ReplacedKey[],
): Finding[] {
	const foreign = new Set(replaced.map((key) => JSON.stringify(placeOfKey(key))));
	const findings: Finding[] = [];
	const all = [...history.recent, ...history.older];
	for (const [index, { version, before, isFarBack }] of history.recent.entries()) {
		const steps = isFarBack ? history.older : all.slice(index);
		const earlier = steps.flatMap((step) => step.before);
		if (before.length === 0) continue;
		for (const [domain, now] of version.data.domains) {
			const present = file.domains.get(domain);
			const isForeign = foreign.has(JSON.stringify({ kind: "domain", domain }));
			if (!present || present.publicKey !== now.publicKey || isForeign) continue;
			const isNewKey = before.every(({ data }) => publicKeyIn(data, domain) !== now.publicKey);
			const oldKey =
				isNewKey && earlier.find(({ data }) => publicKeyIn(data, domain) === now.publicKey);
			if (oldKey) {
				findings.push({
					line: at.publicKey(domain),
					level: "warning",
					code: "older-key",
					what: `the key of ${domain} is again the older one of ${oldKey.name}: whoever held it then holds it now`,
					todo: "see that this was meant; a key that was rotated should not come back",
				});
				continue;
			}
			findings.push(...olderBoxes(domain, { now, present, before, earlier }, at));
		}
	}
	return onceEach(findings, ({ line, code }) => `${code} ${line}`);
}

interface DomainPast {
	readonly now: DomainData;
	readonly present: DomainData;
	readonly before: Step["before"];
	readonly earlier: Step["before"];
}

function olderBoxes(
	domain: string,
	{ now, present, before, earlier }: DomainPast,
	at: Locations,
): Finding[] {
	return [...now.secrets].flatMap(([name, box]): Finding[] => {
		if (present.secrets.get(name) !== box) return [];
		const secretsIn = ({ data }: Step["before"][number]) => data.domains.get(domain)?.secrets;
		if (before.some((version) => secretsIn(version)?.get(name) === box)) return [];
		const valueBefore = before.find((version) => secretsIn(version)?.has(name));
		for (const version of earlier) {
			const place = { kind: "secret", domain, name } as const;
			const other = [...(secretsIn(version) ?? [])].find(([, old]) => old === box);
			if (!other) continue;
			if (other[0] !== name && present.secrets.get(other[0]) === box) continue;
			return [
				other[0] === name
					? {
							line: at.place(place),
							level: "warning",
							code: "older-value",
							what: `secret ${name} of ${domain} has again the older value of ${version.name}`,
							todo: "see that this was meant",
						}
					: {
							line: at.place(place),
							level: "problem",
							code: "copied-box",
							what: `secret ${name} of ${domain} holds the sealed box that secret ${other[0]} had in ${version.name}: its value is the other's`,
							todo: valueBefore
								? `restore the line from ${valueBefore.name}`
								: "set it anew, to a value of its own",
						},
			];
		}
		return [];
	});
}

function publicKeyIn({ domains }: FileData, domain: string): string | undefined {
	return domains.get(domain)?.publicKey;
}

/** The entry's text; a domain's key. */
function boxIn({ domains, custodians }: FileData, place: Place): string | undefined {
	switch (place.kind) {
		case "custodian":
			return custodians.get(place.name);
		case "domain":
			return domains.get(place.domain)?.publicKey;
		case "owner":
			return domains.get(place.domain)?.owners.get(place.name);
		case "secret":
			return domains.get(place.domain)?.secrets.get(place.name);
	}
}

function keyOf(place: Place): string {
	return JSON.stringify(pathOf(place));
}

/** The first of those that have one key. */
function onceEach<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
	const byKey = new Map<string, Item>();
	for (const item of items) if (!byKey.has(key(item))) byKey.set(key(item), item);
	return [...byKey.values()];
}
