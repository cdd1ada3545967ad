/**
 * What a workflow of GitHub Actions understands: commands on a step's output that mask values in
 * the log from then on, and the file that GITHUB_ENV names, which is read when the step has ended
 * (actions/runner, ActionCommandManager and FileCommandManager).
 */
import { type Parsed, ParsedBuilder } from "./parsed.ts";
import { type EntryWriter, writeEntries } from "./quoted.ts";
import { Scanner } from "./scanner.ts";

const MASK = "::add-mask::";

/**
 * The shortest text that is masked. A mask of `{` or `1` would hide every one of them in the log,
 * and the runner drops a job's outputs that hold what is masked.
 */
const MIN_MASK = 4;

/**
 * A mask for every line of every value, but for the shortest. Lines are how the runner looks at
 * output, and some programs print them without the spaces around them.
 */
export function githubMasks(values: ReadonlyMap<string, string>): string {
	const masked = new Set([...values.values()].flatMap(maskedLines));
	return [...masked].map((line) => `${MASK}${escapeData(line)}\n`).join("");
}

/** The names of the values that are too short for a mask, and so would show in the log. */
export function unmaskedNames(values: ReadonlyMap<string, string>): string[] {
	const unmasked = [...values].filter(([, value]) => {
		return value.trim() !== "" && maskedLines(value).length === 0;
	});
	return unmasked.map(([name]) => name);
}

function maskedLines(value: string): string[] {
	const lines = value.split(/\r\n|\r|\n/).flatMap((line) => [line, line.trim()]);
	return lines.filter((line) => line.trim().length >= MIN_MASK);
}

/** As the runner takes back: a `%` in a value must not look like an escape sequence. */
function escapeData(text: string): string {
	return text.replaceAll("%", "%25");
}

/**
 * The entries for the file that GITHUB_ENV names.
 *
 * @throws ProtectError for a name or a value that the runner refuses.
 */
export function githubEntries(values: ReadonlyMap<string, string>): string {
	const write: EntryWriter = (name, value) => {
		if (REFUSED_NAME.test(name)) {
			return { fault: "has a name that GitHub does not take for a variable" };
		}
		if (value.includes("\0")) return { fault: "has a NUL byte, which no variable can hold" };
		// One that nobody can foresee: a value that held it could set variables of its own.
		const delimiter = `pprotect_${crypto.randomUUID()}`;
		return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
	};
	return writeEntries(values, write, "use --prefix for other names, or exec where it is needed");
}

/** The runner refuses the first, and sets the others itself in every step (actions/runner, GitHubContext). */
const REFUSED_NAME = new RegExp(
	`^(?:NODE_OPTIONS|GITHUB_(?:${[
		"ACTION(?:_(?:PATH|REF|REPOSITORY))?|ACTOR(?:_ID)?|API_URL|BASE_REF|ENV|EVENT_(?:NAME|PATH)",
		"GRAPHQL_URL|HEAD_REF|JOB|OUTPUT|PATH|REF(?:_(?:NAME|PROTECTED|TYPE))?|REPOSITORY(?:_(?:ID|OWNER|OWNER_ID))?",
		"RETENTION_DAYS|RUN_(?:ATTEMPT|ID|NUMBER)|SERVER_URL|SHA|STATE|STEP_SUMMARY|TRIGGERING_ACTOR",
		"WORKFLOW(?:_(?:REF|SHA))?|WORKSPACE|ACTIONS",
	].join("|")})|RUNNER_(?:ARCH|DEBUG|ENVIRONMENT|NAME|OS|TEMP|TOOL_CACHE|WORKSPACE))$`,
	"i",
);

/** Whether the text begins as what is written here does, and as no `.env` can. */
export function looksLikeGithub(text: string): boolean {
	return text.startsWith(MASK) || /^[A-Za-z][\w-]*<<pprotect_/.test(text);
}

const MASK_OR_BLANK_LINE = /(?:::add-mask::[^\n]*|[ \t\r]*)(?:\n|$)/y;
const HEREDOC = /([^=\s<]+)<<([^\n]+)\n/y;
const PLAIN = /([^=\s<]+)=([^\n]*)(?:\n|$)/y;
const REST_OF_LINE = /[^\n]*(?:\n|$)/y;

/** Reads both parts, or either. */
export function parseGithub(text: string): Parsed {
	const parsed = new ParsedBuilder();
	const scanner = new Scanner(text.replace(/^\uFEFF/, ""));
	while (!scanner.isAtEnd) {
		if (scanner.take(MASK_OR_BLANK_LINE)) continue;
		const { line } = scanner;
		const [, plainName, plainValue] = scanner.take(PLAIN) ?? [];
		if (plainName !== undefined && plainValue !== undefined) {
			parsed.entry(line, plainName, plainValue);
			continue;
		}
		const [, name, delimiter] = scanner.take(HEREDOC) ?? [];
		if (name === undefined || delimiter === undefined) {
			parsed.problem(line, "is neither NAME=value nor NAME<<DELIMITER");
			scanner.take(REST_OF_LINE);
			continue;
		}
		const value = takeHeredoc(scanner, delimiter);
		if (value === undefined) parsed.problem(line, `${name} has no line that ends its value`);
		else parsed.entry(line, name, value);
	}
	return parsed;
}

/** The lines to the one that is `delimiter`, without the last line break; undefined without one. */
function takeHeredoc(scanner: Scanner, delimiter: string): string | undefined {
	const { text, offset: start } = scanner;
	let lineStart = start;
	for (;;) {
		const newline = text.indexOf("\n", lineStart);
		const end = newline === -1 ? text.length : newline;
		if (text.slice(lineStart, end) === delimiter) {
			scanner.moveTo(Math.min(end + 1, text.length));
			return text.slice(start, Math.max(start, lineStart - 1));
		}
		if (newline === -1) {
			scanner.moveTo(text.length);
			return undefined;
		}
		lineStart = newline + 1;
	}
}
