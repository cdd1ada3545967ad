/**
 * Merges a domain of two versions by what its entries mean.
 *
 * A box is worth something only beside the key it was sealed to. So an entry of the merged
 * domain comes from a side on which that key is the one that the merged file has: for a secret
 * the domain's, for an owner's entry the domain's and the owner's own. Where there is no such
 * side, the text would merge and what is in the box be lost: that is a conflict.
 */
import type { DomainData } from "../format/data.ts";
import { compareDomain, type DomainVersion, secretChange, unionOfNames } from "./compare.ts";
import type { Conflict, Place, Side } from "./conflict.ts";
import { describeChanges } from "./describe-changes.ts";
import type { LogChanges } from "./log-changes.ts";
import type { MergedCustodians } from "./merge-custodians.ts";
import { adviceToRotate } from "./rotation-advice.ts";
import type { TypedCommand } from "./typed-command.ts";

/** One side's version of the domain. */
export interface DomainSide extends DomainVersion {
	readonly side: Side;
	/** What the side is called in words. */
	readonly name: string;
	/** What its audit log tells beyond the base's. */
	readonly log: LogChanges;
}

/** The same with the domain there. */
interface PresentSide extends DomainSide {
	readonly domain: DomainData;
}

export interface MergedDomain {
	/** Undefined where it is gone; what is in conflict is ours, or theirs where we have none. */
	readonly domain: DomainData | undefined;
	readonly conflicts: readonly Conflict[];
	/** Owners whose entry hangs on their key as a custodian, which is in conflict. */
	readonly disputedOwners: readonly string[];
}

export function mergeDomain(
	name: string,
	base: DomainVersion,
	ours: DomainSide,
	theirs: DomainSide,
	custodians: MergedCustodians,
	typed: TypedCommand,
): MergedDomain {
	if (ours.domain && theirs.domain) {
		const [our, their] = [withDomain(ours, ours.domain), withDomain(theirs, theirs.domain)];
		return new DomainMerge(name, base, our, their, custodians, typed).merge();
	}
	const [present, absent] = ours.domain ? [ours, theirs] : [theirs, ours];
	if (!present.domain) return GONE;
	if (base.domain) return removedDomain(name, base, withDomain(present, present.domain), absent);
	// New on one side: as if the other had the domain with nothing in it.
	const { publicKey } = present.domain;
	const side = withDomain(present, present.domain);
	const empty = withDomain(absent, { publicKey, owners: new Map(), secrets: new Map() });
	return ours.domain
		? new DomainMerge(name, base, side, empty, custodians, typed).merge()
		: new DomainMerge(name, base, empty, side, custodians, typed).merge();
}

const GONE: MergedDomain = { domain: undefined, conflicts: [], disputedOwners: [] };

function withDomain(side: DomainSide, domain: DomainData): PresentSide {
	return { ...side, domain };
}

/** A domain that one side removed: gone, unless the other side put something into it. */
function removedDomain(
	name: string,
	base: DomainVersion,
	present: PresentSide,
	remover: DomainSide,
): MergedDomain {
	const lost = compareDomain(name, base, present, present.log).filter(
		({ how }) => how !== "removed",
	);
	if (lost.length === 0) return GONE;
	const conflict: Conflict = {
		what: `${remover.name} removed domain ${name}, in which ${present.name} ${describeChanges(lost)}`,
		todo: "keep the marked lines, or delete them",
		places: [{ kind: "domain", domain: name }],
	};
	return { domain: present.domain, conflicts: [conflict], disputedOwners: [] };
}

class DomainMerge {
	readonly #name: string;
	readonly #typed: TypedCommand;
	readonly #base: DomainVersion;
	readonly #ours: PresentSide;
	readonly #theirs: PresentSide;
	readonly #custodians: MergedCustodians;
	readonly #conflicts: Conflict[] = [];
	readonly #disputedOwners: string[] = [];

	constructor(
		name: string,
		base: DomainVersion,
		ours: PresentSide,
		theirs: PresentSide,
		custodians: MergedCustodians,
		typed: TypedCommand,
	) {
		this.#name = name;
		this.#typed = typed;
		this.#base = base;
		this.#ours = ours;
		this.#theirs = theirs;
		this.#custodians = custodians;
	}

