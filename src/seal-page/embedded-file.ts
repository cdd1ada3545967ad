/** A protected file within the page, so that the page can be sent to somebody as it is. */

import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";

/** What `pprotect seal-page` puts into the page. */
export interface EmbeddedFile {
	/** The file's name, without a folder. */
	readonly name: string;
	readonly bytes: Uint8Array;
	/** The one domain that the page offers; all of them unless given. */
	readonly domain?: string | undefined;
}

/** Where the page keeps its parts: in base64, so that no text in them can end the attribute. */
const PLACE = '<meta name="protected-file" content="">';

/**
 * The page with the file in it.
 *
 * @throws Error for a page that has no place for one.
 */
export function embedFile(page: string, { name, bytes, domain }: EmbeddedFile): string {
	const [before, after, ...more] = page.split(PLACE);
	if (before === undefined || after === undefined || more.length > 0) {
		throw new Error("the page has no place for a file");
	}
	const encoder = new TextEncoder();
	const parts = [
		bytes,
		encoder.encode(name),
		...(domain === undefined ? [] : [encoder.encode(domain)]),
	];
	const content = parts.map(encodeBase64).join(" ");
	return `${before}<meta name="protected-file" content="${content}">${after}`;
}

/** The file in the page's attribute `content`; undefined where there is none. */
export function embeddedFile(content: string): EmbeddedFile | undefined {
	if (content === "") return undefined;
	const [bytes = new Uint8Array(), name, domain] = content.split(" ").map(decodeBase64);
	const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	return { bytes, name: decoder.decode(name), domain: domain && decoder.decode(domain) };
}
