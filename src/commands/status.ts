import { Command } from "clipanion";
import { flag, rest } from "../cli/options.ts";
import { ConflictingOptionsError } from "../errors.ts";
import { gitCommand } from "../format/quote.ts";
import type { KeyFile } from "../model/key-file.ts";
import { isUntracked } from "../system/git/history.ts";
import { lacksDriver } from "../system/git/missing-driver.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { type ResultScreen, resultScreen } from "../system/terminal/result-screen.ts";
import { DRIVER } from "../team/git-setup-files.ts";
import { adviceToRotate } from "../team/rotation-advice.ts";
import { type Status, statusOf } from "../team/status.ts";
import { typedCommand } from "../team/typed-command.ts";
import { toJson } from "../values/json.ts";
import { BaseCommand } from "./base.ts";
import { trackedFiles } from "./several-files.ts";

const ENTRY_INDENT = 2;

class StatusCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "show who can read what, and what is left to do; needs no credentials",
		details:
			"A fingerprint stands for a public key: compare it with a colleague's over another channel to know that the key is theirs.",
		examples: [
			["The whole file", "$0 status"],
			["One domain, for a program", "$0 status prod --json"],
			["The names of the key custodians", "$0 status --people"],
			["Every protected file that Git tracks", "$0 status --all"],
		],
	});

	json = flag("--json", "print JSON");
	people = flag("--people", "print only the names of the key custodians, one per line");
	all = flag("--all", "show every protected file that Git tracks");
	domains = rest("DOMAIN");

	async execute(): Promise<void> {
		if (!this.all) {
			const status = await this.#show();
			if (status) writeStdout(toJson(status));
			return;
		}
		const [domain] = this.domains;
		if (domain !== undefined || this.fileOption !== undefined) {
			throw new ConflictingOptionsError("--all shows every file", "leave the names out");
		}
		const shown = [];
		for (const [index, file] of trackedFiles(this.filePath).entries()) {
			if (index > 0 && !this.json && !this.people) writeStdout("\n");
			this.workOn(file);
			shown.push(await this.#show());
		}
		if (this.json && !this.people) writeStdout(toJson(shown));
	}

	/** Prints the file's status, or gives it back where it is to be JSON. */
	async #show() {
		const keyFile = this.load();
		for (const domain of this.domains) keyFile.secretNames(domain);
		const status = statusOf(keyFile.data, this.domains);
		if (this.people) {
			this.printLines(
				status.custodians.map(({ name }) => name),
				`No key custodians in ${this.filePath}`,
			);
			return undefined;
		}
		const pending = this.#pending(status);
		const remembered = await this.#remembered(keyFile);
		if (!this.json) {
			this.#print(status, pending, remembered);
			return undefined;
		}
		const keychain = remembered ? { remembered } : {};
		return { file: this.filePath, ...plain(status), ...keychain, pending };
	}

	/** Whose passphrases the keychain has; undefined where there is none to ask. */
	async #remembered(keyFile: KeyFile): Promise<string[] | undefined> {
		if (this.isKeychainOff || this.nonInteractive) return undefined;
		const { rememberedAmong } = await import("./remembered.ts");
		return rememberedAmong(keyFile.data.custodians);
	}

	/** What somebody still has to do, each with the command for it. */
	#pending(status: Status): string[] {
		const typed = typedCommand(this.hintFile);
		const pending = status.domains.flatMap(({ name, formerOwners }) =>
			formerOwners.map(
				(owner) =>
					`${owner} is no longer an owner of ${name} but still holds its key: ${adviceToRotate(typed, name)}`,
			),
		);
		const { filePath } = this;
		if (isUntracked(filePath)) {
			pending.push(`Git does not know ${filePath}: ${gitCommand("add", filePath)}, then commit it`);
		}
		if (lacksDriver(filePath, DRIVER)) {
			pending.push(`Git merges ${filePath} as plain text in this clone: ${typed("git-setup")}`);
		}
		return pending;
	}

	#print(
		{ domains, custodians }: Status,
		pending: readonly string[],
		remembered: readonly string[] | undefined,
	): void {
		const lines: readonly Line[] = [
			{ text: this.filePath },
			...section(
				"Domains",
				table("no domains yet: pprotect add-domain DOMAIN", [
					...domains.map(({ name, fingerprint, owners, secrets }) => [
						name,
						secrets === 1 ? "1 secret" : `${secrets} secrets`,
						fingerprint ?? "unreadable key",
						`read by ${owners.join(", ")}`,
					]),
				]),
			),
			...section(
				"Key custodians",
				table("no key custodians yet: pprotect add-key-custodian", [
					...custodians.map(({ name, key, fingerprint, domains: owned }) => [
						name,
						key,
						fingerprint ?? "unreadable key",
						owned.length > 0 ? `owns ${owned.join(", ")}` : "owns nothing",
					]),
				]),
			),
			...(remembered ? section("Keychain", [entry(keychainWords(remembered))]) : []),
			...(pending.length > 0 ? section("To do", pending.map(entry)) : []),
		];
		const screen = resultScreen(this.context.environment);
		writeStdout(lines.map((line) => shown(line, screen)).join(""));
	}
}

interface Line {
	readonly indent?: number;
	/** The cells of a row before its last one, which is the text. */
	readonly before?: string;
	readonly text: string;
}

/** As it is for a program; for a person, escaped and broken between words. */
function shown({ indent = 0, before = "", text }: Line, screen: ResultScreen | undefined): string {
	if (!screen) return `${" ".repeat(indent)}${before}${text}\n`;
	return screen.line(printableLine(text), { indent, before: printableLine(before) });
}

function section(heading: string, lines: readonly Line[]): Line[] {
	return [{ text: "" }, { text: `${heading}:` }, ...lines];
}

function entry(text: string): Line {
	return { indent: ENTRY_INDENT, text };
}

function keychainWords(remembered: readonly string[]): string {
	return remembered.length > 0
		? `has the passphrase of ${remembered.join(", ")}`
		: "has no passphrase for this file: pprotect remember";
}

/** Rows whose columns stand below each other; `none` if there is no row. */
function table(none: string, rows: readonly (readonly string[])[]): Line[] {
	if (rows.length === 0) return [entry(none)];
	const widths = (rows[0] ?? []).map((_cell, column) =>
		Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
	);
	return rows.map((row) => ({
		...entry(row.at(-1) ?? ""),
		before: row
			.slice(0, -1)
			.map((cell, column) => {
				const missing = (widths[column] ?? 0) - Bun.stringWidth(cell);
				return `${cell}${" ".repeat(missing)}  `;
			})
			.join(""),
	}));
}

function plain({ domains, custodians }: Status) {
	return {
		domains: domains.map((domain) => ({ ...domain, fingerprint: domain.fingerprint ?? null })),
		custodians: custodians.map((one) => ({ ...one, fingerprint: one.fingerprint ?? null })),
	};
}

export { StatusCommand as command };
