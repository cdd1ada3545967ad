import { relative } from "node:path";
import { Command } from "clipanion";
import { required, text } from "../cli/options.ts";
import { report } from "../cli/report.ts";
import { ProtectError, UsageError } from "../errors.ts";
import { conflictMarkers } from "../format/conflict-markers.ts";
import { mergeAsText, usualMarkerSize } from "../system/git/git.ts";
import { whileBusy } from "../system/progress.ts";
import { load, replaceIfUnchanged } from "../system/store/store.ts";
import { conflict, hint, note } from "../system/voice.ts";
import { type MergedFile, mergeFiles } from "../team/merge-files.ts";
import { typedCommand } from "../team/typed-command.ts";
import { BaseCommand } from "./base.ts";

const MARKER_SIZE = 7;

/** Bytes. To merge so many takes longer than a moment, in which no timer could say so. */
const LARGE_FILE = 128 * 1024;

/** Ours could not even be merged as text: git's configuration then tries that itself. */
const NOT_MERGED = 2;

class MergeDriverCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "merge two versions of a protected file by what they mean; Git runs it",
		details:
			"Writes the merge over OURS. Exits with 1 where a person has to decide: those lines are marked, and each conflict is told in words. Set up by `git-setup`.",
		examples: [["By hand", "$0 merge-driver base.yaml protected.yaml theirs.yaml"]],
	});

	base = required("BASE");
	ours = required("OURS");
	theirs = required("THEIRS");
	pathOption = text("--path", "PATH", "what the file is called in messages");
	markerSize = text("--marker-size", "N", "how many characters a conflict marker has (default: 7)");
	oursLabel = text("--ours-label", "NAME", "what our version is called (default: ours)");
	theirsLabel = text("--theirs-label", "NAME", "what their version is called (default: theirs)");

	async execute(): Promise<number> {
		const { base, ours, theirs } = this;
		if (base === undefined || ours === undefined || theirs === undefined) {
			throw new UsageError("merge-driver needs three files", "name them: BASE OURS THEIRS");
		}
		try {
			if (isReplay(base, ours)) return this.#mergeText(base, ours, theirs) === 0 ? 0 : 1;
			const merged = await this.#merge(base, ours, theirs);
			return this.#tell(merged);
		} catch (error) {
			// Whatever happens, git takes what is in OURS for the merge: it must not be left as it was.
			if (!this.#isInternal()) report(error, this.context.environment.PPROTECT_DEBUG === "1");
			return this.#fallBack(base, ours, theirs);
		}
	}

	async #merge(base: string, ours: string, theirs: string): Promise<MergedFile> {
		const snapshot = load(ours);
		const merge = () =>
			mergeFiles({
				base: load(base).bytes,
				ours: snapshot.bytes,
				theirs: load(theirs).bytes,
				path: this.#name,
				hintFile: this.#hintFile,
				names: this.#names,
				markerSize: this.#size,
			});
		const isQuick = this.quiet || snapshot.bytes.length < LARGE_FILE;
		const merged = isQuick ? merge() : whileBusy(`Merging ${this.#name}...`, merge);
		await replaceIfUnchanged(snapshot, merged.bytes);
		return merged;
	}

	#tell({ conflicts, isFormattingLeftOut }: MergedFile): number {
		if (this.#isInternal()) return conflicts.length === 0 ? 0 : 1;
		const { theirs } = this.#names;
		if (isFormattingLeftOut) {
			note(`${this.#name}: comments or blank lines of ${theirs} were left out`);
		}
		if (conflicts.length === 0) return 0;
		for (const { what, todo } of conflicts) {
			conflict(`${this.#name}: ${what}`);
			hint(todo);
		}
		const count = conflicts.length === 1 ? "a conflict" : `${conflicts.length} conflicts`;
		const error = new ProtectError(
			`${this.#name} has ${count}, marked in the file`,
			`once no marker is left: ${this.#check}, then git add the file`,
		);
		return report(error, false);
	}

	/**
	 * Whether git merges ancestors of what is being merged, which is nobody's to resolve. It then
	 * asks for longer markers than usual.
	 */
	#isInternal(): boolean {
		return this.#size > MARKER_SIZE && this.#size > usualMarkerSize(this.#name);
	}

	#fallBack(base: string, ours: string, theirs: string): number {
		if (this.#mergeText(base, ours, theirs) === undefined) return NOT_MERGED;
		if (this.#isInternal()) return 1;
		hint(
			`${this.#name} was merged as plain text instead; look it over, then: ${this.#check}, and git add the file`,
		);
		return 1;
	}

	#mergeText(base: string, ours: string, theirs: string): number | undefined {
		return mergeAsText({ base, ours, theirs, labels: this.#names, markerSize: this.#size });
	}

	get #check(): string {
		return typedCommand(this.#hintFile)("check");
	}

	get #name(): string {
		return this.pathOption || this.fileOption || this.ours || "";
	}

	/** The file as a command has to name it that is typed where git was; undefined for the usual one. */
	get #hintFile(): string | undefined {
		const path = relative(this.context.environment.GIT_PREFIX ?? "", this.#name);
		return path === "protected.yaml" ? undefined : path;
	}

	get #names() {
		return { ours: label(this.oursLabel, "ours"), theirs: label(this.theirsLabel, "theirs") };
	}

	get #size(): number {
		const size = Number(this.markerSize ?? MARKER_SIZE);
		return Number.isInteger(size) && size > 0 ? size : MARKER_SIZE;
	}
}

/** Whether git replays a resolution (rerere): that is a merge of texts which hold the conflict. */
function isReplay(base: string, ours: string): boolean {
	const texts = [base, ours].map((path) => new TextDecoder().decode(load(path).bytes));
	return texts.every((text) => conflictMarkers(text).length > 0);
}

/** An older git hands `%X` on as it is. A label is one line. */
function label(given: string | undefined, usual: string): string {
	return given === undefined || given === "" || /^%[A-Z]$/.test(given)
		? usual
		: given.replace(/\s+/g, " ");
}

export { MergeDriverCommand as command };
