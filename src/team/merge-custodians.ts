/** Merges the key custodians of two versions. */
import type { FileData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";
import type { Conflict, Place, SideNames } from "./conflict.ts";

type Custodians = FileData["custodians"];

export interface MergedCustodians {
	/** By name their pwdkm; where the sides differ, ours, or theirs where we have none. */
	readonly custodians: ReadonlyMap<string, string>;
	/** By custodian whose key the sides do not agree on; their entries in the domains belong to it. */
	readonly disputed: ReadonlyMap<string, Conflict>;
}

export function mergeCustodians(
	base: Custodians,
	ours: Custodians,
	theirs: Custodians,
	names: SideNames,
): MergedCustodians {
	const custodians = new Map<string, string>();
	const disputed = new Map<string, Conflict>();
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
): Conflict {
	const places: Place[] = [{ kind: "custodian", name }];
	const remedy: Conflict["remedy"] = { kind: "custodian", name };
	const todo = `take the same side at every mark of ${name}; that side's passphrase is then the valid one`;
	if (old === undefined) {
		return {
			what: `${ours} and ${theirs} both added custodian ${name}, with two keys`,
			todo,
			places,
			remedy,
		};
	}
	if (our !== undefined && their !== undefined) {
		return { what: `${ours} and ${theirs} both re-keyed custodian ${name}`, todo, places, remedy };
	}
	const [remover, rekeyer] = our === undefined ? [ours, theirs] : [theirs, ours];
	return {
		what: `${remover} removed custodian ${name}, whom ${rekeyer} re-keyed`,
		todo: `take the same side at every mark of ${name}: ${remover}, and they are out, or ${rekeyer}, and they stay`,
		places,
		remedy,
	};
}
