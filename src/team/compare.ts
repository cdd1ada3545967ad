/**
 * What changed between two versions of a protected file, without credentials: names and which
 * boxes differ, never a value.
 */
import { compareCodePoints } from "../format/code-points.ts";
import type { DomainData, FileData } from "../format/data.ts";
import { describeKey } from "./key-words.ts";
import { compareLogs, type LogChanges } from "./log-changes.ts";

/** One thing that is different, in the words of `pprotect diff --json`. */
export type Change =
	| { readonly what: "domain"; readonly how: "added" | "removed"; readonly domain: string }
	| {
			readonly what: "key";
			/** Replaced: an owner's entry stayed as it was, so it is not the new key that they hold. */
			readonly how: "rotated" | "replaced";
			readonly domain: string;
	  }
	| {
			readonly what: "owner";
			/** Resealed: their entry is another, without a reason that shows. */
			readonly how: "added" | "removed" | "resealed";
			readonly domain: string;
			readonly name: string;
	  }
	| {
			readonly what: "secret";
			/** Unclear: the domain's key is another, and the log does not say which values are. */
			readonly how: "added" | "changed" | "removed" | "unclear";
			readonly domain: string;
			readonly name: string;
	  }
	| {
			readonly what: "custodian";
			readonly how: "added" | "removed" | "rekeyed";
			readonly name: string;
			/** The key before, as {@link describeKey} has it. */
			readonly oldKey?: string;
			readonly newKey?: string;
	  }
	| { readonly what: "audit-log"; readonly how: "added" | "removed"; readonly entries: number };

/** A domain of one version, with what else says how it came from an earlier one. */
export interface DomainVersion {
	readonly domain: DomainData | undefined;
	readonly custodians: FileData["custodians"];
}

/** A version in which there is no file yet. */
export const NOTHING: FileData = { domains: new Map(), custodians: new Map(), auditLog: [] };

/** Everything that is different, in the file's order. */
export function compareVersions(before: FileData, after: FileData): Change[] {
	const log = compareLogs(before.auditLog, after.auditLog);
	const domains = unionOfNames(before.domains, after.domains).flatMap((name) =>
		compareDomain(
			name,
			{ domain: before.domains.get(name), custodians: before.custodians },
			{ domain: after.domains.get(name), custodians: after.custodians },
			log,
		),
	);
	return [...domains, ...compareCustodians(before, after), ...compareAuditLogs(log)];
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

function compareCustodians(before: FileData, after: FileData): Change[] {
	return unionOfNames(before.custodians, after.custodians).flatMap((name): Change[] => {
		const old = before.custodians.get(name);
		const recent = after.custodians.get(name);
		if (old === recent) return [];
		const how = old === undefined ? "added" : recent === undefined ? "removed" : "rekeyed";
		return [
			{
				what: "custodian",
				how,
				name,
				...(old !== undefined && { oldKey: describeKey(old) }),
				...(recent !== undefined && { newKey: describeKey(recent) }),
			},
		];
	});
}

function compareAuditLogs({ added, removed }: LogChanges): Change[] {
	const changes: Change[] = [];
	if (removed > 0) changes.push({ what: "audit-log", how: "removed", entries: removed });
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
