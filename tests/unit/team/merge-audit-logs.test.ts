import { expect, test } from "bun:test";
import fc from "fast-check";
import { mergeAuditLogs } from "../../../src/team/merge-audit-logs.ts";

/** An entry of a second of one minute. */
const at = (second: number, text: string) =>
	`2026-11-21T10:00:${String(second).padStart(2, "0")}Z -- ${text}`;

const past = [at(0, "created"), at(1, "created domain prod with owner ann")];

test("new entries go in by time behind the common past, which is not repeated", () => {
	const ours = [...past, at(3, "added secret a in prod"), at(7, "added secret b in prod")];
	const theirs = [...past, at(2, "added secret c in prod"), at(5, "added secret d in prod")];
	expect(mergeAuditLogs(past, ours, theirs)).toEqual([
		...past,
		at(2, "added secret c in prod"),
		at(3, "added secret a in prod"),
		at(5, "added secret d in prod"),
		at(7, "added secret b in prod"),
	]);
});

test("an entry that both sides have, as after a cherry-pick, stands once", () => {
	const picked = at(4, "added secret a in prod");
	const ours = [...past, picked, at(6, "rotated key for domain prod")];
	const theirs = [...past, at(3, "added secret b in prod"), picked];
	expect(mergeAuditLogs(past, ours, theirs)).toEqual([
		...past,
		at(3, "added secret b in prod"),
		picked,
		at(6, "rotated key for domain prod"),
	]);
});

test("the same done twice in one second stays twice", () => {
	const twice = [at(2, "updated secret a in prod"), at(2, "updated secret a in prod")];
	expect(mergeAuditLogs(past, [...past, ...twice], past)).toEqual([...past, ...twice]);
});

test("a side keeps the order of its entries, whatever its clock says", () => {
	const skewed = [at(9, "created domain dev with owner ann"), at(2, "added secret a in dev")];
	const theirs = [...past, at(5, "added secret b in prod")];
	expect(mergeAuditLogs(past, [...past, ...skewed], theirs)).toEqual([
		...past,
		at(5, "added secret b in prod"),
		...skewed,
	]);
});

test("entries of one second keep the order in which each side made them", () => {
	const ours = [at(2, "created domain dev with owner ann"), at(2, "added secret a in dev")];
	const theirs = [at(2, "rotated key for domain prod"), at(2, "added secret z in prod")];
	const merged = mergeAuditLogs(past, [...past, ...ours], [...past, ...theirs]);
	expect(merged.filter((entry) => ours.includes(entry))).toEqual(ours);
	expect(merged.filter((entry) => theirs.includes(entry))).toEqual(theirs);
});

test("what one side truncated stays truncated, and is counted once", () => {
	const old = [...past, at(2, "added secret a in prod"), at(3, "added secret b in prod")];
	const truncated = [
		"truncated 3 audit log entries",
		...old.slice(3),
		at(5, "rotated key for domain prod"),
	];
	const theirs = [...old, at(4, "added secret c in prod")];
	const merged = [
		"truncated 3 audit log entries",
		at(3, "added secret b in prod"),
		at(4, "added secret c in prod"),
		at(5, "rotated key for domain prod"),
	];
	expect(mergeAuditLogs(old, truncated, theirs)).toEqual(merged);
	expect(mergeAuditLogs(old, theirs, truncated)).toEqual(merged);
});

test("where both sides truncated, all that is gone is counted", () => {
	const old = [...past, at(2, "added secret a in prod"), at(3, "added secret b in prod")];
	// Ours cut three of these; theirs cut all four and one of its own.
	const ours = ["truncated 3 audit log entries", at(3, "added secret b in prod")];
	const theirs = ["truncated 5 audit log entries", at(6, "added secret d in prod")];
	expect(mergeAuditLogs(old, ours, theirs)).toEqual([
		"truncated 5 audit log entries",
		at(6, "added secret d in prod"),
	]);
});

test("files that have no common ancestor have no common past but what both say", () => {
	const ours = [...past, at(4, "added secret a in prod")];
	const theirs = [...past, at(3, "added secret b in prod")];
	expect(mergeAuditLogs([], ours, theirs)).toEqual([
		...past,
		at(3, "added secret b in prod"),
		at(4, "added secret a in prod"),
	]);
});

const entry = fc
	.tuple(fc.nat(5), fc.constantFrom("p", "q", "r", "s", "t"))
	.map(([second, text]) => at(second, text));
const log = fc.array(entry, { maxLength: 8 });

/** How often each entry is there. */
function count(entries: readonly string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const one of entries) counts.set(one, (counts.get(one) ?? 0) + 1);
	return counts;
}

test("nothing is lost, repeated or invented, whichever side is ours", () => {
	fc.assert(
		fc.property(log, log, log, (base, left, right) => {
			const ours = [...base, ...left];
			const theirs = [...base, ...right];
			const merged = mergeAuditLogs(base, ours, theirs);
			const counts = [ours, theirs].map(count);
			const expected = new Map(
				[...ours, ...theirs].map((one) => [one, Math.max(...counts.map((of) => of.get(one) ?? 0))]),
			);
			expect(count(merged)).toEqual(expected);
			expect(mergeAuditLogs(base, theirs, ours)).toEqual(merged);
		}),
	);
});

test("three branches give the same log in any order, with clocks that run backwards too", () => {
	const branch = (name: string) =>
		fc
			.array(fc.nat(9), { maxLength: 6 })
			.map((seconds) =>
				seconds.map((second, index) => at(second, `${name}${(index * 7) % 10}-${index}`)),
			);
	fc.assert(
		fc.property(log, branch("a"), branch("b"), branch("c"), (base, ...branches) => {
			const [a = [], b = [], c = []] = branches.map((own) => [...base, ...own]);
			const merge = (one: readonly string[], other: readonly string[]) =>
				mergeAuditLogs(base, one, other);
			const expected = merge(merge(a, b), c);
			expect(merge(a, merge(b, c))).toEqual(expected);
			expect(merge(merge(c, a), b)).toEqual(expected);
			expect(expected.slice(0, base.length)).toEqual(base);
		}),
		{ numRuns: 500 },
	);
});
