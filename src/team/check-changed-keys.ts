/** Custodians' keys that the last steps changed: only the custodian can say whose the new one is. */
import type { FileData } from "../format/data.ts";
import { custodianFingerprint } from "../model/fingerprints.ts";
import type { FileHistory, Step } from "./file-history.ts";
import type { Finding } from "./finding.ts";
import { readKdf } from "./key-words.ts";
import type { Locations } from "./locations.ts";
import type { NamedVersion } from "./named-version.ts";

/** @param isReplaced tells of a custodian whose key has a finding that says more. */
export function checkChangedKeys(
	file: FileData,
	{ recent, older }: FileHistory,
	at: Locations,
	isReplaced: (name: string) => boolean,
): Finding[] {
	const told = new Set<string>();
	const all = [...recent, ...older];
	return recent.flatMap((step, index) =>
		[...file.custodians].flatMap(([name, pwdkm]): Finding[] => {
			const before =
				told.has(name) || isReplaced(name) ? undefined : changedFrom(step, name, pwdkm);
			if (!before) return [];
			told.add(name);
			const steps = step.isFarBack ? older : all.slice(index);
			const past = steps.flatMap((earlier) => earlier.before).find(hasKey(name, pwdkm));
			const line = at.place({ kind: "custodian", name });
			return [{ line, ...describe(file, name, pwdkm, before, past) }];
		}),
	);
}

/** The version whose key of the custodian the step changed to this one. */
function changedFrom({ version, before }: Step, name: string, pwdkm: string) {
	if (!hasKey(name, pwdkm)(version) || before.some(hasKey(name, pwdkm))) return undefined;
	return before.find(({ data }) => data.custodians.has(name));
}

function hasKey(name: string, pwdkm: string): (version: NamedVersion) => boolean {
	return ({ data }) => data.custodians.get(name) === pwdkm;
}

function describe(
	file: FileData,
	name: string,
	pwdkm: string,
	before: NamedVersion,
	past: NamedVersion | undefined,
): Omit<Finding, "line"> {
	if (past) {
		return {
			level: "warning",
			code: "older-key",
			what: `the key of custodian ${name} is again the older one of ${past.name}: the passphrase from then opens what ${name} owns`,
			todo: `ask ${name} whether they know; a passphrase that was changed should not come back`,
		};
	}
	const print = readKdf(pwdkm) === undefined ? "" : ` (fingerprint ${custodianFingerprint(pwdkm)})`;
	const isOwner = [...file.domains.values()].some(({ owners }) => owners.has(name));
	return {
		// Whoever owns something notices when nothing opens.
		level: isOwner ? "note" : "warning",
		code: "changed-key",
		what: `custodian ${name} has another key than in ${before.name}${print}: only ${name} can say whether it is theirs`,
		todo: `make ${name} an owner of nothing until they confirm it`,
	};
}
