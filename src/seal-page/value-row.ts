/** The fields for one value. */
import { encodeBase64 } from "../crypto/base64.ts";
import type { KeyFile } from "../model/key-file.ts";
import { codeNameOfSecret } from "../values/variable-name.ts";
import { element, nameElement, problem, shown } from "./dom.ts";
import { faultOf, type GivenValue, hasSecret } from "./seal-values.ts";

export interface RowContext {
	/** The file as it is now. */
	readonly file: () => KeyFile;
	/** The domains to choose from. */
	readonly domains: readonly string[];
	readonly onRemove: (row: ValueRow) => void;
}

let rowsMade = 0;

export class ValueRow {
	readonly element: HTMLFieldSetElement;
	readonly #context: RowContext;
	readonly #legend = element("legend");
	readonly #domain = element("select");
	readonly #name = textField("input");
	readonly #known = element("datalist");
	readonly #value = textField("textarea");
	readonly #show = element("input", { type: "checkbox" });
	readonly #file = element("input", { type: "file" });
	readonly #remove = element("button", { type: "button" }, "Remove");
	readonly #message = element("div");
	/** The text of a file, and the field's text for it, which has other line ends. */
	#taken: { readonly text: string; readonly shown: string } | undefined;

	constructor(context: RowContext) {
		this.#context = context;
		const id = `row-${++rowsMade}`;
		if (context.domains.length > 1) {
			this.#domain.append(element("option", { value: "" }, "Choose…"));
		}
		this.#domain.append(
			...context.domains.map((name) => element("option", { value: name }, shown(name))),
		);
		this.#domain.id = `${id}-domain`;
		this.#name.id = `${id}-name`;
		this.#value.id = `${id}-value`;
		this.#known.id = `${id}-known`;
		this.#message.id = `${id}-message`;
		this.#name.setAttribute("list", this.#known.id);
		this.#message.setAttribute("role", "status");
		for (const field of [this.#name, this.#value]) {
			field.setAttribute("aria-describedby", this.#message.id);
		}
		this.#value.rows = 2;
		this.element = element(
			"fieldset",
			{},
			this.#legend,
			element(
				"div",
				{ className: "place" },
				element("div", {}, label("Domain", this.#domain), this.#domain),
				element("div", {}, label("Name", this.#name), this.#name, this.#known),
			),
			element("p", {}, label("Value", this.#value), this.#value),
			element(
				"div",
				{ className: "actions" },
				element("label", {}, this.#show, "Show the value"),
				element("label", { className: "button" }, "Value from a file…", this.#file),
				this.#remove,
			),
			this.#message,
		);
		this.#listen();
		this.#conceal();
		this.refresh();
	}

	get given(): GivenValue {
		return {
			domain: this.#domain.value,
			name: this.#name.value.trim(),
			value: this.#text,
		};
	}

	get #text(): string {
		const { value } = this.#value;
		return value === this.#taken?.shown ? this.#taken.text : value;
	}

	/** Numbers the row, which is one of `count`. */
	number(index: number, count: number): void {
		this.#legend.textContent = count === 1 ? "Value" : `Value ${index + 1}`;
		this.#remove.hidden = count === 1;
		this.#remove.setAttribute("aria-label", `Remove value ${index + 1}`);
	}

	/** Takes the value from a file, every byte. */
	async take(file: File): Promise<void> {
		const bytes = new Uint8Array(await file.arrayBuffer());
		this.#file.value = "";
		try {
			const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
			this.#set(text);
		} catch {
			this.#offerBase64(file.name, bytes);
		}
	}

	/** Says what is wrong with the row, and whether anything is. */
	validate(others: readonly GivenValue[]): boolean {
		const fault = this.#fault(others);
		const isGood = fault === undefined;
		this.#name.ariaInvalid = String(!isGood);
		if (!isGood) this.#message.replaceChildren(fault);
		return isGood;
	}

	focus(): void {
		if (this.#domain.value === "") this.#domain.focus();
		else (this.#name.value === "" ? this.#name : this.#value).focus();
	}

	/** Forgets what was typed. */
	clear(): void {
		this.#name.value = "";
		this.#value.value = "";
		this.#taken = undefined;
		this.#file.value = "";
		this.refresh();
	}

	/** Says what will become of the value. */
	refresh(): void {
		const { domain, name, value } = this.given;
		const file = this.#context.file();
		const names = file.data.domains.has(domain) ? file.secretNames(domain) : [];
		this.#known.replaceChildren(...names.map((known) => element("option", { value: known })));
		this.#name.ariaInvalid = "false";
		this.#message.replaceChildren(...(name === "" ? [] : this.#outcome(domain, name)));
		if (/^[^\r\n]+\r?\n$/.test(value)) {
			const words = "The value ends with a line end, which is part of it.";
			this.#message.append(element("p", { className: "warning" }, words));
		}
	}

	#listen(): void {
		for (const field of [this.#domain, this.#name, this.#value]) {
			field.addEventListener("input", () => this.refresh());
		}
		this.#show.addEventListener("change", () => this.#conceal());
		this.#remove.addEventListener("click", () => this.#context.onRemove(this));
		this.#file.addEventListener("change", () => {
			const [file] = this.#file.files ?? [];
			if (file) void this.take(file);
		});
	}

	#conceal(): void {
		this.#value.classList.toggle("concealed", !this.#show.checked);
	}

	#set(text: string): void {
		this.#value.value = text;
		this.#taken = { text, shown: this.#value.value };
		this.refresh();
	}

	#offerBase64(name: string, bytes: Uint8Array): void {
		const button = element("button", { type: "button" }, "Store it in base64");
		button.addEventListener("click", () => this.#set(encodeBase64(bytes)));
		const words = `the value in ${shown(name)} is not UTF-8 text`;
		this.#message.replaceChildren(element("p", { className: "problem" }, words), button);
	}

	#fault(others: readonly GivenValue[]): HTMLElement | undefined {
		try {
			const fault = faultOf(this.#context.file(), this.given, others);
			return fault === undefined ? undefined : element("p", { className: "problem" }, shown(fault));
		} catch (error) {
			return problem(error);
		}
	}

	#outcome(domain: string, name: string): HTMLElement[] {
		const file = this.#context.file();
		if (!file.data.domains.has(domain)) return [];
		const isThere = hasSecret(file, domain, name);
		const what = isThere ? "Replaces the value of " : "Adds the new secret ";
		const line = element("p", {}, what, nameElement(name), isThere ? " in " : " to ");
		line.append(nameElement(domain), ". ", ...readers(file.ownerNames(domain)));
		const known = codeNameOfSecret(name);
		if (known === undefined) return [line];
		const words = `The variable ${known.variable} ${known.effect}. Ask whoever asked you for this value if the name is right.`;
		return [line, element("p", { className: "warning" }, words)];
	}
}

function readers(owners: readonly string[]): (string | Node)[] {
	const names = owners.flatMap((owner, index) => [index > 0 ? ", " : "", nameElement(owner)]);
	return [...names, " can read it."];
}

function textField<Tag extends "input" | "textarea">(tag: Tag): HTMLElementTagNameMap[Tag] {
	const field = element(tag);
	field.setAttribute("autocomplete", "off");
	field.setAttribute("autocapitalize", "off");
	field.setAttribute("autocorrect", "off");
	field.spellcheck = false;
	return field;
}

function label(text: string, field: HTMLElement): HTMLLabelElement {
	return element("label", { htmlFor: field.id }, text);
}
