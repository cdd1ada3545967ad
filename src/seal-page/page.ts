/** The page that seals: opens a protected file, takes values, gives the changed file back. */
import type { KeyFile } from "../model/key-file.ts";
import { statusOf } from "../team/status.ts";
import { byId, element, nameElement, problem, shown } from "./dom.ts";
import { domainCards } from "./domain-cards.ts";
import { embeddedFile } from "./embedded-file.ts";
import { findingElements } from "./findings.ts";
import { findingsOf, type OpenedFile, openFile } from "./opened-file.ts";
import { patchOf } from "./patch.ts";
import { sealValues } from "./seal-values.ts";
import { ValueRow } from "./value-row.ts";

class Page {
	readonly #pasted = byId("pasted", HTMLTextAreaElement);
	readonly #file = byId("file", HTMLInputElement);
	readonly #fileMessage = byId("file-message", HTMLElement);
	readonly #findings = byId("findings", HTMLElement);
	readonly #readers = byId("readers", HTMLElement);
	readonly #values = byId("values", HTMLElement);
	readonly #rowsPlace = byId("rows", HTMLElement);
	readonly #sealMessage = byId("seal-message", HTMLElement);
	readonly #result = byId("result", HTMLElement);
	readonly #done = byId("done", HTMLElement);
	readonly #patch = byId("patch", HTMLTextAreaElement);
	#opened: OpenedFile | undefined;
	/** The file with all that was sealed so far. */
	#current: KeyFile | undefined;
	#rows: ValueRow[] = [];
	#urls: string[] = [];

	start(): void {
		this.#listen();
		const content = document.querySelector<HTMLMetaElement>("meta[name=protected-file]")?.content;
		const embedded = embeddedFile(content ?? "");
		if (!embedded) return;
		byId("choose", HTMLElement).hidden = true;
		this.#open(embedded.bytes, embedded.name, embedded.domain);
	}

