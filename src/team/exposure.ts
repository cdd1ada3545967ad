/**
 * Who may still know the values of a domain after they were removed from it, or by another way
 * than as its owner: as the audit log tells, and, where they are at hand, as all versions show
 * that git has. Each may know what the other does not, so that what either says counts.
 */
import { compareCodePoints } from "../format/code-points.ts";
import type { FileData } from "../format/data.ts";
import { unionOfNames } from "./compare.ts";
import { type ExposureHistory, HistoricalKnowledge } from "./exposure-history.ts";
import {
	type DomainLog,
	emptyDomainLog,
	isCovered,
	type Leak,
	type Person,
	readExposureLog,
} from "./exposure-log.ts";

/** A domain that has, or may have, former owners. */
export interface Exposure {
	readonly domain: string;
	/** Whether something could not be looked at, so that there may be more. */
	readonly isAtLeast: boolean;
	/** By code point. */
	readonly formerOwners: readonly FormerOwner[];
}

export interface FormerOwner {
	readonly name: string;
	/** Whether another custodian has the name now. */
	readonly isEarlier: boolean;
	/** Whether they stay, and are counted as removed because of a leak. */
	readonly isLeak: boolean;
	/** When they were removed, as the log has it; undefined where it does not tell. */
	readonly removed: string | undefined;
	/** When the domain's key was first rotated after that, as the log has it. */
	readonly keyRotated: string | undefined;
	/** Whether they have the domain's present key. */
	readonly holdsKey: boolean;
	/** The commit that shows their entry for that key, where git does. */
	readonly seenIn: string | undefined;
	/** The secrets whose present values they may know. */
	readonly mayKnow: readonly string[];
}

export interface ExposureSources {
	/** All versions that git has; without it, the log is all there is. */
	readonly history?: ExposureHistory | undefined;
	/** Counts somebody who stays as removed at a time; only what they may know is told. */
	readonly leak?: Leak | undefined;
}

/** Every domain with former owners, and every one of which not everything is known. */
export function findExposures(file: FileData, sources: ExposureSources = {}): Exposure[] {
	return new ExposureFinder(file, sources).find();
}

class ExposureFinder {
	readonly #file: FileData;
	readonly #leak: Leak | undefined;
	readonly #logs: ReadonlyMap<string, DomainLog>;
	readonly #past: HistoricalKnowledge | undefined;
	readonly #isPartial: boolean;

	constructor(file: FileData, { history, leak }: ExposureSources) {
		this.#file = file;
		this.#leak = leak;
		this.#logs = readExposureLog(file, leak);
		this.#past = history && new HistoricalKnowledge(history);
		this.#isPartial = (history?.unseen.length ?? 0) > 0;
	}

