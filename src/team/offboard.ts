/** Takes a person out of everything in one step, as far as the acting user can. */
import { NameError, ProtectError } from "../errors.ts";
import { compareCodePoints } from "../format/code-points.ts";
import { shellNames, shellOption } from "../format/quote.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { unionOfNames } from "./compare.ts";
import { findExposures } from "./exposure.ts";
import { type ExposureHistory, HistoricalKnowledge } from "./exposure-history.ts";
import { readKdf } from "./key-words.ts";

export interface OffboardingPlan {
	/** Whom it is about. */
	readonly name: string;
	/** The domains that they are removed from and whose keys are rotated. */
	readonly rotated: readonly string[];
	/** Their domains that the acting user does not own, whose keys only their owners can rotate. */
	readonly foreign: readonly Foreign[];
	/** Whether they are removed as owner of those too, and as a custodian, with the old keys staying. */
	readonly isPartial: boolean;
}

export interface Foreign {
	readonly domain: string;
	/** Who can rotate its key. */
	readonly owners: readonly string[];
}

/**
 * What is to be done about `name`.
 *
 * @param acting the name of the acting user, where there is one.
 * @throws NameError for an unknown custodian or the last owner of a domain; ProtectError for the
 *   acting user themselves.
 */
export function planOffboarding(
	file: KeyFile,
	name: string,
	acting: string | undefined,
	isPartial: boolean,
): OffboardingPlan {
	file.assertCustodian(name);
	if (name === acting) {
		throw new ProtectError(
			`${name} cannot offboard themselves: whoever rotates a key knows the new one`,
			"another owner has to do it",
		);
	}
	const owned = file.domainsOwnedBy(name).toSorted(compareCodePoints);
	refuseLastOwner(file, name, owned, acting);
	const isForeign = (domain: string) =>
		acting === undefined || !file.ownerNames(domain).includes(acting);
	return {
		name,
		rotated: owned.filter((domain) => !isForeign(domain)),
		foreign: owned.filter(isForeign).map((domain) => ({
			domain,
			owners: file.ownerNames(domain).filter((owner) => owner !== name),
		})),
		isPartial,
	};
}

function refuseLastOwner(
	file: KeyFile,
	name: string,
	owned: readonly string[],
	acting: string | undefined,
): void {
	const alone = owned.filter((domain) => file.ownerNames(domain).length === 1);
	const [first] = alone;
	if (first === undefined) return;
	// Not just any custodian of the file: whoever can push may have added one.
	const isKnown = acting !== undefined && file.custodianNames.includes(acting);
	const names = isKnown ? [first, acting] : [first];
	throw new NameError(
		`${name} is the last owner of ${alone.join(", ")}: without an owner those values would be lost`,
		`they have to add another owner first, ${isKnown ? "such as" : "whom this asks for"}: pprotect add-owner ${shellOption("--user", name)} ${shellNames(...names)}`,
	);
}

/** Whether the person is out of everything afterwards. */
export function isComplete({ foreign, isPartial }: OffboardingPlan): boolean {
	return foreign.length === 0 || isPartial;
}

/**
 * Carries the plan out.
 *
 * @param acting needed where a key is rotated.
 */
export function offboard(
	file: KeyFile,
	plan: OffboardingPlan,
	acting: UnlockedCustodian | undefined,
): KeyFile {
	const { name, rotated } = plan;
	// Removed first, so that they are not given the new keys.
	const without = isComplete(plan)
		? file.removeKeyCustodian(name)
		: rotated.reduce<KeyFile>((current, domain) => current.removeOwner(domain, name), file);
	if (rotated.length === 0) return without;
	if (!acting) throw new Error("nobody acts who could rotate a key");
	return rotated.reduce<KeyFile>(
		(current, domain) => current.rotateDomainKey(domain, acting),
		without,
	);
}

/** The domains of which the person holds the key all the same, though they own them no longer. */
export function domainsStillHeld(
	file: KeyFile,
	{ name, foreign }: OffboardingPlan,
	history?: ExposureHistory,
): string[] {
	const told = new Set(foreign.map(({ domain }) => domain));
	return findExposures(file.data, { history }).flatMap(({ domain, formerOwners }) => {
		const isHeld = formerOwners.some((former) => former.name === name && former.holdsKey);
		return isHeld && !told.has(domain) ? domain : [];
	});
}

/**
 * The values that the person may know in the file as it is afterwards, by domain.
 *
 * @param history all versions that git has, where it has any.
 */
export function valuesToChange(
	file: KeyFile,
	name: string,
	history?: ExposureHistory,
): ReadonlyMap<string, readonly string[]> {
	const known = findExposures(file.data, { history }).flatMap(({ domain, formerOwners }) => {
		const values = formerOwners
			.filter((former) => former.name === name)
			.flatMap(({ mayKnow }) => mayKnow);
		return values.length > 0 ? [[domain, [...new Set(values)]] as const] : [];
	});
	return new Map(known);
}

/** By domain, the secrets of which git has a version that the person's keys open. */
export function readableInHistory(
	history: ExposureHistory,
	name: string,
): ReadonlyMap<string, readonly string[]> {
	const past = new HistoricalKnowledge(history);
	const readable = past.readable(past.keysOf(name, () => true));
	return new Map(
		unionOfNames(readable).map((domain) => [
			domain,
			[...(readable.get(domain) ?? [])].toSorted(compareCodePoints),
		]),
	);
}

/**
 * Custodians with raw keys, as machines have, who own a domain that the person owned: whoever set
 * the machine up may have kept its key. By custodian, those domains; without the acting user.
 */
export function sharedMachines(
	file: KeyFile,
	{ name, rotated, foreign }: OffboardingPlan,
	acting?: string,
): ReadonlyMap<string, readonly string[]> {
	const domains = [...rotated, ...foreign.map(({ domain }) => domain)].toSorted(compareCodePoints);
	const machines = [...file.data.custodians].filter(
		([custodian, pwdkm]) =>
			custodian !== name && custodian !== acting && readKdf(pwdkm)?.kdf === "raw",
	);
	return new Map(
		machines.flatMap(([machine]) => {
			const shared = domains.filter((domain) => file.ownerNames(domain).includes(machine));
			return shared.length > 0 ? [[machine, shared] as const] : [];
		}),
	);
}
