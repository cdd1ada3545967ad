import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "clipanion";
import { DOMAIN_OPTION, required, text } from "../cli/options.ts";
import { ProtectError } from "../errors.ts";
import { credentialVariables, type Environment } from "../system/credentials.ts";
import {
	type Editor,
	editorKeepsCopies,
	editorMayReturnEarly,
	findEditor,
	runEditor,
} from "../system/editor/editor.ts";
import { createPrivateFolder, isInMemory } from "../system/editor/private-folder.ts";
import { osErrorText } from "../system/os-error.ts";
import { isTerminal, writeStdout } from "../system/output.ts";
import { SignalGuard } from "../system/signals/guard.ts";
import { note, warning } from "../system/voice.ts";
import type { EditText } from "../values/edit-text.ts";
import { BaseCommand } from "./base.ts";
import { formatReport } from "./change-report.ts";
import { warnOfCodeNames } from "./code-name-warning.ts";
import { type EditedFile, type EditHost, EditSession } from "./edit-session.ts";

const STDIN = 0;

/** Nobody reads and leaves a file so quickly. */
const AT_ONCE_MILLISECONDS = 1000;

class EditCommand extends BaseCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "change the secrets of a domain in an editor",
		details:
			"For owners of the domain. The editor is the one that VISUAL or EDITOR names. While you edit, the values are in memory, in a folder that only you can enter; they are gone afterwards. Only what changed is sealed anew.",
		examples: [
			["Edit prod", "$0 edit prod"],
			["On a system without files in memory", "$0 edit prod --temp-dir /Volumes/ramdisk"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	temporaryFolder = text(
		"--temp-dir",
		"PATH",
		"put the text into a folder there (default: /dev/shm, where that is in memory)",
	);
	name = required("DOMAIN");

	async execute(): Promise<void> {
		const domain = this.requiredDomain(this.domain, this.name);
		const editor = findEditor(this.context.environment, dirname(this.filePath));
		const keyFile = this.loadToChange();
		keyFile.secretNames(domain);
		const acting = await this.unlock(keyFile);
		this.#warn(editor);
		const guard = await SignalGuard.start();
		try {
			const report = await this.#withFolder((folder) => {
				const host = this.#host(editor, folder, guard);
				return new EditSession(host, domain, acting).run(keyFile);
			});
			if (report) {
				writeStdout(formatReport(report, domain));
				const added = [...report].filter(([, change]) => change === "added");
				warnOfCodeNames(
					added.map(([name]) => name),
					domain,
				);
			}
			await guard.check();
		} finally {
			guard.release();
		}
	}

	#warn(editor: Editor): void {
		const folder = this.temporaryFolder;
		if (folder !== undefined && !isInMemory(folder)) {
			warning(`${folder} may be on a disk, where values can be found when they are removed`);
		}
		if (editorKeepsCopies(editor)) {
			warning(
				`${editor.name} may keep copies of what it opens, such as a local history: look at its settings`,
			);
		}
	}

	async #withFolder<Result>(action: (folder: string) => Promise<Result>): Promise<Result> {
		const folder = await createPrivateFolder(this.temporaryFolder);
		try {
			return await action(folder.path);
		} finally {
			folder.remove();
		}
	}

	#host(editor: Editor, folder: string, guard: SignalGuard): EditHost {
		const file = join(folder, "secrets.yaml");
		let encoding: BufferEncoding = "utf8";
		const edit = async (draft: EditText): Promise<EditedFile> => {
			writeNewFile(file, Buffer.from(draft.text, encoding));
			const environment = withoutCredentials(this.context.environment, this.prefix);
			const search = { environment, without: [dirname(this.filePath)] };
			const start = performance.now();
			await runEditor(editor, { file, line: draft.line, search, temporaryFolder: folder }, guard);
			if (editorMayReturnEarly(editor) && isTerminal(STDIN)) {
				await this.prompter.ask("Press Enter once the text is saved and the editor is closed: ");
			}
			const bytes = readEditedFile(file);
			const isAtOnce = performance.now() - start < AT_ONCE_MILLISECONDS;
			if (isAtOnce && isTerminal(STDIN) && bytes.equals(Buffer.from(draft.text, encoding))) {
				note(
					`${editor.name} ended at once: if its window is still open, what you save there is lost; put the option that makes it wait into VISUAL, as in VISUAL="code --wait"`,
				);
			}
			const edited = decode(bytes);
			encoding = edited.isUtf8 ? "utf8" : "latin1";
			return edited;
		};
		return {
			path: this.filePath,
			isAttended: isTerminal(STDIN),
			agreesToRemove: this.yes,
			edit,
			ask: (question) => this.prompter.ask(question),
			notice: (words) => this.prompter.notice(words),
			load: () => this.load(),
			save: (change) => this.save(change),
		};
	}
}

function writeNewFile(path: string, bytes: Uint8Array): void {
	try {
		rmSync(path, { force: true });
		writeFileSync(path, bytes, { mode: 0o600, flag: "wx" });
	} catch (error) {
		throw new ProtectError(`cannot write ${path}: ${osErrorText(error)}`, { cause: error });
	}
}

function readEditedFile(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new ProtectError(
			`cannot read what the editor left; nothing was written: ${osErrorText(error)}`,
			{ cause: error },
		);
	}
}

function decode(bytes: Uint8Array): EditedFile {
	try {
		return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), isUtf8: true };
	} catch {
		return { text: Buffer.from(bytes).toString("latin1"), isUtf8: false };
	}
}

function withoutCredentials(environment: Environment, prefix: string): Environment {
	// Windows takes a name for the same in any case; elsewhere such a name is not likely another's.
	const names = new Set(credentialVariables(prefix, environment).map((name) => name.toUpperCase()));
	return Object.fromEntries(
		Object.entries(environment).filter(([name]) => !names.has(name.toUpperCase())),
	);
}

export { EditCommand as command };
