/**
 * Finds entries that were sealed to an older key, by comparing with other versions of the file:
 * what a wrong choice between conflict markers leaves behind. Where the key itself is replaced, its
 * entries are as they should be, and nothing is to be sealed to it.
 */
import type { FileData } from "../format/data.ts";
import type { NamedVersion } from "./named-version.ts";
import { findReplacedKeys } from "./replaced-keys.ts";

export interface StaleEntry {
	readonly kind: "secret" | "owner";
	readonly domain: string;
	readonly name: string;
	/** The version that shows it. */
	readonly seenIn: string;
}

/** The entries that other versions have beside an older key, and none has beside the present one. */
export function findStaleEntries(file: FileData, versions: readonly NamedVersion[]): StaleEntry[] {
	const stale: StaleEntry[] = [];
	const replaced = findReplacedKeys(file, versions);
	const foreignDomains = new Set(
		replaced.flatMap((key) => (key.kind === "domain" ? key.domain : [])),
	);
	const foreignPeople = new Set(
		replaced.flatMap((key) => (key.kind === "custodian" ? key.name : [])),
	);
	for (const [domain, { publicKey, owners, secrets }] of file.domains) {
		if (foreignDomains.has(domain)) continue;
		for (const [name, box] of owners) {
			if (foreignPeople.has(name)) continue;
			const seenIn = firstIfNone(
				versions.filter(({ data }) => data.domains.get(domain)?.owners.get(name) === box),
				({ data }) =>
					data.domains.get(domain)?.publicKey === publicKey &&
					data.custodians.get(name) === file.custodians.get(name),
			);
			if (seenIn) stale.push({ kind: "owner", domain, name, seenIn: seenIn.name });
		}
		for (const [name, box] of secrets) {
			const seenIn = firstIfNone(
				versions.filter(({ data }) => data.domains.get(domain)?.secrets.get(name) === box),
				({ data }) => data.domains.get(domain)?.publicKey === publicKey,
			);
			if (seenIn) stale.push({ kind: "secret", domain, name, seenIn: seenIn.name });
		}
	}
	return stale;
}

/** The first of those, unless one is as it should be. */
function firstIfNone(
	versions: readonly NamedVersion[],
	isRight: (version: NamedVersion) => boolean,
): NamedVersion | undefined {
	return versions.some(isRight) ? undefined : versions[0];
}

/**
 * The entries that first came into the file beside another key: a box is sealed once, so that those
 * do not open, whatever happened in between.
 *
 * @param past every version before, newest first, together with those that are neither older nor newer.
 */
export function findOutlived(
	file: FileData,
	past: readonly (readonly NamedVersion[])[],
): StaleEntry[] {
	const oldest = past.toReversed();
	return [...file.domains].flatMap(([domain, { publicKey, owners, secrets }]) => {
		const outlived = (
			kind: StaleEntry["kind"],
			entries: ReadonlyMap<string, string>,
			isRight: (data: FileData, name: string) => boolean,
		) =>
			[...entries].flatMap(([name, box]): StaleEntry[] => {
				const hasBox = ({ data }: NamedVersion) => {
					const then = data.domains.get(domain);
					return (kind === "owner" ? then?.owners : then?.secrets)?.get(name) === box;
				};
				const together = oldest.find((versions) => versions.some(hasBox))?.filter(hasBox) ?? [];
				const [first] = together;
				if (!first || together.some(({ data }) => isRight(data, name))) return [];
				return [{ kind, domain, name, seenIn: first.name }];
			});
		const hasKey = ({ domains }: FileData) => domains.get(domain)?.publicKey === publicKey;
		return [
			...outlived(
				"owner",
				owners,
				(data, name) => hasKey(data) && data.custodians.get(name) === file.custodians.get(name),
			),
			...outlived("secret", secrets, hasKey),
		];
	});
}
