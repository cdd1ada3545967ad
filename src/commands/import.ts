import { Command } from "clipanion";
import { choice, DOMAIN_OPTION, flag, list, required, rest, text } from "../cli/options.ts";
import {
	ConflictingOptionsError,
	ListedError,
	NameError,
	ProtectError,
	UsageError,
} from "../errors.ts";
import { shellNames, shellOption, shellWord } from "../format/quote.ts";
import type { KeyFile } from "../model/key-file.ts";
import { isNoChange, type SecretChanges } from "../model/secret-changes.ts";
import { gitKnowledgeOf, isIgnoredByGit } from "../system/git/history.ts";
import { writeStdout } from "../system/output.ts";
import { isPlainFile, readWholeFile } from "../system/read-all.ts";
import { readAllStdin } from "../system/terminal/terminal.ts";
import { note, say, warning } from "../system/voice.ts";
import { collect, type Finding, formatFinding, type ParsedFile } from "../values/collect.ts";
import { expand } from "../values/expand.ts";
import { READ_FORMATS, type ReadFormat } from "../values/format-names.ts";
import { guessFormat, otherFormatOf, parseValues } from "../values/formats.ts";
import type { Parsed } from "../values/parsed.ts";
import { BaseCommand } from "./base.ts";
import { type ChangeReport, formatReport, reportOf } from "./change-report.ts";
import { warnOfCodeNames } from "./code-name-warning.ts";
import { hintFor } from "./import-hints.ts";

/** What becomes of a domain, and the names that are left as they are. */
interface Plan {
	readonly changes: SecretChanges;
	readonly skipped: readonly string[];
}

class ImportCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "take the values of a .env, JSON or YAML file into a domain; needs no credentials",
		details:
			"All of the files are taken, or nothing. A .env file is read as the dotenv package of npm reads it; what `decrypt-domain` prints is read back in every format.",
		examples: [
			["Move in", "$0 import prod .env"],
			["Preview the names", "$0 import prod .env --dry-run"],
			["From another tool", "sops decrypt secrets.yaml | $0 import prod - --format yaml"],
			["From one domain into another", "$0 decrypt-domain dev | $0 import staging -"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	format = choice(
		"--format",
		"FORMAT",
		READ_FORMATS,
		"dotenv (or env), json or yaml (default: by the file's name), environ (NUL after each entry), or another as decrypt-domain prints it",
	);
	only = list("--only", "NAME", "only this name; may be given more than once");
	expand = flag("--expand", "replace $NAME in a .env with what stands above it in the file");
	update = flag("--update", "change the values of secrets that are there already");
	skipExisting = flag("--skip-existing", "leave secrets that are there already as they are");
	dryRun = flag("--dry-run", "say what would be done, and write nothing");
	first = required("DOMAIN");
	second = required("FILE");
	others = rest("FILE");

	async execute(): Promise<void> {
		const format = this.choose("--format", this.format, READ_FORMATS);
		const { domain, paths } = this.#arguments();
		const keyFile = this.load();
		keyFile.secretNames(domain);
		const files = paths.map((path) => this.#read(path, format));
		this.#assertFound(files);
		const { values, problems, notes } = collect(files.map((file) => this.#chosen(file)));
		if (problems.length > 0) throw refusal(problems, domain);
		for (const found of notes) note(formatFinding(found));
		const report = await this.#write(keyFile, domain, values);
		if (!report) return;
		if (report.size === 0) say(`(No values in ${paths.join(", ")})`);
		else
			writeStdout(
				formatReport(report, domain) + (this.dryRun ? "(dry run: nothing was written)\n" : ""),
			);
		warnOfCodeNames(values.keys(), domain);
		this.#tellOfFiles(paths);
		if (this.dryRun || report.size === 0) return;
		this.tellNext(
			`start your program with: pprotect exec ${shellOption("--domain", domain)} -- COMMAND`,
		);
	}

	#read(path: string, format: ReadFormat | undefined): ParsedFile {
		const shownPath = path === "-" ? "standard input" : path;
		const other = format === undefined ? otherFormatOf(path) : undefined;
		if (other !== undefined) {
			throw new UsageError(
				`${path} is ${other} by its name, with rules that import does not know`,
				"if it is written like a .env all the same: add --format dotenv",
			);
		}
		const text = decode(shownPath, path === "-" ? readAllStdin() : readWholeFile(path));
		const known = format ?? guessFormat(path, text);
		const parsed = parseValues(text, known);
		if (!this.expand) return { path: shownPath, ...parsed };
		if (known === "env" || known === "dotenv") return { path: shownPath, ...expand(parsed) };
		throw new UsageError(
			`--expand is for a .env, and ${shownPath} is read as ${known}`,
			"if it is written like a .env: add --format dotenv",
		);
	}

	/** @throws NameError for a name of `--only` that no file has. */
	#assertFound(files: readonly Parsed[]): void {
		const named = files.flatMap(({ entries, problems }) => [...entries, ...problems]);
		for (const only of this.only ?? []) {
			if (named.some(({ name }) => name === only)) continue;
			throw new NameError(`no ${JSON.stringify(only)} in what is imported; nothing was written`);
		}
	}

	/** The file with what `--only` leaves of it; what is no entry at all stays a problem. */
	#chosen(file: ParsedFile): ParsedFile {
		const { only } = this;
		if (only === undefined) return file;
		const isChosen = ({ name }: { readonly name?: string | undefined }) =>
			name === undefined || only.includes(name);
		return {
			path: file.path,
			entries: file.entries.filter(isChosen),
			problems: file.problems.filter(isChosen),
			notes: file.notes.filter(isChosen),
		};
	}

	#arguments(): { domain: string; paths: readonly string[] } {
		if (this.update && this.skipExisting) {
			throw new ConflictingOptionsError(
				"--update and --skip-existing contradict each other",
				"leave one of them out",
			);
		}
		const given = [this.domain, this.first, this.second].filter((word) => word !== undefined);
		const [first, ...paths] = [...given, ...this.others];
		const domain = this.requiredDomain(undefined, first);
		if (paths.length > 0) return { domain, paths };
		throw isPlainFile(domain)
			? new UsageError(
					"import needs a domain before the file",
					`for example: pprotect import DOMAIN ${shellWord(domain)}`,
				)
			: new UsageError(
					"import needs a file",
					`for example: pprotect import ${shellNames(domain)} .env`,
				);
	}

	/** @returns what was done, or would be; undefined where the user did not want it. */
	async #write(
		keyFile: KeyFile,
		domain: string,
		values: ReadonlyMap<string, string>,
	): Promise<ChangeReport | undefined> {
		let report = this.#report(keyFile, domain, values);
		if (this.dryRun) return report;
		const isWritten = await this.save((file) => {
			const { changes } = this.#plan(file, domain, values);
			report = this.#report(file, domain, values);
			return isNoChange(changes) ? file : file.changeSecrets(domain, changes);
		});
		return isWritten ? report : undefined;
	}

	#report(keyFile: KeyFile, domain: string, values: ReadonlyMap<string, string>): ChangeReport {
		const { changes, skipped } = this.#plan(keyFile, domain, values);
		return reportOf(changes, keyFile.secretNames(domain), skipped);
	}

	/** @throws NameError for names that are there, unless an option says what to do with them. */
	#plan(keyFile: KeyFile, domain: string, values: ReadonlyMap<string, string>): Plan {
		const present = new Set(keyFile.secretNames(domain));
		const existing = [...values.keys()].filter((name) => present.has(name));
		if (existing.length > 0 && !this.update && !this.skipExisting) {
			throw new NameError(
				`already in ${domain}: ${existing.join(", ")}; nothing was written`,
				"add --update to change their values, or --skip-existing to leave them",
			);
		}
		const skipped = this.skipExisting ? existing : [];
		const set = new Map(values);
		for (const name of skipped) set.delete(name);
		return { changes: { set, removed: new Set() }, skipped };
	}

	/** What is left of the plaintext, and who knows it. */
	#tellOfFiles(paths: readonly string[]): void {
		for (const path of paths.filter((path) => path !== "-")) {
			const knowledge = gitKnowledgeOf(path);
			if (knowledge !== undefined) {
				// A value that is in a repository is known to whoever has that, whatever becomes of the file.
				const where = knowledge === "tracked" ? "is tracked by Git" : "is in Git's history";
				warning(
					`${path} ${where}: whoever has the repository knows these values, so change them at their source`,
				);
			}
			if (this.dryRun || !this.isInformative || !isPlainFile(path)) continue;
			note(`${path} is still there${gitStateOf(path)}: remove it once nothing reads it`);
		}
	}
}

/** Whether Git would commit the file, as the end of a sentence about it. */
function gitStateOf(path: string): string {
	const isIgnored = isIgnoredByGit(path);
	if (isIgnored === undefined) return "";
	return isIgnored ? ", and Git ignores it" : ", and git add would take it";
}

function decode(path: string, bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		throw new ProtectError(`${path} is not UTF-8 text`, {
			hint: "save it as UTF-8 (PowerShell's > writes UTF-16)",
			cause: error,
		});
	}
}

function refusal(problems: readonly Finding[], domain: string): ListedError {
	return new ListedError(
		"nothing was imported",
		problems.map(formatFinding),
		hintFor(problems, domain),
	);
}

export { ImportCommand as command };
