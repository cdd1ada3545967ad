/**
 * The common ancestor of a merge. After a criss-cross there are several, which Git merges first;
 * where they conflict, both of the conflict's sides are in the past of both branches. Of each entry
 * the version counts that a branch still has: that branch did not change it.
 */
import type { DomainData, FileData } from "../format/data.ts";
import { secretChange, unionOfNames } from "./compare.ts";
import type { Place } from "./conflict.ts";
import { compareLogs } from "./log-changes.ts";

export interface MergeBase {
	readonly data: FileData;
	/** Entries on which the ancestors differ, and of which each branch kept another version. */
	readonly disputed: readonly Place[];
}

/** A key that no domain and no custodian has, so that both branches differ from it. */
const NO_KEY = "";

type Ancestors = readonly [FileData, FileData];

/** The ancestor for a merge of `ours` and `theirs`, of the two that an ancestor in conflict holds. */
export function chooseBase(ancestors: Ancestors, ours: FileData, theirs: FileData): MergeBase {
	return new BaseChoice(ancestors, ours, theirs).choose();
}

class BaseChoice {
	readonly #ancestors: Ancestors;
	readonly #ours: FileData;
	readonly #theirs: FileData;
	readonly #disputed: Place[] = [];

	constructor(ancestors: Ancestors, ours: FileData, theirs: FileData) {
		this.#ancestors = ancestors;
		this.#ours = ours;
		this.#theirs = theirs;
	}

	choose(): MergeBase {
		const [first, second] = this.#ancestors;
		const domains = new Map<string, DomainData>();
		for (const name of unionOfNames(first.domains, second.domains)) {
			const domain = this.#domain(name);
			if (domain) domains.set(name, domain);
		}
		const custodians = new Map<string, string>();
		for (const name of unionOfNames(first.custodians, second.custodians)) {
			const pwdkm = this.#pick({ kind: "custodian", name }, (file) => file.custodians.get(name));
			if (pwdkm !== undefined) custodians.set(name, pwdkm);
		}
		return {
			data: { domains, custodians, auditLog: first.auditLog },
			disputed: this.#disputed,
		};
	}

	/**
	 * The version that the branches kept; where they kept different ones, the place is disputed.
	 *
	 * @param isKept whether a branch has what an ancestor had, if it was sealed anew.
	 */
	#pick(
		place: Place,
		of: (file: FileData) => string | undefined,
		isKept = (old: FileData, recent: FileData) => of(old) === of(recent),
	): string | undefined {
		const [first, second] = this.#ancestors;
		const [ours, theirs] = [this.#ours, this.#theirs].map((side) => ({
			first: isKept(first, side),
			second: isKept(second, side),
		}));
		if (!ours || !theirs || (ours.first && theirs.first)) return of(first);
		if (ours.second && theirs.second) return of(second);
		const [isOld, isTheirsOld] = [ours, theirs].map((kept) => kept.first || kept.second);
		if (isOld && isTheirsOld) this.#disputed.push(place);
		return of(ours.second || theirs.second ? second : first);
	}

	#domain(name: string): DomainData | undefined {
		const [first, second] = this.#ancestors;
		const [a, b] = [first.domains.get(name), second.domains.get(name)];
		const [our, their] = [this.#ours.domains.get(name), this.#theirs.domains.get(name)];
		if (!a || !b) {
			if (!our !== !their) this.#disputed.push({ kind: "domain", domain: name });
			return a ?? b;
		}
		if (a.publicKey !== b.publicKey) return chooseByKey(a, b, our, their);
		const owners = new Map<string, string>();
		for (const owner of unionOfNames(a.owners, b.owners)) {
			const boxIn = (file: FileData) => file.domains.get(name)?.owners.get(owner);
			const box = this.#pick({ kind: "owner", domain: name, name: owner }, boxIn, (old, recent) =>
				isOwnerKept(name, owner, old, recent),
			);
			if (box !== undefined) owners.set(owner, box);
		}
		const secrets = new Map<string, string>();
		for (const secret of unionOfNames(a.secrets, b.secrets)) {
			const boxIn = (file: FileData) => file.domains.get(name)?.secrets.get(secret);
			const box = this.#pick({ kind: "secret", domain: name, name: secret }, boxIn, (old, recent) =>
				isSecretKept(name, secret, old, recent),
			);
			if (box !== undefined) secrets.set(secret, box);
		}
		return { publicKey: a.publicKey, owners, secrets };
	}
}

/** Another box is the same grant where a key changed to which it had to be sealed anew. */
function isOwnerKept(domain: string, name: string, old: FileData, recent: FileData): boolean {
	const [before, after] = [old.domains.get(domain), recent.domains.get(domain)];
	const [box, newBox] = [before?.owners.get(name), after?.owners.get(name)];
	if (box === undefined || newBox === undefined || box === newBox) return box === newBox;
	return (
		before?.publicKey !== after?.publicKey ||
		old.custodians.get(name) !== recent.custodians.get(name)
	);
}

function isSecretKept(domain: string, name: string, old: FileData, recent: FileData): boolean {
	const [before, after] = [old.domains.get(domain), recent.domains.get(domain)];
	const log = compareLogs(old.auditLog, recent.auditLog);
	return secretChange(domain, name, before, after, log) === undefined;
}

/** Of two ancestors with two keys the whole domain of that one whose key a branch has. */
function chooseByKey(
	a: DomainData,
	b: DomainData,
	our: DomainData | undefined,
	their: DomainData | undefined,
): DomainData {
	const keys = [our?.publicKey, their?.publicKey];
	const [hasA, hasB] = [keys.includes(a.publicKey), keys.includes(b.publicKey)];
	// Each branch kept another key: neither is the past of both.
	if (hasA && hasB) return { ...a, publicKey: NO_KEY };
	return hasB ? b : a;
}
