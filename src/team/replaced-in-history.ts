/** Keys that were replaced at some time, and that the file still has. */
import type { FileData } from "../format/data.ts";
import type { CommittedVersion, FileHistory, Step } from "./file-history.ts";
import type { NamedVersion } from "./named-version.ts";
import { findReplacedKeys, type ReplacedKey } from "./replaced-keys.ts";

/** A key of the file that was replaced, and the version that did it. */
export interface ReplacedInStep {
	readonly key: ReplacedKey;
	readonly by: string;
}

/** The keys of the file that were replaced, each once. */
export function replacedInHistory(file: FileData, history: FileHistory): ReplacedInStep[] {
	const all = [...history.recent, ...history.older].flatMap((step) =>
		replacedBy(step, file).map((key) => ({ key, step })),
	);
	if (all.length === 0) return [];
	const lineage = history.lineage?.() ?? [];
	const found = new Map<string, ReplacedInStep>();
	for (const { key, step } of all) {
		if (found.has(idOf(key)) || cameFirst(key, step.version.data, lineage)) continue;
		const seenIn = toRestore(key, step, lineage);
		found.set(idOf(key), { key: { ...key, seenIn }, by: step.version.name });
	}
	return [...found.values()];
}

/** The step's replaced keys that are the file's keys still. */
function replacedBy(step: Step, file: FileData): ReplacedKey[] {
	const { version, before, others } = step;
	return findReplacedKeys(version.data, [...before, ...others]).filter(
		(key) => textOf(key, file) === textOf(key, version.data) && isNewIn(key, step),
	);
}

/** Whether the step brought the key. Where it did not, the other key is the one that was put there. */
function isNewIn(key: ReplacedKey, step: Step): boolean {
	const { version, before, others } = step;
	const hasKey = ({ data }: NamedVersion) =>
		textOf(key, data) === textOf(key, version.data) && hasKept(key, version.data, data);
	if (before.length > 0 && before.every(hasKey)) return false;
	const differing = [...before, ...others].filter((other) => !hasKey(other));
	return !step.bases.some(
		(base) =>
			hasKey(base) &&
			differing.every(({ data }) =>
				findReplacedKeys(data, [base]).some((other) => idOf(other) === idOf(key)),
			),
	);
}

function idOf(key: ReplacedKey): string {
	return key.kind === "domain" ? `domain ${key.domain}` : `custodian ${key.name}`;
}

/**
 * Whether the key is the one beside which its entries came into the file, so that the other key
 * was put in its place, and this one put back. Each commit that has the entries beside another key
 * then has one behind it that has them beside this key. Whoever can push can make commits that
 * look older, but not have those of others come from them.
 */
function cameFirst(key: ReplacedKey, file: FileData, lineage: readonly CommittedVersion[]) {
	if (key.kept.length === 0 || lineage.length === 0) return false;
	const behind = new Set<string>();
	for (const { id, parents, version } of lineage.toReversed()) {
		const hasEntries = version !== undefined && hasKept(key, file, version.data);
		const isBehind = parents.some((parent) => behind.has(parent));
		const hasKey = hasEntries && textOf(key, version.data) === textOf(key, file);
		if (hasEntries && !hasKey && !isBehind) return false;
		if (hasKey || isBehind) behind.add(id);
	}
	return behind.size > 0;
}

/** The version with the key to restore: the oldest with the entries, and not another wrong key. */
function toRestore(
	key: ReplacedKey,
	{ version: { data: file }, before, others }: Step,
	lineage: readonly CommittedVersion[],
): string {
	if (key.kept.length === 0) return key.seenIn;
	const first = lineage
		.flatMap(({ version }) => version ?? [])
		.findLast(({ data }) => hasKept(key, file, data) && textOf(key, data) !== textOf(key, file));
	const seen = [...before, ...others].find(({ name }) => name === key.seenIn);
	if (!first || !seen || textOf(key, seen.data) === textOf(key, first.data)) return key.seenIn;
	return first.name;
}

function hasKept(key: ReplacedKey, file: FileData, data: FileData): boolean {
	return key.kept.every((name) => entryOf(key, name, data) === entryOf(key, name, file));
}

/** The custodians of the file whose key was replaced, with the version that did it. */
export function replacedCustodians(
	file: FileData,
	history: FileHistory,
): ReadonlyMap<string, string> {
	return new Map(
		replacedInHistory(file, history).flatMap(({ key, by }): [string, string][] =>
			key.kind === "custodian" ? [[key.name, by]] : [],
		),
	);
}

/**
 * The keys of the first version that were replaced when they came into the file, and were not put
 * right by that.
 *
 * @param versions each with those that it came from behind it.
 */
export function replacedInLine(versions: readonly NamedVersion[]): ReplacedKey[] {
	const [present] = versions;
	if (!present) return [];
	const keys = versions
		.slice(0, -1)
		.flatMap(({ data }, index) =>
			findReplacedKeys(data, versions.slice(index + 1, index + 2)).filter(
				(key) => isSince(key, versions.slice(0, index + 1)) && !isAsBefore(key, versions, index),
			),
		);
	return keys;
}

/** Whether all of the versions have the key that the last one has. */
function isSince(key: ReplacedKey, versions: readonly NamedVersion[]): boolean {
	return new Set(versions.map(({ data }) => textOf(key, data))).size === 1;
}

/** Whether an earlier version has the same key, and beside it the entries that stayed. */
function isAsBefore(key: ReplacedKey, versions: readonly NamedVersion[], index: number): boolean {
	const intro = versions[index];
	return versions
		.slice(index + 2)
		.some(
			({ data }) =>
				intro !== undefined &&
				textOf(key, data) === textOf(key, intro.data) &&
				key.kept.every((name) => entryOf(key, name, data) === entryOf(key, name, intro.data)),
		);
}

function textOf(key: ReplacedKey, { domains, custodians }: FileData): string | undefined {
	return key.kind === "domain" ? domains.get(key.domain)?.publicKey : custodians.get(key.name);
}

function entryOf(key: ReplacedKey, kept: string, { domains }: FileData): string | undefined {
	return key.kind === "domain"
		? domains.get(key.domain)?.owners.get(kept)
		: domains.get(kept)?.owners.get(key.name);
}
