/** How commands that change many secrets say what they did: names and counts, never a value. */
import type { SecretChanges } from "../model/secret-changes.ts";

const CHANGES = ["added", "updated", "removed", "skipped"] as const;
type Change = (typeof CHANGES)[number];

/** By name, in the order of the report. */
export type ChangeReport = ReadonlyMap<string, Change>;

/** What becomes of each name, in a domain that has the secrets `present`. */
export function reportOf(
	{ set, removed }: SecretChanges,
	present: Iterable<string>,
	skipped: readonly string[] = [],
): ChangeReport {
	const known = new Set(present);
	return new Map<string, Change>([
		...[...set.keys()].map((name) => [name, known.has(name) ? "updated" : "added"] as const),
		...[...removed].map((name) => [name, "removed"] as const),
		...skipped.map((name) => [name, "skipped"] as const),
	]);
}

/** A line a name, and a line of counts. */
export function formatReport(report: ChangeReport, domain: string): string {
	const counts = CHANGES.flatMap((change) => {
		const count = [...report.values()].filter((other) => other === change).length;
		return count === 0 ? [] : [`${count} ${change}`];
	});
	const lines = [...report].map(([name, change]) => `${change} ${name}\n`);
	return `${lines.join("")}${domain}: ${counts.join(", ")}\n`;
}
