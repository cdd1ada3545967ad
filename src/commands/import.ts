import { Command } from "clipanion";
import { choice, DOMAIN_OPTION, flag, positional, rest, text } from "../cli/options.ts";
import {
	ConflictingOptionsError,
	ListedError,
	NameError,
	ProtectError,
	UsageError,
} from "../errors.ts";
import { shellWord } from "../format/quote.ts";
import type { KeyFile } from "../model/key-file.ts";
import { changeSecrets, isNoChange, type SecretChanges } from "../model/secret-changes.ts";
import { gitKnowledgeOf } from "../system/git/history.ts";
import { writeStdout } from "../system/output.ts";
import { readWholeFile } from "../system/read-all.ts";
import { readAllStdin } from "../system/terminal/terminal.ts";
import { note, say, warning } from "../system/voice.ts";
import { collect, type Finding, formatFinding, type ParsedFile } from "../values/collect.ts";
import { FORMATS, type Format, guessFormat, parseValues } from "../values/formats.ts";
import { BaseCommand } from "./base.ts";
import { type ChangeReport, formatReport, reportOf } from "./change-report.ts";

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
			["Which names it would be", "$0 import prod .env --dry-run"],
			["From another tool", "sops decrypt secrets.yaml | $0 import prod - --format yaml"],
			["From one domain into another", "$0 decrypt-domain dev | $0 import staging -"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	format = choice(
		"--format",
		"FORMAT",
		FORMATS,
		"env, json or yaml (default: by the file's name), or shell, docker or github as decrypt-domain prints them",
	);
	update = flag("--update", "change the values of secrets that are there already");
	skipExisting = flag("--skip-existing", "leave secrets that are there already as they are");
	dryRun = flag("--dry-run", "say what would be done, and write nothing");
	first = positional("DOMAIN");
	second = positional("FILE");
	others = rest("FILE");

	async execute(): Promise<void> {
		const format = this.choose("--format", this.format, FORMATS);
		const { domain, paths } = this.#arguments();
		const keyFile = this.load();
		keyFile.secretNames(domain);
		const { values, problems, notes } = collect(paths.map((path) => readFile(path, format)));
		if (problems.length > 0) throw refusal(problems);
		for (const found of notes) note(formatFinding(found));
		const report = await this.#write(keyFile, domain, values);
		if (!report) return;
		if (report.size === 0) say(`(No values in ${paths.join(", ")})`);
		else
			writeStdout(
				formatReport(report, domain) + (this.dryRun ? "(dry run: nothing was written)\n" : ""),
			);
		this.#warnOfHistory(paths);
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
		throw new UsageError(
			"import needs a file",
			`for example: pprotect import ${shellWord(domain)} .env`,
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
			return isNoChange(changes) ? file : changeSecrets(file, domain, changes);
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

	/** A value that is in a repository is known to whoever has that, whatever becomes of the file. */
	#warnOfHistory(paths: readonly string[]): void {
		for (const path of paths) {
			const knowledge = path === "-" ? undefined : gitKnowledgeOf(path);
			if (knowledge === undefined) continue;
			const where = knowledge === "tracked" ? "is tracked by git" : "is in the history of git";
			warning(
				`${path} ${where}: whoever has the repository knows these values, so change them at their source`,
			);
		}
	}
}

function readFile(path: string, format: Format | undefined): ParsedFile {
	const shownPath = path === "-" ? "standard input" : path;
	const text = decode(shownPath, path === "-" ? readAllStdin() : readWholeFile(path));
	return { path: shownPath, ...parseValues(text, format ?? guessFormat(path, text)) };
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

function refusal(problems: readonly Finding[]): ListedError {
	return new ListedError(
		"nothing was imported",
		problems.map(formatFinding),
		"correct these lines, or say with --format what the file is; a secret's name starts with a letter, then has ASCII letters, digits, hyphens and underscores only",
	);
}

export { ImportCommand as command };
