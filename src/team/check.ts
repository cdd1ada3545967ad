/** Looks through a protected file for all that can be wrong with it, without credentials. */
import { FormatError } from "../errors.ts";
import { conflictMarkers } from "../format/conflict-markers.ts";
import { type ProtectedText, SECRET_PREFIX } from "../format/data.ts";
import { isSealedBox } from "../format/envelope.ts";
import { CHECK_PATH, isForeignFile } from "../format/foreign-file.ts";
import { LineIndex } from "../format/line-index.ts";
import type { Document, Node } from "../format/node.ts";
import { readProtected } from "../format/read.ts";
import { checkCopies } from "./check-copies.ts";
import { checkFormerOwners } from "./check-former-owners.ts";
import { checkHistory } from "./check-history.ts";
import { checkLog } from "./check-log.ts";
import { checkMoved } from "./check-moved.ts";
import { checkNames, type SecretVariables } from "./check-names.ts";
import { checkPeople } from "./check-people.ts";
import { checkPublicKeys } from "./check-public-keys.ts";
import {
	type FileHistory,
	type FilePast,
	historyOf,
	NO_PAST,
	pastVersions,
} from "./file-history.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { Locations } from "./locations.ts";
import { type TypedCommand, typedCommand } from "./typed-command.ts";

export interface Checked {
	/** By line. */
	readonly findings: readonly Finding[];
	/** What could be read; undefined where the text is no YAML, or has conflict markers. */
	readonly source: ProtectedText | undefined;
}

/** What is known beyond the file itself. */
export interface CheckContext {
	/** What git has of the file. */
	readonly past?: FilePast;
	/** How commands in hints name the file. */
	readonly typed?: TypedCommand;
	/** The variables that secrets become. */
	readonly variables?: SecretVariables;
}

const FOREIGN: Finding = {
	line: 1,
	level: "problem",
	code: "unreadable",
	what: "is not a protected file",
	todo: CHECK_PATH,
};

/** @param path names the file in what cannot be read at all. */
export function checkFile(bytes: Uint8Array, path: string, context: CheckContext = {}): Checked {
	const { past = NO_PAST, typed = typedCommand(), variables } = context;
	const unseen = past.unseen.map(
		(words): Finding => ({ line: 1, level: "warning", code: "not-seen", ...words }),
	);
	const markers = checkMarkers(bytes);
	if (markers.length > 0) return { findings: markers, source: undefined };
	const problems: Finding[] = [];
	const source = readIfYaml(bytes, path, (error) => problems.push(asFinding(error)));
	// Advice about the lines of another file is no help.
	if (problems.length > 0 && isForeignFile(bytes))
		return { findings: [FOREIGN], source: undefined };
	if (!source) return { findings: problems, source };
	const { document, data } = source;
	const at = new Locations(document);
	const history = historyOf(data, past);
	const unsealed = checkBoxes(document, typed, history);
	const unsealedLines = new Set(unsealed.map(({ line }) => line));
	const others = problems.filter(({ line }) => !unsealedLines.has(line));
	const findings = [
		...unseen,
		...unsealed,
		...others,
		...checkHistory(data, history, at, typed),
		...checkPublicKeys(data, at),
		...checkCopies(data, at, typed),
		...checkMoved(data, history, at),
		...checkFormerOwners(data, pastVersions(history), at, typed),
		...checkLog(data, history, at),
		...checkNames(data, history, at, variables),
		...checkPeople(data, at, typed),
	];
	return { findings: safeToFollow(inOrder(findings)), source };
}

/** By line; on one line, the worst first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
	const levels: readonly Finding["level"][] = ["problem", "warning", "note"];
	return findings.toSorted(
		(a, b) => a.line - b.line || levels.indexOf(a.level) - levels.indexOf(b.level),
	);
}

const SEALS =
	/\bpprotect (?:add-|update-|rotate-|migrate-|offboard|copy-|set|rekey|edit|import)|\b(?:set|add) (?:it|them) again\b/;

const FOREIGN_KEYS: ReadonlySet<FindingCode> = new Set([
	"replaced-key",
	"moved-key",
	"foreign-key",
	"weak-public-key",
]);

/**
 * Where a key is somebody else's, that comes first, and nothing advises to seal anything before it
 * is put right.
 */
