/**
 * A three-way merge of what protected files mean: custodians, domains, owners and secrets by
 * name, audit logs by time.
 */
import type { DomainData, FileData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";
import type { Conflict, Merge, Place, SideNames } from "./conflict.ts";
import { compareLogs } from "./log-changes.ts";
import { mergeAuditLogs } from "./merge-audit-logs.ts";
import { mergeCustodians } from "./merge-custodians.ts";
import { withDisputes } from "./merge-disputes.ts";
import { mergeDomain } from "./merge-domain.ts";
import { withReplacedKeys } from "./merge-replaced-keys.ts";
import type { NamedVersion } from "./named-version.ts";
import { withRevivals } from "./revivals.ts";
import type { TypedCommand } from "./typed-command.ts";

/** What two versions came from. */
export interface Ancestry {
	readonly data: FileData;
	/** Entries on which several ancestors differ, and of which each side kept another version. */
	readonly disputed?: readonly Place[];
}

/** Merges two versions that came from `base`; `typed` writes the commands of hints. */
export function mergeVersions(
	{ data: base, disputed = [] }: Ancestry,
	ours: FileData,
	theirs: FileData,
	names: SideNames,
	typed: TypedCommand,
): Merge {
	const sides = {
		ours: { name: names.ours, data: ours },
		theirs: { name: names.theirs, data: theirs },
	};
	const merged = mergeCustodians(base.custodians, ours.custodians, theirs.custodians, names);
	const logs = {
		ours: compareLogs(base.auditLog, ours.auditLog),
		theirs: compareLogs(base.auditLog, theirs.auditLog),
	};
	const results = unionOfNames(ours.domains, theirs.domains).map((name) => {
		const versionIn = ({ domains, custodians }: FileData) => ({
			domain: domains.get(name),
			custodians,
		});
		const result = mergeDomain(
			name,
			versionIn(base),
			{ ...versionIn(ours), side: "ours", name: names.ours, log: logs.ours },
			{ ...versionIn(theirs), side: "theirs", name: names.theirs, log: logs.theirs },
			merged,
			typed,
		);
		return { name, ...result };
	});
	const domains = new Map(
		results.flatMap(({ name, domain }): [string, DomainData][] => (domain ? [[name, domain]] : [])),
	);
	const found = [
		...[...merged.disputed].map(([custodian, conflict]) => ({
			...conflict,
			places: [
				...conflict.places,
				...results
					.filter(({ disputedOwners }) => disputedOwners.includes(custodian))
					.map(({ name }): Place => ({ kind: "owner", domain: name, name: custodian })),
			],
		})),
		...results.flatMap(({ conflicts }) => conflicts),
	];
	const auditLog = mergeAuditLogs(base.auditLog, ours.auditLog, theirs.auditLog);
	const settled = withDisputes(
		{ data: { domains, custodians: merged.custodians, auditLog }, conflicts: found },
		disputed,
		sides,
	);
	const all = withRevivals(settled.conflicts, { base, ...sides, merged: settled.data }, typed);
	const { conflicts, custodians } = withNeededCustodians(
		all,
		ours,
		theirs,
		settled.data.custodians,
	);
	const data = { ...settled.data, custodians };
	const told = conflicts.map((conflict) =>
		withStaleOwners(conflict, data, [sides.ours, sides.theirs], typed),
	);
	return withReplacedKeys({ data, conflicts: told }, base, sides);
}

/**
 * Where a conflict may keep an owner whom the merged custodians lack, as one side removed them,
 * their entry there is a part of it, and they are back among the custodians.
 */
function withNeededCustodians(
	conflicts: readonly Conflict[],
	ours: FileData,
	theirs: FileData,
	merged: FileData["custodians"],
): { conflicts: Conflict[]; custodians: FileData["custodians"] } {
	const custodians = new Map(merged);
	const widened = conflicts.map((conflict) => {
		const owners = new Set(conflict.places.flatMap((place) => ownersAt(place, ours, theirs)));
		const missing = [...owners].filter((name) => !custodians.has(name));
		for (const name of missing) {
			const pwdkm = ours.custodians.get(name) ?? theirs.custodians.get(name);
			if (pwdkm !== undefined) custodians.set(name, pwdkm);
		}
		const places = missing.map((name): Place => ({ kind: "custodian", name }));
		if (missing.length === 0) return conflict;
		// Keeping them takes more than the conflict's own line.
		return { ...conflict, places: [...conflict.places, ...places], remedy: undefined };
	});
	return { conflicts: widened, custodians };
}

/**
 * A domain that is kept as one side has it may have owners whom the other side re-keyed: that has
 * to be said, as it is only seen when they try to open it.
 */
function withStaleOwners(
	conflict: Conflict,
	merged: FileData,
	sides: readonly NamedVersion[],
	typed: TypedCommand,
): Conflict {
	const warnings = conflict.places.flatMap((place) => {
		if (place.kind !== "domain") return [];
		return sides.flatMap(({ name, data }) => {
			const owners = [...(data.domains.get(place.domain)?.owners.keys() ?? [])];
			const stale = owners.filter(
				(owner) => data.custodians.get(owner) !== merged.custodians.get(owner),
			);
			if (stale.length === 0) return [];
			return `; if you keep ${place.domain} as ${name} has it, then remove these owners, who were re-keyed, and, if they are to own it still, add them again once they confirm the fingerprint of their key: ${stale.map((owner) => `${typed("rm-owner", place.domain, owner)}, ${typed("add-owner", place.domain, owner)}`).join("; ")}`;
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
