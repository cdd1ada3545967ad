/** Editing the secrets of a domain, round by round, until all is written or given up. */
import { InputEndedError, ListedError, ProtectError } from "../errors.ts";
import { compareCodePoints } from "../format/code-points.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import {
	changesBetween,
	conflictingNames,
	isNoChange,
	type SecretChanges,
	withChanges,
} from "../model/secret-changes.ts";
import {
	type EditText,
	linesOfNames,
	marked,
	readEdited,
	textToEdit,
	unmarked,
	withEntries,
} from "../values/edit-text.ts";
import type { Remark } from "../values/parsed.ts";
import { type ChangeReport, reportOf } from "./change-report.ts";

/** What a session needs of the command. */
export interface EditHost {
	/** The protected file, for messages. */
	readonly path: string;
	/** Whether a person sits at a terminal, who can be asked. */
	readonly isAttended: boolean;
	/** Whether secrets may be removed without asking. */
	readonly agreesToRemove: boolean;
	/** Shows a text in the editor, and returns what it was made into. */
	edit(text: EditText): Promise<EditedFile>;
	ask(question: string): Promise<string>;
	notice(text: string): void;
	/** The protected file as it is now. */
	load(): KeyFile;
	/** Changes the protected file; false where the user did not want that. */
	save(change: (keyFile: KeyFile) => KeyFile): Promise<boolean>;
}

export interface EditedFile {
	/** Each character is one byte where that is no UTF-8. */
	readonly text: string;
	readonly isUtf8: boolean;
}

/** How often an editor at which nobody sits may fail to get the text right. */
const MAX_UNATTENDED_ROUNDS = 10;

/** A text to edit, and the values that its changes are counted from. */
interface Draft extends EditText {
	readonly before: ReadonlyMap<string, string>;
}

/** Somebody else has changed the same secrets meanwhile. */
export class SecretConflictError extends ProtectError {
	override readonly name = "SecretConflictError";
}

export class EditSession {
	readonly #host: EditHost;
	readonly #domain: string;
	readonly #acting: UnlockedCustodian;

	constructor(host: EditHost, domain: string, acting: UnlockedCustodian) {
		this.#host = host;
		this.#domain = domain;
		this.#acting = acting;
	}

