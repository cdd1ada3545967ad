/** Changes in words. */
import type { Change } from "./compare.ts";

/** A person's sentence after a side's name: `added secret a, changed secret b`. */
export function describeChanges(changes: readonly Change[]): string {
	return changes.map(describe).join(", ");
}

function describe(change: Change): string {
	switch (change.what) {
		case "domain":
			return `${change.how} domain ${change.domain}`;
		case "key":
			return `${change.how} the key`;
		case "owner":
			return `${change.how} owner ${change.name}`;
		case "secret":
			return `${change.how === "unclear" ? "may have changed" : change.how} secret ${change.name}`;
		case "custodian":
			return `${change.how} custodian ${change.name}`;
		case "audit-log":
			return `${change.how} ${change.entries} audit log entries`;
	}
}