	merge(): MergedDomain {
		const publicKey = this.#mergeKey();
		if (publicKey === undefined) return this.#twoKeys();
		const { owners, canAnyOpen } = this.#mergeOwners(publicKey);
		if (!canAnyOpen) return this.#noOwnerHasTheKey();
		if (this.#mayLoseAllOwners(owners)) return this.#ownersInDispute();
		const secrets = this.#mergeSecrets(publicKey);
		const domain = { publicKey, owners, secrets };
		return { domain, conflicts: this.#conflicts, disputedOwners: this.#disputedOwners };
	}

	/** The key that both have, or that one side put in the base's place. */
	#mergeKey(): string | undefined {
		const base = this.#base.domain?.publicKey;
		const [ours, theirs] = [this.#ours.domain.publicKey, this.#theirs.domain.publicKey];
		if (ours === theirs || theirs === base) return ours;
		return ours === base ? theirs : undefined;
	}

	// Secrets

	#mergeSecrets(publicKey: string): Map<string, string> {
		const secrets = new Map<string, string>();
		for (const name of unionOfNames(this.#ours.domain.secrets, this.#theirs.domain.secrets)) {
			const box = this.#mergeSecret(name, publicKey);
			if (box !== undefined) secrets.set(name, box);
		}
		return secrets;
	}

	#mergeSecret(name: string, publicKey: string): string | undefined {
		const our = this.#ours.domain.secrets.get(name);
		const their = this.#theirs.domain.secrets.get(name);
		if (our === their) return our;
		const [weChanged, theyChanged] = [
			this.#changed(name, this.#ours),
			this.#changed(name, this.#theirs),
		];
		const changed = weChanged ? this.#ours : this.#theirs;
		const box = weChanged ? our : their;
		if (weChanged !== theyChanged) {
			if (box === undefined || changed.domain.publicKey === publicKey) return box;
		} else if (!weChanged) {
			// Sealed anew by a rotation and nothing else: what is sealed to the merged key.
			if (this.#ours.domain.publicKey !== publicKey) return their;
			if (this.#theirs.domain.publicKey !== publicKey) return our;
		}
		this.#conflicts.push(this.#secretConflict(name, publicKey));
		return our ?? their;
	}

	#changed(secret: string, { domain, log }: PresentSide): boolean {
		return secretChange(this.#name, secret, this.#base.domain, domain, log) !== undefined;
	}

	/** What to mind where the rotation was for somebody who left. */
	#leaversRead(rotated: DomainData, other: DomainData): string {
		const before = unionOfNames(this.#base.domain?.owners ?? new Map(), other.owners);
		const leavers = before.filter((owner) => !rotated.owners.has(owner));
		if (leavers.length === 0) return "";
		return `; ${leavers.join(", ")} can read it in Git's history, so that it has to be a new value, changed at its source`;
	}

	#secretConflict(name: string, publicKey: string): Conflict {
		const places: Place[] = [{ kind: "secret", domain: this.#name, name }];
		const where = `secret ${name} of ${this.#name}`;
		const { rotator, other } = this.#rotation(publicKey);
		if (rotator?.domain.secrets.has(name) && !other?.domain.secrets.has(name)) {
			return {
				what: `${other?.name} removed ${where}, and ${rotator.name} may have changed it when rotating the domain's key`,
				todo: "keep the marked line, or delete it",
				places,
				remedy: { kind: "choose" },
			};
		}
		if (rotator && other) {
			const verb = this.#base.domain?.secrets.has(name) ? "changed" : "added";
			const set = rotator.domain.secrets.has(name) ? "update-secret" : "add-secret";
			const command = this.#typed(set, this.#name, name);
			return {
				what: `${rotator.name} rotated the key of ${this.#name} while ${other.name} ${verb} ${where}, so that this value is sealed to the old key and nobody could open it${this.#leaversRead(rotator.domain, other.domain)}`,
				todo: `ask an owner whether they rotated the key; once they say so, take ${rotator.name} at the mark, then set the value again: ${command}`,
				places,
				remedy: { kind: "reseal", domain: this.#name, name, from: other.side },
			};
		}
		const [our, their] = [this.#ours, this.#theirs].map((side) => side.domain.secrets.has(name));
		if (our && their) {
			const verb = this.#base.domain?.secrets.has(name) ? "changed" : "added";
			return {
				what: `${this.#ours.name} and ${this.#theirs.name} both ${verb} ${where}`,
				todo: "keep one of the two marked lines",
				places,
				remedy: { kind: "choose" },
			};
		}
		const [remover, changer] = our ? [this.#theirs, this.#ours] : [this.#ours, this.#theirs];
		return {
			what: `${remover.name} removed ${where}, which ${changer.name} changed`,
			todo: "keep the marked line, or delete it",
			places,
			remedy: { kind: "choose" },
		};
	}

	/** Who rotated the key, where exactly one side did. */
	#rotation(publicKey: string): { rotator?: PresentSide; other?: PresentSide } {
		if (this.#ours.domain.publicKey !== publicKey)
			return { rotator: this.#theirs, other: this.#ours };
		if (this.#theirs.domain.publicKey !== publicKey)
			return { rotator: this.#ours, other: this.#theirs };
		return {};
	}

	// Owners

	#mergeOwners(publicKey: string): { owners: Map<string, string>; canAnyOpen: boolean } {
		const owners = new Map<string, string>();
		let canAnyOpen = false;
		for (const name of unionOfNames(this.#ours.domain.owners, this.#theirs.domain.owners)) {
			const { box, isUsable } = this.#mergeOwner(name, publicKey);
			if (box !== undefined) owners.set(name, box);
			canAnyOpen ||= isUsable;
		}
		return owners.size === 0
			? { owners: this.#lastOwners(), canAnyOpen: true }
			: { owners, canAnyOpen };
	}

	/** Whether taking one side at every mark would leave the domain without an owner. */
	#mayLoseAllOwners(owners: ReadonlyMap<string, string>): boolean {
		const marked = new Set(
			this.#conflicts.flatMap(({ places }) =>
				places.flatMap((place) => (place.kind === "owner" ? place.name : [])),
			),
		);
		const isOpen = (owner: string) => marked.has(owner) || this.#custodians.disputed.has(owner);
		return [this.#ours, this.#theirs].some(({ domain }) =>
			[...owners.keys()].every((owner) => isOpen(owner) && !domain.owners.has(owner)),
		);
	}

	/** What stands for the owner, and whether they could open the domain with it. */
	#mergeOwner(name: string, publicKey: string): { box: string | undefined; isUsable: boolean } {
		const old = this.#base.domain?.owners.get(name);
		const our = this.#ours.domain.owners.get(name);
		const their = this.#theirs.domain.owners.get(name);
		const disputed = this.#custodians.disputed.get(name);
		if (disputed && our !== their) {
			this.#disputedOwners.push(name);
			return { box: our ?? their, isUsable: true };
		}
		const usable = [this.#ours, this.#theirs].flatMap((side) =>
			this.#isUsable(name, side, publicKey) ? (side.domain.owners.get(name) ?? []) : [],
		);
		const [first, second] = usable;
		if (our !== undefined && their !== undefined) {
			if (first === undefined) {
				this.#conflicts.push(this.#deadEntries(name, publicKey));
				return { box: our, isUsable: false };
			}
			if (second === undefined) return { box: first, isUsable: true };
			// Both hold the same key. The smaller, so that it does not matter which side is ours.
			const fresh = [first, second].filter((box) => box !== old);
			return { box: fresh.sort()[0] ?? first, isUsable: true };
		}
		const [present, absent] =
			our === undefined ? [this.#theirs, this.#ours] : [this.#ours, this.#theirs];
		const box = our ?? their;
		if (old === undefined) {
			if (first !== undefined) return { box, isUsable: true };
			this.#conflicts.push(this.#lostOwner(name, present, absent));
			return { box, isUsable: false };
		}
		if (box === old || this.#isOnlySealedAnew(name, present, absent)) {
			return { box: undefined, isUsable: false };
		}
		this.#conflicts.push(this.#removedOwner(name, present, absent));
		return { box, isUsable: true };
	}

	/** Whether the side's entry was sealed to the key that the owner will have, and holds the domain's. */
	#isUsable(owner: string, { domain, custodians }: PresentSide, publicKey: string): boolean {
		const key = this.#custodians.custodians.get(owner);
		return (
			domain.owners.has(owner) &&
			domain.publicKey === publicKey &&
			key !== undefined &&
			custodians.get(owner) === key
		);
	}

	/**
	 * Whether the side changed the owner's entry only because a key changed that the other side,
	 * which removed the owner, knows of, or that is the owner's own.
	 */
	#isOnlySealedAnew(owner: string, present: PresentSide, remover: PresentSide): boolean {
		const isRotated = present.domain.publicKey !== this.#base.domain?.publicKey;
		if (isRotated) return present.domain.publicKey === remover.domain.publicKey;
		return present.custodians.get(owner) !== this.#base.custodians.get(owner);
	}

	#deadEntries(name: string, publicKey: string): Conflict {
		const { rotator, other } = this.#rotation(publicKey);
		if (!rotator || !other) throw new Error("no side rotated the key");
		return {
			what: `${rotator.name} rotated the key of ${this.#name} while ${other.name} re-keyed custodian ${name}, so that neither side's entry of theirs opens`,
			todo: `keep either line; if ${name} is to own ${this.#name} still and confirms the fingerprint of their key, as another owner: ${this.#typed("rm-owner", this.#name, name)}, and ${this.#typed("add-owner", this.#name, name)}`,
			places: [{ kind: "owner", domain: this.#name, name }],
		};
	}

	/** An owner whom one side added, with an entry that is worth nothing in the merged file. */
	#lostOwner(name: string, present: PresentSide, absent: PresentSide): Conflict {
		const places: Place[] = [{ kind: "owner", domain: this.#name, name }];
		const again = `then, if ${name} is to own ${this.#name} and confirms the fingerprint of their key, add them again: ${this.#typed("add-owner", this.#name, name)}`;
		const remedy: Conflict["remedy"] = { kind: "grant", domain: this.#name, name };
		const made = `${present.name} made ${name} an owner of ${this.#name}`;
		if (!this.#custodians.custodians.has(name)) {
			return {
				what: `${made}, whom ${absent.name} removed from the custodians`,
				todo: `take the same side at every mark of ${name}: ${absent.name}, and they are out, or ${present.name}, and they stay`,
				places,
			};
		}
		if (this.#custodians.custodians.get(name) !== present.custodians.get(name)) {
			return {
				what: `${absent.name} re-keyed custodian ${name} while ${made}: that entry is sealed to their old key`,
				todo: `delete the marked line, ${again}`,
				places,
				remedy,
			};
		}
		return {
			what: `${absent.name} rotated the key of ${this.#name} while ${made}: that entry holds the old key`,
			todo: `delete the marked line, ${again}`,
			places,
			remedy,
		};
	}

	#removedOwner(name: string, present: PresentSide, remover: PresentSide): Conflict {
		const isRotated = present.domain.publicKey !== this.#base.domain?.publicKey;
		return {
			what: isRotated
				? `${remover.name} removed owner ${name} of ${this.#name} while ${present.name} rotated its key and gave them the new one`
				: `${remover.name} removed owner ${name} of ${this.#name}, whom ${present.name} added anew`,
			todo: isRotated
				? `delete the marked line, then rotate again: ${adviceToRotate(this.#typed, this.#name)}`
				: "keep the marked line, or delete it",
			places: [{ kind: "owner", domain: this.#name, name }],
			remedy: isRotated
				? { kind: "take", side: remover.side, rotate: [this.#name] }
				: { kind: "choose" },
		};
	}

	/** Each side removed the owners that the other left: one of them has to stay. */
	#lastOwners(): Map<string, string> {
		const owners = new Map([...this.#theirs.domain.owners, ...this.#ours.domain.owners]);
		const names = unionOfNames(owners);
		this.#conflicts.push({
			what: `${this.#name} would have no owner left, as each side removed the other's: ${names.join(", ")}`,
			todo: "keep at least one of the marked lines",
			places: names.map((name): Place => ({ kind: "owner", domain: this.#name, name })),
		});
		return owners;
	}

	// The whole domain

	#twoKeys(): MergedDomain {
		const [ours, theirs] = [this.#ours, this.#theirs];
		if (!this.#base.domain) {
			return this.#whole(
				`${ours.name} and ${theirs.name} both added domain ${this.#name}, with two keys`,
				`keep one side's, and add to it what only the other's has: ${this.#describeSecrets()}`,
			);
		}
		return this.#whole(
			`${ours.name} and ${theirs.name} both rotated the key of ${this.#name}${this.#describeBoth()}`,
			"keep one side's whole domain, then do again in it what the other side changed",
			{ kind: "unite", domain: this.#name },
		);
	}

	#noOwnerHasTheKey(): MergedDomain {
		const reasons = this.#conflicts.map(({ what }) => what);
		return this.#whole(
			`${this.#name} would have no owner who can open it: ${reasons.join("; ")}`,
			`undo the merge (git merge --abort), add another owner on one of the branches (${this.#typed("add-owner", this.#name)}), and merge again; or keep one side's whole domain, then do again in it what the other side changed${this.#describeBoth()}`,
		);
	}

	#ownersInDispute(): MergedDomain {
		const names = unionOfNames(this.#ours.domain.owners, this.#theirs.domain.owners);
		return this.#whole(
			`who owns ${this.#name} depends on the key of ${names.join(", ")}, which is in conflict itself`,
			`take the same side at the marks of the domain and of the custodian${this.#describeBoth()}`,
		);
	}

	#whole(what: string, todo: string, remedy?: Conflict["remedy"]): MergedDomain {
		const places: Place[] = [{ kind: "domain", domain: this.#name }];
		const conflict: Conflict = { what, todo, places, remedy };
		const { domain } = this.#ours.domain.owners.size > 0 ? this.#ours : this.#theirs;
		return { domain, conflicts: [conflict], disputedOwners: this.#disputedOwners };
	}

	/** What each side did, in brackets, so that nothing goes unnamed with the side that is given up. */
	#describeBoth(): string {
		const sides = [this.#ours, this.#theirs].flatMap((side) => {
			const changes = compareDomain(this.#name, this.#base, side, side.log).filter(
				({ what }) => what === "secret" || what === "owner",
			);
			return changes.length > 0 ? `${side.name} ${describeChanges(changes)}` : [];
		});
		return sides.length > 0 ? ` (${sides.join("; ")})` : "";
	}

	#describeSecrets(): string {
		const sides = [this.#ours, this.#theirs].map(
			({ name, domain }) => `${name} has ${[...domain.secrets.keys()].join(", ") || "no secrets"}`,
		);
		return sides.join("; ");
	}
}
