/** Merges the key custodians of two versions. */
import type { FileData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";
import type { Conflict, Place, SideNames } from "./conflict.ts";

type Custodians = FileData["custodians"];

export interface MergedCustodians {
	/** By name their pwdkm; where the sides differ, ours, or theirs where we have none. */
	readonly custodians: Map<string, string>;
	/** By custodian whose key the sides do not agree on. */
	readonly disputed: ReadonlyMap<string, CustodianConflict>;
}

/** A conflict that gains the custodian's entries in the domains, as they belong to one key. */
export interface CustodianConflict extends Conflict {
	readonly places: Place[];
}

export function mergeCustodians(
	base: Custodians,
	ours: Custodians,
	theirs: Custodians,
	names: SideNames,
): MergedCustodians {
	const custodians = new Map<string, string>();
	const disputed = new Map<string, CustodianConflict>();
	for (const name of unionOfNames(ours, theirs)) {
		const [old, our, their] = [base.get(name), ours.get(name), theirs.get(name)];
		const isDisputed = our !== their && our !== old && their !== old;
		const merged = isDisputed ? (our ?? their) : our === old ? their : our;
		if (merged !== undefined) custodians.set(name, merged);
		if (isDisputed) disputed.set(name, custodianConflict(name, old, our, their, names));
	}
	return { custodians, disputed };
}

function custodianConflict(
	name: string,
	old: string | undefined,
	our: string | undefined,
	their: string | undefined,
	{ ours, theirs }: SideNames,
): CustodianConflict {
	const places: Place[] = [{ kind: "custodian", name }];
	const todo = `take the same side at every mark of ${name}; that side's passphrase is then the valid one`;
	if (old === undefined) {
		return {
			what: `${ours} and ${theirs} both added custodian ${name}, with two keys`,
			todo,
			places,
		};
	}
	if (our !== undefined && their !== undefined) {
		return { what: `${ours} and ${theirs} both re-keyed custodian ${name}`, todo, places };
	}
	const [remover, rekeyer] = our === undefined ? [ours, theirs] : [theirs, ours];
	return {
		what: `${remover} removed custodian ${name}, whom ${rekeyer} re-keyed`,
		todo: `take the same side at every mark of ${name}: ${remover}, and they are out, or ${rekeyer}, and they stay`,
		places,
	};
}
