/** The page's elements. Text from files gets into the page here, as text only. */
import { ProtectError } from "../errors.ts";
import { escapeHiddenCharacters } from "../format/hidden-characters.ts";

type Content = string | Node;

/** A new element; text content is shown as it is, whatever it holds. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	properties: Partial<HTMLElementTagNameMap[Tag]> = {},
	...content: readonly Content[]
): HTMLElementTagNameMap[Tag] {
	const made = Object.assign(document.createElement(tag), properties);
	made.append(...content);
	return made;
}

/** The element of the page with this id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
	const found = document.getElementById(id);
	if (found instanceof kind) return found;
	throw new Error(`the page has no ${id}`);
}

/** Text from a file that anybody may have written: what cannot be seen is written out. */
export function shown(text: string): string {
	return escapeHiddenCharacters(text);
}

/** A name from the file, which cannot change the order of the text around it. */
export function nameElement(name: string): HTMLElement {
	return element("bdi", { className: "name" }, shown(name));
}

/** What is wrong, and what to do about it. */
export function problem(error: unknown): HTMLElement {
	if (!(error instanceof ProtectError)) {
		return element("p", { className: "problem" }, "This page failed, and nothing was sealed.");
	}
	const { message, hint } = error;
	return element("p", { className: "problem" }, shown(hint ? `${message}: ${hint}` : message));
}
