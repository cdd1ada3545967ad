/**
 * Text of which each character is one byte, 0 to 255. What the kernel hands over need not be
 * UTF-8; so held, it can be split and compared as text and still comes out byte for byte.
 */
export type ByteString = string;

/** The bytes of `text`, a string's in UTF-8. */
export function toByteString(text: string | Uint8Array): ByteString {
	const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : Buffer.from(text);
	return bytes.toString("latin1");
}

/** `text` for people: what is no UTF-8 shows as U+FFFD, and a control character as its escape. */
export function quoted(text: ByteString): string {
	return JSON.stringify(Buffer.from(text, "latin1").toString("utf8"));
}