	find(): Exposure[] {
		return unionOfNames(this.#file.domains).flatMap((domain) => {
			const exposure = {
				domain,
				isAtLeast: this.#isAtLeast(domain),
				formerOwners: this.#names(domain).flatMap((name) => this.#formerOwners(domain, name)),
			};
			return exposure.formerOwners.length > 0 || exposure.isAtLeast ? exposure : [];
		});
	}

	#log(domain: string): DomainLog {
		return this.#logs.get(domain) ?? emptyDomainLog();
	}

	#isAtLeast(domain: string): boolean {
		if (this.#isPartial) return true;
		if (this.#past) return this.#past.gaps.has(domain);
		return !isCovered(domain, this.#file, this.#logs.get(domain));
	}

	/** Who may be one, by code point. */
	#names(domain: string): string[] {
		const { holders, removed, values } = this.#log(domain);
		const people = [
			...removed.keys(),
			...holders,
			...[...values.values()].flatMap(({ knowers }) => [...knowers]),
		];
		const names = new Set([...people.map(({ name }) => name), ...(this.#past?.names ?? [])]);
		const asked = this.#leak ? [...names].filter((name) => name === this.#leak?.name) : [...names];
		return asked.toSorted(compareCodePoints);
	}

	/** The present custodian of the name, and those who had it before. */
	#formerOwners(domain: string, name: string): FormerOwner[] {
		if (this.#leak) return this.#formerOwner(domain, name, "leak");
		const isOwner = this.#file.domains.get(domain)?.owners.has(name);
		if (!this.#file.custodians.has(name)) {
			return isOwner ? [] : this.#formerOwner(domain, name, "any");
		}
		return [
			...(isOwner ? [] : this.#formerOwner(domain, name, "present")),
			...this.#formerOwner(domain, name, "earlier"),
		];
	}

	#formerOwner(domain: string, name: string, which: Which): FormerOwner[] {
		const { holders, removed, values } = this.#log(domain);
		const isMeant = (person: Person) =>
			person.name === name && (which === "any" || person.isFormer === (which !== "present"));
		const records = [...removed].filter(([person]) => isMeant(person)).map(([, record]) => record);
		const present = this.#file.domains.get(domain);
		if (!present) throw new Error("the file has no such domain");
		const { publicKey, secrets } = present;
		const keys = this.#keysOf(name, which);
		const seenIn = keys.get(publicKey);
		const isSeen = this.#past !== undefined && !this.#isAtLeast(domain);
		const holdsKey = seenIn !== undefined || [...holders].some(isMeant);
		const isKnown = (secret: string, box: string) => {
			if (holdsKey || this.#past?.opens(keys, box)) return true;
			const value = values.get(secret);
			// Set without an entry in the log: only all versions can tell when.
			return value ? [...value.knowers].some(isMeant) : records.length > 0 && !isSeen;
		};
		const mayKnow = [...secrets]
			.filter(([secret, box]) => isKnown(secret, box))
			.map(([secret]) => secret)
			.toSorted(compareCodePoints);
		if (records.length === 0 && !holdsKey && mayKnow.length === 0) return [];
		const last = records.at(-1);
		return [
			{
				name,
				isEarlier: which === "earlier",
				isLeak: which === "leak",
				removed: last?.time,
				keyRotated: holdsKey ? undefined : last?.rotated,
				holdsKey,
				seenIn,
				mayKnow,
			},
		];
	}

	#keysOf(name: string, which: Which): ReadonlyMap<string, string> {
		if (!this.#past) return new Map();
		const past = this.#past;
		if (which === "leak") return past.keysOf(name, () => true, this.#leak?.time);
		const present = this.#file.custodians.get(name);
		if (present === undefined) return past.keysOf(name, () => true);
		return past.keysOf(
			name,
			(pwdkm) => past.isSamePerson(name, pwdkm, present) === (which === "present"),
		);
	}
}

/** Which of the custodians that a name stood for. */
type Which = "present" | "earlier" | "any" | "leak";

/** Whether the former owner can read something that is in the domain, or will be. */
export function isExposed({ holdsKey, mayKnow }: FormerOwner): boolean {
	return holdsKey || mayKnow.length > 0;
}

/** Lines in words, for a person to read or to put into a report. */
export function describeExposure({ domain, isAtLeast, formerOwners }: Exposure): string[] {
	const people = formerOwners.map(
		(former) => `  ${describeFormerOwner(former, domain, isAtLeast)}`,
	);
	const gap = isAtLeast
		? [
				`  not all of the past of ${domain} is known here: this is what is known at least, and there may be other former owners`,
			]
		: [];
	return [`${domain}:`, ...people, ...gap];
}

function describeFormerOwner(former: FormerOwner, domain: string, isAtLeast: boolean): string {
	const { name, isEarlier, isLeak, removed, keyRotated, holdsKey, seenIn, mayKnow } = former;
	const values = mayKnow.join(", ");
	const who = isEarlier ? `${name} (an earlier key custodian of that name)` : name;
	const start = removed === undefined ? who : `${who}, ${isLeak ? "as of" : "removed"} ${removed}`;
	if (holdsKey) {
		const all = values === "" ? "" : `: ${values}`;
		const evidence =
			seenIn === undefined
				? `holds the key of ${domain}, not rotated since`
				: `holds the key of ${domain}, not rotated since, as ${seenIn} shows`;
		return `${start}: ${evidence}, and so can read every present value and every one to come${all}`;
	}
	const rotated = keyRotated === undefined ? start : `${start}, key rotated ${keyRotated}`;
	if (values === "") return `${rotated}: knows no present value`;
	const least = isAtLeast ? "at least " : "";
	return `${rotated}: may know ${least}these values, not set anew since: ${values}`;
}
