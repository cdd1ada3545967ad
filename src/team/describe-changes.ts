/** Changes in words, for a terminal, for a pull request, and inside a sentence. */
import type { Change } from "./compare.ts";

/** A line of `pprotect diff`: `+ owner bob@example.com of prod`. */
export function changeLine(change: Change): string {
	const name = (text: string) => text;
	return `${sign(change)} ${subject(change, name)}${remark(change)}`;
}

/** The same as an item of a Markdown list, in which no name can become markup. */
export function changeItem(change: Change): string {
	const verb = { "+": "added", "-": "removed", "~": "changed" }[sign(change)];
	return `- **${verb}** ${subject(change, codeSpan)}${escapeMarkdown(remark(change))}`;
}

/** A clause after a side's name: `added secret a, changed secret b`. */
export function describeChanges(changes: readonly Change[]): string {
	return changes.map((change) => `${verb(change)} ${noun(change)}`).join(", ");
}

function sign({ how }: Change): "+" | "-" | "~" {
	if (how === "added") return "+";
	return how === "removed" ? "-" : "~";
}

function subject(change: Change, name: (text: string) => string): string {
	switch (change.what) {
		case "domain":
			return `domain ${name(change.domain)}`;
		case "key":
			return `key of ${name(change.domain)} ${change.how}`;
		case "owner":
			return `owner ${name(change.name)} of ${name(change.domain)}`;
		case "secret":
			return `secret ${name(change.name)} in ${name(change.domain)}`;
		case "custodian":
			return `custodian ${name(change.name)}${change.how === "rekeyed" ? " re-keyed" : ""}`;
		case "audit-log":
			return `${change.entries} audit log ${change.entries === 1 ? "entry" : "entries"}`;
	}
}

/** What else there is to know, after the subject. */
function remark(change: Change): string {
	switch (change.what) {
		case "key":
			return change.how === "replaced"
				? ", but not the entries of its owners: they cannot open what is sealed to it, and whoever put it there may"
				: "";
		case "owner":
			return change.how === "resealed" ? ", their entry sealed anew" : "";
		case "secret":
			return change.how === "unclear"
				? " (sealed to the new key; the audit log does not say whether its value changed)"
				: "";
		case "custodian": {
			const keys = [change.oldKey, change.newKey].filter((key) => key !== undefined);
			return ` (${[...new Set(keys)].join(" -> ")})`;
		}
		default:
			return "";
	}
}

function verb(change: Change): string {
	return change.how === "unclear" ? "may have changed" : change.how;
}

function noun(change: Change): string {
	switch (change.what) {
		case "domain":
			return `domain ${change.domain}`;
		case "key":
			return "the key";
		case "audit-log":
			return `${change.entries} audit log entries`;
		default:
			return `${change.what} ${change.name}`;
	}
}

/** The name between backticks, more of them than it has itself (CommonMark 6.1). */
function codeSpan(text: string): string {
	const runs = text.match(/`+/g) ?? [];
	const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
	const padding = /^`|`$/.test(text) ? " " : "";
	return `${fence}${padding}${text.replaceAll("\n", " ")}${padding}${fence}`;
}

function escapeMarkdown(text: string): string {
	return text.replaceAll(">", "\\>");
}
