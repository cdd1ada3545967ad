import { Command } from "clipanion";
import { required } from "../cli/options.ts";
import { shortDigest } from "../crypto/digest.ts";
import { FormatError, UsageError } from "../errors.ts";
import { conflictMarkers } from "../format/conflict-markers.ts";
import { isForeignFile } from "../format/foreign-file.ts";
import { readProtected } from "../format/read.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { load } from "../system/store/store.ts";
import { summarizeText } from "../team/summary.ts";
import { BaseCommand } from "./base.ts";
import { replacedKeysAt } from "./textconv-past.ts";

class TextconvCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "print a protected file as lines that Git can compare; Git runs it",
		details: "No value is shown, only names and digests of sealed boxes. Set up by `git-setup`.",
		examples: [["The lines that git diff compares", "$0 textconv protected.yaml"]],
	});

	version = required("PATH");

	async execute(): Promise<void> {
		if (this.version === undefined) throw new UsageError("textconv needs a file", "name it: PATH");
		const { bytes } = load(this.version);
		writeStdout(`${linesOf(bytes, this.version).map(printableLine).join("\n")}\n`);
	}
}

/** A version that cannot be read must not end Git's whole output, so that it has a line too. */
function linesOf(bytes: Uint8Array, path: string): string[] {
	try {
		// Behind the file's lines, so that each of those keeps its number.
		return [...summarizeText(bytes), ...replacedLines(bytes, path), ...problemsOf(bytes)];
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
		const digest = shortDigest(new TextDecoder("latin1").decode(bytes));
		if (isForeignFile(bytes)) return [`not a protected file (${bytes.length} bytes, ${digest})`];
		return [
			`no protected file: line ${error.line} ${error.problem} (${bytes.length} bytes, ${digest})`,
		];
	}
}

/** Conflicts are shown as such, and are no problem of their own. */
function problemsOf(bytes: Uint8Array): string[] {
	if (conflictMarkers(new TextDecoder().decode(bytes)).length > 0) return [];
	const problems: string[] = [];
	readProtected(bytes, "", ({ line, problem }) => problems.push(`line ${line} ${problem}`));
	return problems;
}

/** The same words for every version since, so that only the change to it shows. */
function replacedLines(bytes: Uint8Array, path: string): string[] {
	if (conflictMarkers(new TextDecoder().decode(bytes)).length > 0) return [];
	const { data } = readProtected(bytes, "", () => {});
	return replacedKeysAt(path, bytes, data).map((key) =>
		key.kind === "domain"
			? `! key of ${key.domain} replaced: the entries of its owners stayed (${key.kept.join(", ")})`
			: `! custodian ${key.name}, key replaced: ${key.kept.length === 0 ? "the audit log does not tell of it" : `their entry in ${key.kept.join(", ")} stayed`}`,
	);
}

export { TextconvCommand as command };