	#listen(): void {
		this.#file.addEventListener("change", () => {
			const [file] = this.#file.files ?? [];
			if (file) void this.#openFile(file);
			this.#file.value = "";
		});
		byId("open-pasted", HTMLButtonElement).addEventListener("click", () => {
			this.#open(new TextEncoder().encode(this.#pasted.value), "protected.yaml");
		});
		byId("another", HTMLButtonElement).addEventListener("click", () => this.#addRow().focus());
		byId("form", HTMLFormElement).addEventListener("submit", (event) => {
			event.preventDefault();
			this.#seal();
		});
		this.#listenToDrops();
		addEventListener("pagehide", () => this.#forget());
	}

	/** Anywhere on the page, since the browser would open what is dropped beside a field. */
	#listenToDrops(): void {
		const mark = (isOver: boolean) => document.body.classList.toggle("dragging", isOver);
		document.addEventListener("dragover", (event) => {
			event.preventDefault();
			mark(true);
		});
		document.addEventListener("dragleave", () => mark(false));
		document.addEventListener("drop", (event) => {
			event.preventDefault();
			mark(false);
			const [file] = event.dataTransfer?.files ?? [];
			if (!file) return;
			const { target } = event;
			const row = this.#rows.find((one) => target instanceof Node && one.element.contains(target));
			void (row ? row.take(file) : this.#openFile(file));
		});
	}

	async #openFile(file: File): Promise<void> {
		this.#open(new Uint8Array(await file.arrayBuffer()), file.name);
	}

	#open(bytes: Uint8Array, name: string, domain?: string): void {
		this.#close();
		try {
			const findings = findingsOf(bytes, name);
			this.#findings.replaceChildren(...findingElements(findings));
			this.#opened = openFile(bytes, name, domain);
			this.#current = this.#opened.file;
		} catch (error) {
			this.#fileMessage.replaceChildren(problem(error));
			return;
		}
		this.#showOpened(this.#opened);
	}

	#showOpened({ name, file, status }: OpenedFile): void {
		const domains = status.domains.length === 1 ? "1 domain" : `${status.domains.length} domains`;
		const words = ` is open. It has ${domains} to put a value into.`;
		this.#fileMessage.replaceChildren(
			element("p", { className: "good" }, nameElement(name), words),
		);
		byId("domains", HTMLElement).replaceChildren(...domainCards(file, status));
		if (status.domains.length === 0) return;
		this.#readers.hidden = false;
		this.#values.hidden = false;
		this.#addRow();
	}

	#addRow(): ValueRow {
		const opened = this.#opened;
		const current = this.#current;
		if (!opened || !current) throw new Error("no file is open");
		const row = new ValueRow({
			file: () => this.#current ?? current,
			domains: opened.status.domains.map(({ name }) => name),
			onRemove: (removed) => this.#removeRow(removed),
		});
		this.#rows.push(row);
		this.#rowsPlace.append(row.element);
		this.#numberRows();
		return row;
	}

	#removeRow(row: ValueRow): void {
		row.clear();
		row.element.remove();
		this.#rows = this.#rows.filter((other) => other !== row);
		this.#numberRows();
		this.#rows.at(-1)?.focus();
	}

	#numberRows(): void {
		for (const [index, row] of this.#rows.entries()) row.number(index, this.#rows.length);
	}

	#seal(): void {
		const { file, opened } = { file: this.#current, opened: this.#opened };
		if (!file || !opened) return;
		this.#sealMessage.replaceChildren();
		const given = this.#rows.map((row) => row.given);
		const faulty = this.#rows.filter((row, index) => !row.validate(given.slice(0, index)));
		if (faulty.length > 0) {
			const words = "Nothing was sealed yet: see what is wrong above.";
			this.#sealMessage.append(element("p", { className: "problem" }, words));
			faulty[0]?.focus();
			return;
		}
		try {
			const sealed = sealValues(file, given);
			this.#current = sealed.file;
			this.#done.append(...sealed.done.map((line) => element("li", {}, shown(line))));
			this.#offer(opened, sealed.bytes);
		} catch (error) {
			this.#sealMessage.append(problem(error));
			return;
		}
		this.#resetRows();
		this.#showResult(opened);
	}

	/** Shows the changed file and the patch, to be saved. */
	#offer({ name, bytes }: OpenedFile, changed: Uint8Array): void {
		const patch = patchOf(name, bytes, changed);
		this.#patch.value = patch;
		this.#revokeUrls();
		this.#offerDownload("save-file", name, changed);
		this.#offerDownload("save-patch", `${name}.patch`, new TextEncoder().encode(patch));
	}

	#offerDownload(id: string, name: string, bytes: Uint8Array): void {
		const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "text/plain" }));
		this.#urls.push(url);
		const link = byId(id, HTMLAnchorElement);
		link.href = url;
		link.download = name;
		link.textContent = `Save ${name}`;
	}

	#showResult({ status, ...opened }: OpenedFile): void {
		const only = status.domains.map(({ name }) => name);
		const file = this.#current ?? opened.file;
		byId("domains", HTMLElement).replaceChildren(...domainCards(file, statusOf(file.data, only)));
		this.#result.hidden = false;
		byId("result-heading", HTMLElement).focus();
	}

	/** One empty row in place of all. */
	#resetRows(): void {
		for (const row of this.#rows) {
			row.clear();
			row.element.remove();
		}
		this.#rows = [];
		if (this.#opened) this.#addRow();
	}

	#revokeUrls(): void {
		for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
	}

	/** Back to where no file is open. */
	#close(): void {
		this.#opened = undefined;
		this.#current = undefined;
		this.#resetRows();
		this.#revokeUrls();
		for (const section of [this.#readers, this.#values, this.#result]) section.hidden = true;
		this.#patch.value = "";
		for (const place of [this.#fileMessage, this.#findings, this.#sealMessage, this.#done]) {
			place.replaceChildren();
		}
	}

	/** When the page is left, and when the browser may show it again as it was. */
	#forget(): void {
		this.#pasted.value = "";
		this.#file.value = "";
		this.#resetRows();
	}
}

new Page().start();
