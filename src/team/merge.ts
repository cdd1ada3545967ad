/**
 * A three-way merge of what protected files mean: custodians, domains, owners and secrets by
 * name, audit logs by time.
 */
import type { DomainData, FileData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";
import type { Conflict, Place, SideNames } from "./conflict.ts";
import { compareLogs } from "./log-changes.ts";
import { mergeAuditLogs } from "./merge-audit-logs.ts";
import { mergeCustodians } from "./merge-custodians.ts";
import { mergeDomain } from "./merge-domain.ts";

export interface Merge {
	/** The merged file; a place in conflict is as in ours, or as in theirs where ours has none. */
	readonly data: FileData;
	/** Empty where nothing truly conflicts. */
	readonly conflicts: readonly Conflict[];
}

interface Version {
	/** What it is called in words. */
	readonly name: string;
	readonly data: FileData;
}

/** Merges two versions that came from `base`. */
export function mergeVersions(
	base: FileData,
	ours: FileData,
	theirs: FileData,
	names: SideNames,
): Merge {
	const merged = mergeCustodians(base.custodians, ours.custodians, theirs.custodians, names);
	const logs = {
		ours: compareLogs(base.auditLog, ours.auditLog),
		theirs: compareLogs(base.auditLog, theirs.auditLog),
	};
	const domains = new Map<string, DomainData>();
	const conflicts: Conflict[] = [];
	for (const name of unionOfNames(ours.domains, theirs.domains)) {
		const versionIn = ({ domains: all, custodians }: FileData) => ({
			domain: all.get(name),
			custodians,
		});
		const result = mergeDomain(
			name,
			versionIn(base),
			{ ...versionIn(ours), name: names.ours, log: logs.ours },
			{ ...versionIn(theirs), name: names.theirs, log: logs.theirs },
			merged,
		);
		if (result.domain) domains.set(name, result.domain);
		conflicts.push(...result.conflicts);
	}
	const all = [...merged.disputed.values(), ...conflicts];
	const { custodians } = merged;
	const needed = all.map((conflict) => withNeededCustodians(conflict, ours, theirs, custodians));
	const auditLog = mergeAuditLogs(base.auditLog, ours.auditLog, theirs.auditLog);
	const data = { domains, custodians, auditLog };
	return {
		data,
		conflicts: needed.map((conflict) =>
			withStaleOwners(conflict, data, [
				{ name: names.ours, data: ours },
				{ name: names.theirs, data: theirs },
			]),
		),
	};
}

/**
 * Where a conflict may keep an owner whom the merged custodians lack, as one side removed them,
 * their entry there is a part of it; it is put back into `custodians`.
 */
function withNeededCustodians(
	conflict: Conflict,
	ours: FileData,
	theirs: FileData,
	custodians: Map<string, string>,
): Conflict {
	const owners = new Set(conflict.places.flatMap((place) => ownersAt(place, ours, theirs)));
	const missing = [...owners].filter((name) => !custodians.has(name));
	for (const name of missing) {
		const pwdkm = ours.custodians.get(name) ?? theirs.custodians.get(name);
		if (pwdkm !== undefined) custodians.set(name, pwdkm);
	}
	const places = missing.map((name): Place => ({ kind: "custodian", name }));
	return { ...conflict, places: [...conflict.places, ...places] };
}

/**
 * A domain that is kept as one side has it may have owners whom the other side re-keyed: that has
 * to be said, as it is only seen when they try to open it.
 */
function withStaleOwners(
	conflict: Conflict,
	merged: FileData,
	sides: readonly Version[],
): Conflict {
	const warnings = conflict.places.flatMap((place) => {
		if (place.kind !== "domain") return [];
		return sides.flatMap(({ name, data }) => {
			const owners = [...(data.domains.get(place.domain)?.owners.keys() ?? [])];
			const stale = owners.filter(
				(owner) => data.custodians.get(owner) !== merged.custodians.get(owner),
			);
			if (stale.length === 0) return [];
			return `; if you keep ${place.domain} as ${name} has it, then remove and add again (pprotect rm-owner, pprotect add-owner), as they were re-keyed: ${stale.join(", ")}`;
		});
	});
	return { ...conflict, todo: conflict.todo + warnings.join("") };
}

function ownersAt(place: Place, ours: FileData, theirs: FileData): string[] {
	switch (place.kind) {
		case "domain":
			return unionOfNames(
				ours.domains.get(place.domain)?.owners,
				theirs.domains.get(place.domain)?.owners,
			);
		case "owner":
		case "custodian":
			return [place.name];
		case "secret":
			return [];
	}
}