export function safeToFollow(findings: readonly Finding[]): Finding[] {
	const foreign = findings.filter(({ code }) => FOREIGN_KEYS.has(code));
	if (foreign.length === 0) return [...findings];
	const others = findings.filter((finding) => !foreign.includes(finding));
	const todo = `first put the key right that line ${foreign[0]?.line} tells of, then check again`;
	return [
		...foreign,
		...others.map((finding) => (SEALS.test(finding.todo) ? { ...finding, todo } : finding)),
	];
}

/** Each conflict once, at its first line. */
function checkMarkers(bytes: Uint8Array): Finding[] {
	const text = new TextDecoder("utf-8").decode(bytes);
	const lines = new LineIndex(text);
	const findings: Finding[] = [];
	let start: number | undefined;
	for (const offset of conflictMarkers(text)) {
		const isInside = start !== undefined;
		if (isInside && text[offset] !== ">" && text[offset] !== "<") continue;
		if (text[offset] === "<") start = offset;
		else if (isInside) start = undefined;
		if (text[offset] === ">" && isInside) continue;
		findings.push({
			line: lines.lineAt(offset),
			level: "problem",
			code: "conflict-marker",
			what: "holds a Git conflict marker",
			todo: "keep one version of the marked lines, and delete the markers",
		});
	}
	return findings;
}

function readIfYaml(
	bytes: Uint8Array,
	path: string,
	onProblem: (error: FormatError) => void,
): ProtectedText | undefined {
	try {
		return readProtected(bytes, path, onProblem);
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
		onProblem(error);
		return undefined;
	}
}

function asFinding({
	line,
	problem,
	hint = "restore it from version control",
}: FormatError): Finding {
	return { line, level: "problem", code: "unreadable", what: problem, todo: hint };
}

/** A value that no tool sealed. It is looked for in the text: YAML may read it as a number, say. */
function checkBoxes(document: Document, typed: TypedCommand, history: FileHistory): Finding[] {
	const { root } = document;
	const lines = new LineIndex(document.text);
	if (root.kind !== "map") return [];
	return root.entries.flatMap(({ key: domain, value }) =>
		(value.kind === "map" ? value.entries : []).flatMap((entry): Finding[] => {
			if (!entry.key.startsWith(SECRET_PREFIX) || holdsBox(entry.value)) return [];
			const name = entry.key.slice(SECRET_PREFIX.length);
			const command = typed("update-secret", domain, name);
			// Whoever made the key may be waiting for the value.
			const seal = isNewKey(publicKeyIn(value), domain, history)
				? `ask an owner whether the key of ${domain} is theirs; once they say so, seal it with ${command}`
				: `seal it with ${command}`;
			return [
				{
					line: lines.lineAt(entry.start),
					level: "problem",
					code: "not-sealed",
					what: `secret ${name} of ${domain} is no sealed box, as if its value had been typed into the file`,
					todo: `${seal}, and change it at its source, as the file's history shows it`,
				},
			];
		}),
	);
}

/** Whether the domain had another key in what the file was made from, as far as that can be read. */
function isNewKey(
	publicKey: string | undefined,
	domain: string,
	{ recent, older }: FileHistory,
): boolean {
	const before = recent.flatMap((step) => step.before);
	const known = recent.length > 0 ? before : older.slice(0, 1).map(({ version }) => version);
	return known.some(({ data }) => data.domains.get(domain)?.publicKey !== publicKey);
}

/** Of a domain that may not be readable as one. */
function publicKeyIn(domain: Node): string | undefined {
	const keyed = (node: Node | undefined, name: string) =>
		node?.kind === "map" ? node.entries.find(({ key }) => key === name)?.value : undefined;
	const key = keyed(keyed(domain, "meta"), "public-key");
	return key?.kind === "scalar" ? key.text : undefined;
}

function holdsBox(node: Node): boolean {
	return node.kind === "scalar" && node.text !== undefined && isSealedBox(node.text);
}
