/** Changes in words, for a terminal, for a pull request, and inside a sentence. */
import {
	type Change,
	type CustodianChange,
	isProblem,
	type KeyChange,
	type SecretChange,
} from "./change.ts";

/** Shows a name. */
type Show = (text: string) => string;

/** A line of `pprotect diff`: `+ owner bob@example.com of prod`. */
export function changeLine(change: Change): string {
	const name = (text: string) => text;
	return `${sign(change)} ${subject(change, name)}${remarks(change, name)}`;
}

/** The same as an item of a Markdown list, in which no name can become markup. */
export function changeItem(change: Change): string {
	const verb = { "+": "added", "-": "removed", "~": "changed", "!": "problem" }[sign(change)];
	const words = `${subject(change, codeSpan)}${remarks(change, codeSpan)}`;
	return `- **${verb}** ${words}`;
}

/** A clause after a side's name: `added secret a, changed secret b`. */
export function describeChanges(changes: readonly Change[]): string {
	return changes.map((change) => `${verb(change)} ${noun(change)}`).join(", ");
}

/**
 * The changes that have a line of their own: the values that a new key sealed anew are counted in
 * the key's.
 */
export function withoutCounted(changes: readonly Change[]): Change[] {
	return changes.filter((change) => change.what !== "secret" || change.how !== "unclear");
}

function sign(change: Change): "+" | "-" | "~" | "!" {
	if (isProblem(change)) return "!";
	if (change.how === "added") return "+";
	return change.how === "removed" ? "-" : "~";
}

function subject(change: Change, name: Show): string {
	switch (change.what) {
		case "domain":
			return `domain ${name(change.domain)}`;
		case "key":
			return `key of ${name(change.domain)} ${KEY_VERBS[change.how]}`;
		case "owner":
			return `owner ${name(change.name)} of ${name(change.domain)}`;
		case "secret":
			return `secret ${name(change.name)} in ${name(change.domain)}`;
		case "custodian":
			return `custodian ${name(change.name)}${CUSTODIAN_VERBS[change.how]}`;
		case "audit-log":
			return `${change.entries} audit log ${change.entries === 1 ? "entry" : "entries"}`;
		case "comment":
			return `comment ${name(change.text)}`;
		case "file":
			return `file moved from ${name(change.from)} to ${name(change.to)}`;
	}
}

const KEY_VERBS = {
	rotated: "rotated",
	replaced: "replaced",
	restored: "put back to an older one",
	foreign: "is not its owner's",
} as const;

const CUSTODIAN_VERBS = {
	added: "",
	removed: "",
	rekeyed: " re-keyed",
	replaced: ", key replaced",
	restored: ", key put back to an older one",
} as const;

/** What else there is to know, after the subject. */
function remarks(change: Change, name: Show): string {
	const all = [...ownRemarks(change, name)];
	if ("unlogged" in change && change.unlogged) all.push("the audit log does not tell of it");
	const kinds = change.what === "custodian" ? ` (${describeKeys(change, name)})` : "";
	return all.length === 0 ? kinds : `${kinds}: ${all.join("; ")}`;
}

function ownRemarks(change: Change, name: Show): string[] {
	switch (change.what) {
		case "key":
			return keyRemarks(change, name);
		case "owner":
			if (change.how === "dead") return ["their entry does not open, as opening it shows"];
			return change.how === "resealed" ? ["their entry sealed anew"] : [];
		case "secret":
			return secretRemarks(change, name);
		case "custodian":
			return custodianRemarks(change, name);
		case "audit-log":
			if (change.how === "reordered") return ["in another order"];
			return change.rewritten ? ["changed or taken out, and not truncated"] : [];
		default:
			return [];
	}
}

function keyRemarks(change: KeyChange, name: Show): string[] {
	const { kept = [], formerOwners = [] } = change;
	switch (change.how) {
		case "rotated":
			return [...describeValues(change), "the file cannot tell who made the key"];
		case "replaced":
			return [
				`the entries of its owners stayed (${kept.map(name).join(", ")}), so they cannot open what is sealed to it, and whoever put it there can`,
			];
		case "restored": {
			const former =
				formerOwners.length > 0
					? `, such as ${formerOwners.map(name).join(", ")}, no longer an owner`
					: "";
			return [
				`that of ${name(change.from)}: whoever held it then can open what is sealed to it${former}`,
				...describeValues(change),
			];
		}
		case "foreign":
			return [
				"it does not belong to the private key in their entry, so whoever put it there can open what is sealed to it, and they cannot",
			];
	}
}

/** Nothing where they were not counted. */
function describeValues({ values, differing }: KeyChange): string[] {
	return values === undefined ? [] : [valuesInWords(values, differing)];
}

function valuesInWords(values: number, differing: number | undefined): string {
	if (values === 0) return "no value that was there before is sealed to it";
	if (differing === undefined) {
		const which = values === 1 ? "its value may be another" : `its ${values} values may be others`;
		return `${which} (an owner can tell: pprotect diff --decrypt)`;
	}
	if (values === 1) return differing === 0 ? "its value is the same" : "its value is another";
	return differing === 0
		? `its ${values} values are the same`
		: `${differing} of its ${values} values ${differing === 1 ? "is another" : "are others"}`;
}

function secretRemarks(change: SecretChange, name: Show): string[] {
	const { copyOf, from, effect, unreadable, how } = change;
	return [
		...(how === "unclear" ? ["sealed to the new key; its value may be another"] : []),
		...(unreadable ? ["it does not open, or is no text"] : []),
		...(copyOf
			? [
					`it holds the box ${from === undefined ? "" : `that ${name(from)} has `}of ${name(copyOf.name)} in ${name(copyOf.domain)}`,
				]
			: []),
		...(from === undefined || copyOf ? [] : [`put back to what it held in ${name(from)}`]),
		...(effect === undefined ? [] : [effect]),
	];
}

function describeKeys(change: CustodianChange, name: Show): string {
	const keys = [change.oldKey, change.newKey].filter((key) => key !== undefined);
	const prints = [change.oldFingerprint, change.newFingerprint].filter(
		(print) => print !== undefined,
	);
	const parts = [[...new Set(keys)].join(" -> ")];
	if (prints.length > 0) parts.push(`fingerprint ${[...new Set(prints)].map(name).join(" -> ")}`);
	return parts.join("; ");
}

function custodianRemarks(change: CustodianChange, name: Show): string[] {
	const { kept = [] } = change;
	const who = name(change.name);
	switch (change.how) {
		case "rekeyed":
			return [`only ${who} can say whether the new key is theirs`];
		case "replaced":
			return [
				`${kept.length === 0 ? "the audit log does not tell of it, and they have no entry that stayed or changed with it" : `their entry in ${kept.map(name).join(", ")} stayed, which it does not when they change their key`}; whoever put this one there can open what is sealed to ${who} next`,
			];
		case "restored":
			return [`that of ${name(change.from)}: the passphrase from then is the valid one again`];
		default:
			return [];
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
		case "comment":
			return "a comment";
		case "file":
			return "the file";
		default:
			return `${change.what} ${change.name}`;
	}
}

/** The name between backticks, more of them than it has itself (CommonMark 6.1). */
export function codeSpan(text: string): string {
	const runs = text.match(/`+/g) ?? [];
	const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
	const padding = /^`|`$/.test(text) ? " " : "";
	return `${fence}${padding}${text.replaceAll("\n", " ")}${padding}${fence}`;
}