	/**
	 * Lets the user edit the values of `keyFile`, and writes what changed.
	 *
	 * @returns what was done; undefined where nothing was, which the user has been told then.
	 * @throws ProtectError where it comes to no end that can be written.
	 */
	async run(keyFile: KeyFile): Promise<ChangeReport | undefined> {
		const before = keyFile.decryptDomain(this.#domain, this.#acting);
		let draft: Draft = { ...this.#textOf(before), before };
		for (let round = 1; ; round++) {
			const edited = await this.#host.edit(draft);
			const { values, problems } = read(edited);
			if (problems.length > 0) {
				await this.#assertWorthwhile(draft, edited, problems, round);
				draft = { ...marked(edited.text, problems), before: draft.before };
				continue;
			}
			const outcome = await this.#take(draft, edited.text, values);
			if (!("text" in outcome)) return outcome.report;
			draft = outcome;
		}
	}

	#textOf(values: ReadonlyMap<string, string>): EditText {
		return textToEdit(values, this.#domain, this.#host.path);
	}

	/** @throws ProtectError where another round would be the same again. */
	async #assertWorthwhile(
		draft: Draft,
		edited: EditedFile,
		problems: readonly Remark[],
		round: number,
	): Promise<void> {
		const isSame = unmarked(edited.text) === unmarked(draft.text);
		if (this.#host.isAttended) {
			if (!isSame || (await this.#wantsAnotherRound("The text is still not right."))) return;
		} else if (!isSame && round < MAX_UNATTENDED_ROUNDS) return;
		const details = problems.map(({ line, words }) => `line ${line}: ${words}`);
		throw new ListedError("nothing was written, as the text cannot be read", details);
	}

	/** Makes the changes, or says what to edit next. */
	async #take(
		draft: Draft,
		text: string,
		values: ReadonlyMap<string, string>,
	): Promise<Draft | { readonly report: ChangeReport | undefined }> {
		const { before } = draft;
		const changes = changesBetween(before, values);
		if (isNoChange(changes)) {
			this.#host.notice(`(Nothing was changed in ${this.#domain})`);
			return { report: undefined };
		}
		switch (await this.#askToRemove(changes)) {
			case "no":
				this.#host.notice("Aborting");
				return { report: undefined };
			case "edit": {
				const removed = [...before].filter(([name]) => changes.removed.has(name));
				return { text: withEntries(text, new Map(removed)), line: 1, before };
			}
			case "yes":
				return this.#writeOrEditAgain(draft, changes);
		}
	}

	async #askToRemove({ removed }: SecretChanges): Promise<"yes" | "no" | "edit"> {
		if (removed.size === 0) return "yes";
		this.#host.notice(`No longer in the text: ${[...removed].join(", ")}`);
		if (this.#host.agreesToRemove) return "yes";
		const answer = await this.#host.ask("Remove from the domain? [y/N, or e to edit again] ");
		if (/^y/i.test(answer)) return "yes";
		return /^e/i.test(answer) ? "edit" : "no";
	}

	async #writeOrEditAgain(draft: Draft, changes: SecretChanges) {
		try {
			return { report: await this.#write(draft.before, changes) };
		} catch (error) {
			if (!isForTheUser(error) || !this.#host.isAttended) throw error;
			if (!(await this.#wantsAnotherRound(error.message))) throw error;
			return this.#rebased(draft.before, changes);
		}
	}

	/** @throws SecretConflictError, and what saving throws. */
	async #write(
		before: ReadonlyMap<string, string>,
		changes: SecretChanges,
	): Promise<ChangeReport | undefined> {
		let report: ChangeReport | undefined;
		const isWritten = await this.#host.save((keyFile) => {
			const now = this.#valuesNow(keyFile, changes);
			const conflicts = conflictingNames(changes, before, now);
			if (conflicts.length > 0) throw this.#conflict(conflicts);
			const left = changesBetween(now, withChanges(now, changes));
			report = reportOf(left, keyFile.secretNames(this.#domain));
			return isNoChange(left) ? keyFile : keyFile.changeSecrets(this.#domain, left);
		});
		return isWritten ? report : undefined;
	}

	/** The present values of what the changes concern. */
	#valuesNow(keyFile: KeyFile, { set, removed }: SecretChanges): Map<string, string> {
		const names = keyFile.secretNames(this.#domain);
		const concerned = names.filter((name) => set.has(name) || removed.has(name));
		return keyFile.decryptDomain(this.#domain, this.#acting, concerned);
	}

	#conflict(names: readonly string[]): SecretConflictError {
		return new SecretConflictError(
			`somebody else has changed ${names.join(", ")} in ${this.#host.path} meanwhile; nothing was written`,
			"edit again, on top of what they did",
		);
	}

	/** @returns false where nobody answers. */
	async #wantsAnotherRound(reason: string): Promise<boolean> {
		this.#host.notice(reason);
		try {
			return /^y/i.test(await this.#host.ask("Edit again? [y/N] "));
		} catch (error) {
			if (error instanceof InputEndedError) return false;
			throw error;
		}
	}

	/** The changes on top of what the file says now, with a word on what clashes. */
	#rebased(before: ReadonlyMap<string, string>, changes: SecretChanges): Draft {
		const now = this.#host.load().decryptDomain(this.#domain, this.#acting);
		const conflicts = conflictingNames(changes, before, now);
		const removed = new Set([...changes.removed].filter((name) => !conflicts.includes(name)));
		const values = withChanges(now, { set: changes.set, removed });
		const inOrder = [...values].sort(([one], [other]) => compareCodePoints(one, other));
		const text = this.#textOf(new Map(inOrder));
		const lines = linesOfNames(text);
		const remarks = conflicts.map((name) => {
			return { line: lines.get(name) ?? 1, words: clash(name, changes, now) };
		});
		return { ...(remarks.length > 0 ? marked(text.text, remarks) : text), before: now };
	}
}

function clash(name: string, { set }: SecretChanges, now: ReadonlyMap<string, string>): string {
	if (!set.has(name)) return `somebody else has changed ${name} meanwhile: so it is here again`;
	const what = now.has(name) ? "given it another value" : "removed it";
	return `${name}: somebody else has ${what} meanwhile; what is here would take its place`;
}

function read({ text, isUtf8 }: EditedFile) {
	if (isUtf8) return readEdited(text);
	const lines = unmarked(text).split("\n");
	const line = lines.findIndex((one) => /[^\0-\x7f]/.test(one)) + 1;
	const problems = [{ line, words: "this is not UTF-8; save the file in that encoding" }];
	return { values: new Map<string, string>(), problems };
}

/** Errors that another round may mend; a signal is none. */
function isForTheUser(error: unknown): error is ProtectError {
	return error instanceof ProtectError && error.exitCode < 128;
}
