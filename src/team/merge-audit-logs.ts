/**
 * Merges audit logs: what both sides have stands once, what is new goes in by time, and no entry
 * overtakes another of its own side, whatever the clocks say.
 *
 * Between two entries that both sides have, the smaller of the two next entries is taken, by time
 * and then by text. So the order does not depend on which side is called ours, nor on the order in
 * which several branches are merged.
 */
import { splitAuditEntry, splitTruncation, truncationEntry } from "../model/audit-log.ts";
import {
	commonPast,
	type NumberedEntries,
	numberEntries,
	without,
	withoutNumber,
} from "./log-changes.ts";

type Log = readonly string[];

/** The merged log; takes time in proportion to the logs' length. */
export function mergeAuditLogs(base: Log, ours: Log, theirs: Log): string[] {
	const split = {
		base: splitTruncation(base),
		ours: splitTruncation(ours),
		theirs: splitTruncation(theirs),
	};
	const past = commonPast(split.base.entries, split.ours.entries, split.theirs.entries);
	const versions = {
		base: afterPast(split.base, past),
		ours: afterPast(split.ours, past),
		theirs: afterPast(split.theirs, past),
	};
	const lostByOurs = lostBy(versions.ours, versions.base);
	const lostByTheirs = lostBy(versions.theirs, versions.base);
	const merged = interleave(
		without(versions.ours.entries, lostByTheirs),
		without(versions.theirs.entries, lostByOurs),
	).map(withoutNumber);
	const truncated = countTruncated(versions, lostByOurs, lostByTheirs);
	return [
		...(truncated === 0 ? [] : [truncationEntry(truncated)]),
		...split.base.entries.slice(0, past),
		...merged,
	];
}

interface NumberedLog {
	readonly truncated: number;
	/** In the order of the log, without what all logs start with. */
	readonly entries: NumberedEntries;
}

function afterPast(
	{ truncated, entries }: ReturnType<typeof splitTruncation>,
	past: number,
): NumberedLog {
	return { truncated, entries: numberEntries(entries.slice(past)) };
}

function lostBy(side: NumberedLog, base: NumberedLog): Set<string> {
	return new Set(without(base.entries, new Set(side.entries)));
}

/** How many entries are gone in all: those that either side cut off the base, and of its own. */
function countTruncated(
	{ base, ours, theirs }: Readonly<Record<"base" | "ours" | "theirs", NumberedLog>>,
	lostByOurs: ReadonlySet<string>,
	lostByTheirs: ReadonlySet<string>,
): number {
	if (ours.truncated === theirs.truncated) return ours.truncated;
	const sides = [
		{ cut: ours.truncated - base.truncated, lost: lostByOurs },
		{ cut: theirs.truncated - base.truncated, lost: lostByTheirs },
	].filter(({ cut }) => cut > 0);
	const lost = new Set(sides.flatMap((side) => [...side.lost]));
	const own = sides.reduce((sum, side) => sum + Math.max(0, side.cut - side.lost.size), 0);
	return base.truncated + lost.size + own;
}

/** Both lists in one, in which each list keeps its order and what both have stands once. */
function interleave(ours: readonly string[], theirs: readonly string[]): string[] {
	const inOurs = new Set(ours);
	const inTheirs = new Set(theirs);
	const merged = new Set<string>();
	let i = 0;
	let j = 0;
	for (;;) {
		const left = ours[i];
		const right = theirs[j];
		// Only hand-made logs have two entries in opposite orders: there the first one found counts.
		if (left !== undefined && merged.has(left)) i++;
		else if (right !== undefined && merged.has(right)) j++;
		else if (left === undefined || right === undefined) {
			const rest = left ?? right;
			if (rest === undefined) return [...merged];
			merged.add(rest);
		} else {
			const waitsForTheirs = inTheirs.has(left);
			const waitsForOurs = inOurs.has(right);
			if (waitsForTheirs === waitsForOurs) merged.add(isBefore(left, right) ? left : right);
			else merged.add(waitsForTheirs ? right : left);
		}
	}
}

function isBefore(one: string, other: string): boolean {
	const oneKey = sortKey(one);
	const otherKey = sortKey(other);
	return oneKey === otherKey ? one < other : oneKey < otherKey;
}

/** An entry starts with its time; one without stays right behind the entry before it. */
function sortKey(entry: string): string {
	return splitAuditEntry(entry).time === undefined ? "" : entry;
}
