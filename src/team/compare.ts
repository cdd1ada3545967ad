/**
 * What changed between two versions of a protected file, without credentials: names and which
 * boxes differ, never a value.
 */
import { compareCodePoints } from "../format/code-points.ts";
import type { DomainData, FileData } from "../format/data.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";
import { type Change, type CustodianChange, isProblem } from "./change.ts";
import { Explanation } from "./explain-changes.ts";
import { describeKey, readKdf } from "./key-words.ts";
import type { Knowledge } from "./knowledge.ts";
import { compareLogs, type LogChanges } from "./log-changes.ts";

/** A domain of one version, with what else says how it came from an earlier one. */
export interface DomainVersion {
	readonly domain: DomainData | undefined;
	readonly custodians: FileData["custodians"];
}

/** A version in which there is no file yet. */
export const NOTHING: FileData = { domains: new Map(), custodians: new Map(), auditLog: [] };

/**
 * Everything that is different: what no owner does first, the rest in the file's order. The log
 * adds words to a change, and takes none away: anybody can write it.
 */
export function compareVersions(
	before: FileData,
	after: FileData,
	knowledge: Knowledge = {},
): Change[] {
	const log = compareLogs(before.auditLog, after.auditLog);
	const distrusted = { ...log, tellsOfRotation: () => false };
	const domains = unionOfNames(before.domains, after.domains).flatMap((name) =>
		compareDomain(
			name,
			{ domain: before.domains.get(name), custodians: before.custodians },
			{ domain: after.domains.get(name), custodians: after.custodians },
			distrusted,
		),
	);
	const explain = new Explanation(before, after, log, knowledge);
	const changes = [...domains, ...compareCustodians(before, after)].flatMap((change) =>
		explain.change(change),
	);
	const opened = [...(knowledge.values ?? [])].flatMap(([, { problems }]) => problems);
	return [...opened, ...problemsFirst(changes), ...compareAuditLogs(log)];
}

function problemsFirst(changes: readonly Change[]): Change[] {
	return [...changes.filter(isProblem), ...changes.filter((change) => !isProblem(change))];
}

/** What is different in one domain, which may be new or gone. */
export function compareDomain(
	domain: string,
	before: DomainVersion,
	after: DomainVersion,
	log: LogChanges,
): Change[] {
	const changes: Change[] = [];
	if (!before.domain) changes.push({ what: "domain", how: "added", domain });
	if (!after.domain) changes.push({ what: "domain", how: "removed", domain });
	const key = keyChange(before.domain, after.domain);
	if (key) changes.push({ what: "key", how: key, domain });
	for (const name of unionOfNames(before.domain?.owners, after.domain?.owners)) {
		const how = ownerChange(name, before, after);
		if (how) changes.push({ what: "owner", how, domain, name });
	}
	for (const name of unionOfNames(before.domain?.secrets, after.domain?.secrets)) {
		const how = secretChange(domain, name, before.domain, after.domain, log);
		if (how) changes.push({ what: "secret", how, domain, name });
	}
	return changes;
}

function keyChange(
	before: DomainData | undefined,
	after: DomainData | undefined,
): "rotated" | "replaced" | undefined {
	if (!before || !after || before.publicKey === after.publicKey) return undefined;
	const keptEntry = [...before.owners].some(([owner, box]) => after.owners.get(owner) === box);
	return keptEntry ? "replaced" : "rotated";
}

function ownerChange(
	name: string,
	before: DomainVersion,
	after: DomainVersion,
): "added" | "removed" | "resealed" | undefined {
	const old = before.domain?.owners.get(name);
	const recent = after.domain?.owners.get(name);
	if (old === recent) return undefined;
	if (old === undefined) return "added";
	if (recent === undefined) return "removed";
	const isRotated = before.domain?.publicKey !== after.domain?.publicKey;
	const isRekeyed = before.custodians.get(name) !== after.custodians.get(name);
	return isRotated || isRekeyed ? undefined : "resealed";
}

/**
 * How a secret's value changed. Where the domain's key was rotated every box is another, and the
 * log tells which values are.
 */
export function secretChange(
	domain: string,
	name: string,
	before: DomainData | undefined,
	after: DomainData | undefined,
	log: LogChanges,
): "added" | "changed" | "removed" | "unclear" | undefined {
	const old = before?.secrets.get(name);
	const recent = after?.secrets.get(name);
	if (old === recent) return undefined;
	if (old === undefined) return "added";
	if (recent === undefined) return "removed";
	if (before?.publicKey === after?.publicKey || log.tellsOfSecret(domain, name)) return "changed";
	return log.tellsOfRotation(domain) ? undefined : "unclear";
}

function compareCustodians(before: FileData, after: FileData): CustodianChange[] {
	return unionOfNames(before.custodians, after.custodians).flatMap((name): CustodianChange[] => {
		const old = before.custodians.get(name);
		const recent = after.custodians.get(name);
		if (old === recent) return [];
		const how = old === undefined ? "added" : recent === undefined ? "removed" : "rekeyed";
		return [
			{
				what: "custodian",
				how,
				name,
				...(old !== undefined && { oldKey: describeKey(old), ...fingerprintAs("old", old) }),
				...(recent !== undefined && {
					newKey: describeKey(recent),
					...fingerprintAs("new", recent),
				}),
			},
		];
	});
}

function fingerprintAs(
	which: "old" | "new",
	pwdkm: string,
): Pick<CustodianChange, "oldFingerprint" | "newFingerprint"> {
	if (readKdf(pwdkm) === undefined) return {};
	const print = custodianFingerprint(pwdkm);
	return which === "old" ? { oldFingerprint: print } : { newFingerprint: print };
}

function compareAuditLogs({ added, removed, reordered, isRewritten }: LogChanges): Change[] {
	const changes: Change[] = [];
	if (removed > 0) {
		const rewritten = isRewritten && ({ rewritten: true } as const);
		changes.push({ what: "audit-log", how: "removed", entries: removed, ...rewritten });
	}
	if (reordered > 0) changes.push({ what: "audit-log", how: "reordered", entries: reordered });
	if (added > 0) changes.push({ what: "audit-log", how: "added", entries: added });
	return changes;
}

/** The names of both, each once, by code point. */
export function unionOfNames(
	...maps: readonly (ReadonlyMap<string, unknown> | undefined)[]
): string[] {
	const names = new Set(maps.flatMap((map) => [...(map?.keys() ?? [])]));
	return [...names].sort(compareCodePoints);
}
